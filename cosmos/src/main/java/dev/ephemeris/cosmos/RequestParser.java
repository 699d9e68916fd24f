package dev.ephemeris.cosmos;

import dev.ephemeris.cosmos.Address.Addressing;
import dev.ephemeris.cosmos.RequestHeaders.Header;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a raw request from its outside to its meaning: target, headers, then what they select. */
final class RequestParser {

  /** Where a request goes wrong; turned into the answer at the edge of this class. */
  private static final class Refused extends Exception {
    private final transient CosmosError error;

    Refused(CosmosError error) {
      super(error.message(), null, false, false);
      this.error = error;
    }
  }

  private static final List<String> JSON_TYPES =
      List.of("application/json", "application/json-patch+json", "application/json_patch+json");

  private static final String BAD_SEGMENT =
      "A segment of the path is empty, or can be read in more than one way. Write each name once"
          + " percent-encoded, without / \\ ? # or dots alone.";

  private final Map<String, String> read = new HashMap<>(8);
  private final List<Header> forwarded = new ArrayList<>(16);

  /** The names of those that would be forwarded if they said something. */
  private final List<String> empty = new ArrayList<>(2);

  private RequestParser() {}

  static Parsed parse(String method, String target, Iterable<Map.Entry<String, String>> headers) {
    try {
      return new RequestParser().request(method, target, headers);
    } catch (Refused refused) {
      return refused.error;
    }
  }

  private CosmosRequest request(
      String method, String target, Iterable<Map.Entry<String, String>> headers) throws Refused {
    Verb verb =
        Verb.of(method)
            .orElseThrow(
                () -> malformed("The method isn't one of GET, HEAD, POST, PUT, PATCH and DELETE."));
    List<String> segments = segments(target);
    for (Map.Entry<String, String> header : headers) {
      take(header.getKey().toLowerCase(Locale.ROOT), header.getValue());
    }
    requireFramedByLength();
    Selection selection = selection();
    Operation operation =
        Routes.operation(verb, segments, selection)
            .orElseThrow(() -> new Refused(Routes.notAvailable(verb, segments)));
    requireContentType(operation);
    Triggers triggers = triggers(operation);
    forwarded.addAll(canonical(operation, triggers));
    return new CosmosRequest(
        verb,
        operation,
        Routes.resourceType(segments),
        address(operation, segments),
        Optional.ofNullable(read.get(CosmosHeaders.AUTHORIZATION)).map(Authorization::parse),
        Optional.ofNullable(read.get(CosmosHeaders.DATE)),
        partitionKey(),
        triggers,
        new RequestHeaders(forwarded));
  }

  // --- target -------------------------------------------------------------------------------

  private static List<String> segments(String target) throws Refused {
    if (target.equals("/")) {
      return List.of();
    }
    if (!target.startsWith("/")) {
      throw malformed("The request target isn't a path.");
    }
    if (target.indexOf('?') >= 0 || target.indexOf('#') >= 0) {
      if (target.startsWith("/addresses")) {
        throw new Refused(Routes.DIRECT_MODE);
      }
      throw malformed("The request has a query string; no data-plane operation has one.");
    }
    String[] raw = target.substring(1).split("/", -1);
    List<String> segments = new ArrayList<>(raw.length);
    for (String segment : raw) {
      segments.add(PathSegment.decode(segment).orElseThrow(() -> malformed(BAD_SEGMENT)));
    }
    for (int i = 0; i < raw.length; i += 2) {
      if (!raw[i].equals(segments.get(i))) {
        throw malformed("A resource type in the path is percent-encoded.");
      }
    }
    return segments;
  }

  private static Address address(Operation operation, List<String> segments) throws Refused {
    ResourceType type = Routes.resourceType(segments);
    if (type == ResourceType.OFFER) {
      return at(segments, 1).map(Address::offer).orElseGet(Address::account);
    }
    Addressing addressing =
        segments.size() > 1 && Rid.isDatabase(segments.get(1)) ? Addressing.RID : Addressing.NAME;
    if (type == ResourceType.CLIENT_ENCRYPTION_KEY) {
      return new Address(at(segments, 1), Optional.empty(), at(segments, 3), addressing);
    }
    if (addressing == Addressing.RID
        && segments.size() > 3
        && !Rid.isContainerIn(segments.get(1), segments.get(3))) {
      throw malformed(
          "The path names its database by RID (or by a name that reads as one) and its container"
              + " not: use names, or RIDs, for both.");
    }
    Optional<String> child =
        operation == Operation.DELETE_PARTITION_KEY ? Optional.empty() : at(segments, 5);
    return new Address(at(segments, 1), at(segments, 3), child, addressing);
  }

  private static Optional<String> at(List<String> segments, int index) {
    return index < segments.size() ? Optional.of(segments.get(index)) : Optional.empty();
  }

  // --- headers ------------------------------------------------------------------------------

  private void take(String name, String value) throws Refused {
    if (name.isEmpty()) {
      throw malformed("A header has no name.");
    }
    switch (HeaderRule.of(name)) {
      case null -> {
        // Dropped: not on the allow-list.
      }
      case HeaderRule.Read() -> {
        if (read.put(name, value) != null) {
          throw duplicate(name);
        }
      }
      case HeaderRule.Forward(var form, String expected) -> {
        if (isForwarded(name) || empty.contains(name)) {
          throw duplicate(name);
        }
        if (value.isEmpty()) {
          empty.add(name); // the Java SDK sends an empty x-ms-continuation on first pages
          return;
        }
        if (!form.test(value)) {
          throw malformed("The header " + name + " isn't " + expected + ".");
        }
        forwarded.add(new Header(name, value));
      }
      case HeaderRule.Refuse(String why, boolean ambiguous) -> {
        String message = "The header " + name + " is refused: " + why + ".";
        throw new Refused(
            ambiguous ? CosmosError.badRequest(message) : CosmosError.notAvailable(message));
      }
    }
  }

  private boolean isForwarded(String name) {
    for (Header header : forwarded) {
      if (header.name().equals(name)) {
        return true;
      }
    }
    return false;
  }

  /**
   * A body is framed by its length and nothing else, as all SDKs do: two servers may disagree on
   * where a request of any other coding ends (RFC 9112 §6.1, §6.3), and an HTTP parser may have
   * dropped the length that contradicted it.
   */
  private void requireFramedByLength() throws Refused {
    if (read.containsKey("transfer-encoding")) {
      throw malformed(
          "The request has a transfer-encoding. Send its body in one piece, with a"
              + " content-length.");
    }
  }

  private Selection selection() throws Refused {
    boolean upsert = flag(CosmosHeaders.IS_UPSERT);
    boolean query = flag(CosmosHeaders.IS_QUERY);
    boolean plan = flag(CosmosHeaders.IS_QUERY_PLAN);
    boolean batch = flag(CosmosHeaders.IS_BATCH);
    int selected = (upsert ? 1 : 0) + (query ? 1 : 0) + (plan ? 1 : 0) + (batch ? 1 : 0);
    if (selected > 1) {
      throw malformed("The headers select more than one operation at once.");
    }
    return new Selection(upsert, query, plan, batch, isForwarded(CosmosHeaders.A_IM));
  }

  private boolean flag(String name) throws Refused {
    String value = read.get(name);
    if (value == null) {
      return false;
    }
    if (!HeaderRule.Forms.isBoolean(value)) {
      throw malformed("The header " + name + " is neither true nor false.");
    }
    return value.equalsIgnoreCase("true");
  }

  private Optional<PartitionKey> partitionKey() throws Refused {
    String value = read.get(CosmosHeaders.PARTITION_KEY);
    if (value == null) {
      return Optional.empty();
    }
    return Optional.of(
        PartitionKey.parse(value)
            .orElseThrow(
                () ->
                    malformed(
                        "The header x-ms-documentdb-partitionkey isn't a JSON array of at most"
                            + " three scalar values.")));
  }

  private Triggers triggers(Operation operation) throws Refused {
    Triggers triggers =
        new Triggers(triggers(CosmosHeaders.PRE_TRIGGERS), triggers(CosmosHeaders.POST_TRIGGERS));
    // Dropped silently, a client would take its item for checked or counted.
    if (!triggers.isEmpty() && !operation.runsTriggers()) {
      throw new Refused(
          CosmosError.notAvailable(
              "Through this gateway triggers run when one item is created, upserted, replaced or"
                  + " deleted, by an operation of its own."));
    }
    return triggers;
  }

  private List<String> triggers(String header) throws Refused {
    String value = read.getOrDefault(header, "");
    return value.isEmpty()
        ? List.of()
        : Triggers.names(value)
            .orElseThrow(
                () ->
                    malformed(
                        "The header "
                            + header
                            + " isn't names of triggers in ASCII with commas alone between"
                            + " them."));
  }

  private void requireContentType(Operation operation) throws Refused {
    String type = contentType();
    boolean isQuery = CosmosHeaders.QUERY_JSON.equals(type);
    if (isQuery != operation.hasQueryBody()) {
      throw malformed(
          operation.hasQueryBody()
              ? "A query must have the content type application/query+json."
              : "The content type application/query+json is for queries only.");
    }
    if (type != null && !isQuery && !JSON_TYPES.contains(type)) {
      throw malformed("The content type isn't one that the data plane takes as JSON.");
    }
  }

  /** The media type without parameters, in lower case; null if the header is absent. */
  private @Nullable String contentType() {
    String value = read.get(CosmosHeaders.CONTENT_TYPE);
    if (value == null || value.isEmpty()) {
      return null;
    }
    int parameters = value.indexOf(';');
    return (parameters < 0 ? value : value.substring(0, parameters))
        .strip()
        .toLowerCase(Locale.ROOT);
  }

  /** The headers that say upstream what was understood here, in one spelling. */
  private List<Header> canonical(Operation operation, Triggers triggers) {
    List<Header> headers = new ArrayList<>(4);
    String type = contentType();
    if (type != null) {
      headers.add(new Header(CosmosHeaders.CONTENT_TYPE, type));
    }
    switch (operation) {
      case UPSERT_ITEM -> headers.add(new Header(CosmosHeaders.IS_UPSERT, "True"));
      case QUERY_PLAN -> headers.add(new Header(CosmosHeaders.IS_QUERY_PLAN, "True"));
      case BATCH -> headers.add(new Header(CosmosHeaders.IS_BATCH, "True"));
      case QUERY_ITEMS,
          QUERY_DATABASES,
          QUERY_CONTAINERS,
          QUERY_CLIENT_ENCRYPTION_KEYS,
          QUERY_CHANGE_FEED,
          QUERY_SCRIPTS,
          QUERY_CONFLICTS,
          QUERY_OFFERS ->
          headers.add(new Header(CosmosHeaders.IS_QUERY, "True"));
      default -> {}
    }
    if (!triggers.before().isEmpty()) {
      headers.add(new Header(CosmosHeaders.PRE_TRIGGERS, String.join(",", triggers.before())));
    }
    if (!triggers.after().isEmpty()) {
      headers.add(new Header(CosmosHeaders.POST_TRIGGERS, String.join(",", triggers.after())));
    }
    return headers;
  }

  private static Refused malformed(String message) {
    return new Refused(CosmosError.badRequest(message));
  }

  private static Refused duplicate(String name) {
    return malformed("The header " + name + " is there more than once.");
  }
}
