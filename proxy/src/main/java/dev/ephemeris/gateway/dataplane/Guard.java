package dev.ephemeris.gateway.dataplane;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.ephemeris.cosmos.Address;
import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.CosmosRequest;
import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.cosmos.Verb;
import dev.ephemeris.cosmos.sql.Expression;
import dev.ephemeris.cosmos.sql.From;
import dev.ephemeris.cosmos.sql.Query;
import dev.ephemeris.cosmos.sql.Selection;
import dev.ephemeris.gateway.credential.Withheld;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the body up to a limit and refuses what it can't look into: binary forms of JSON, bodies
 * where there is none, queries that aren't what the service calls one.
 */
final class Guard implements Step {

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(200).build())
          .build();

  private static final Set<String> QUERY_MEMBERS = Set.of("query", "parameters");

  private final int limit;

  /**
   * @param limit the longest body that is let through, in bytes
   */
  Guard(int limit) {
    this.limit = limit;
  }

  @Override
  public Future<Verdict> take(Exchange exchange) {
    HttpServerRequest incoming = exchange.incoming();
    if (!RequestBody.isAnnounced(incoming)) {
      return exchange.request().operation().hasQueryBody()
          ? Verdict.refuse(CosmosError.badRequest("The query has no body."))
          : Verdict.PROCEED;
    }
    if (!takesBody(exchange.request().verb())) {
      return Verdict.refuse(
          CosmosError.badRequest(
              "A " + exchange.request().verb() + " has no body on the data plane."));
    }
    int most =
        exchange.allowed().limits().requestBytes().map(own -> Math.min(own, limit)).orElse(limit);
    return RequestBody.read(incoming, most)
        .map(
            body ->
                body.map(bytes -> check(exchange, bytes))
                    .orElseGet(() -> new Verdict.Refuse(tooLong(most))));
  }

  private Verdict check(Exchange exchange, Buffer body) {
    Optional<CosmosError> flaw = flaw(exchange, exchange.request(), body);
    if (flaw.isPresent()) {
      return new Verdict.Refuse(flaw.get());
    }
    if (Listing.isOne(exchange.request().operation())) {
      tellNothingOfHiddenRows(exchange);
    }
    exchange.body(body);
    return new Verdict.Proceed();
  }

  private static Optional<CosmosError> flaw(Exchange exchange, CosmosRequest request, Buffer body) {
    // CosmosBinary begins with 0x80, HybridRow with 0x81; the service would know them unasked.
    if (body.length() > 0 && body.getByte(0) < 0) {
      return Optional.of(
          CosmosError.badRequest(
              "The body isn't JSON text. .NET: switch binary encoding off"
                  + " (AZURE_COSMOS_BINARY_ENCODING_ENABLED=false)."));
    }
    if (exchange.isOfAgent()
        && request.operation().changesState()
        && Withheld.isMarked(body.getBytes())) {
      return Optional.of(
          CosmosError.badRequest(
              "The body says “"
                  + Withheld.MARK
                  + "…]”, which stands for what this agent isn't shown, and would be written in its"
                  + " place. Patch other fields of the item."));
    }
    if (request.operation().hasQueryBody()) {
      Optional<String> query = query(body);
      if (query.isEmpty()) {
        return Optional.of(
            CosmosError.badRequest(
                "The body of a query is one JSON object with “query” and, if need be,"
                    + " “parameters”, each once."));
      }
      exchange.query(query.get());
      if (Listing.isOne(request.operation()) && !selectsWhole(query.get())) {
        return Optional.of(
            CosmosError.badRequest(
                "Through this gateway a query gives databases and containers whole and all, so that"
                    + " it can leave out what isn't yours to see: SELECT * FROM c, with WHERE if"
                    + " need be, without TOP or LIMIT."));
      }
    }
    if (request.operation() == Operation.CREATE_DATABASE && !hasNameOfDatabase(body)) {
      return Optional.of(
          CosmosError.badRequest(
              "The body needs one “id” that can't be taken for anything else: a database whose name"
                  + " reads as a RID would be another one to the service."));
    }
    if (exchange.offer().isPresent() && request.operation() == Operation.REPLACE_OFFER) {
      return isOffer(exchange.offer().get(), request.address().child().orElseThrow(), body)
          ? Optional.empty()
          : Optional.of(
              CosmosError.badRequest(
                  "The body isn't the offer that the path names: its _rid, id or resource are of"
                      + " another, or it has a name twice."));
    }
    return Optional.empty();
  }

  /** What counts rows, or ends a page after some, would count those too that are left out. */
  private static void tellNothingOfHiddenRows(Exchange exchange) {
    exchange.sentAs(CosmosHeaders.MAX_ITEM_COUNT, "-1");
    exchange.sentAs(CosmosHeaders.POPULATE_QUERY_METRICS, "False");
  }

  private static boolean hasNameOfDatabase(Buffer body) {
    return members(body)
        .map(members -> members.get("id"))
        .flatMap(Member::text)
        .filter(Address::canNameDatabase)
        .isPresent();
  }

  /** Whether the body is of this offer and no other. */
  private static boolean isOffer(RidDirectory.Offer offer, String rid, Buffer body) {
    Map<String, String> own =
        Map.of(
            "_rid",
            rid,
            "id",
            rid,
            "resource",
            offer.resource(),
            "offerResourceId",
            lastRid(offer.resource()));
    return members(body)
        .filter(
            members ->
                members.entrySet().stream()
                    .filter(member -> own.containsKey(member.getKey()))
                    .allMatch(
                        member ->
                            member
                                .getValue()
                                .text()
                                .equals(Optional.ofNullable(own.get(member.getKey())))))
        .isPresent();
  }

  private static String lastRid(String link) {
    String trimmed = link.endsWith("/") ? link.substring(0, link.length() - 1) : link;
    return trimmed.substring(trimmed.lastIndexOf('/') + 1);
  }

  /** Whether the rows are the resources as they are, and all that WHERE names. */
  private static boolean selectsWhole(String text) {
    return Query.parse(text) instanceof Query query
        && query.selection() instanceof Selection.All
        && query.top().isEmpty()
        && query.page().isEmpty()
        && !query.distinct()
        && query.groupBy().isEmpty()
        && query
            .from()
            .filter(from -> from.sources().size() == 1)
            .map(from -> from.sources().getFirst())
            .filter(source -> !source.iterated())
            .filter(source -> source.of() instanceof From.Path(Expression.Name _))
            .isPresent();
  }

  /** The text of the query, if the body is what the service takes for one. */
  private static Optional<String> query(Buffer body) {
    return members(body)
        .filter(members -> QUERY_MEMBERS.containsAll(members.keySet()))
        .filter(
            members ->
                Optional.ofNullable(members.get("parameters"))
                    .filter(parameters -> parameters.value() != JsonToken.START_ARRAY)
                    .isEmpty())
        .map(members -> members.get("query"))
        .flatMap(Member::text);
  }

  /**
   * What a member of an object is.
   *
   * @param value its first token
   * @param text if it is a string
   */
  private record Member(JsonToken value, Optional<String> text) {}

  /** The members of the object that the body is; empty if it isn't one, or has a name twice. */
  private static Optional<Map<String, Member>> members(Buffer body) {
    Map<String, Member> members = new HashMap<>();
    try (JsonParser parser = JSON.createParser(body.getBytes())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        boolean text = value == JsonToken.VALUE_STRING;
        members.put(
            name, new Member(value, text ? Optional.of(parser.getText()) : Optional.empty()));
        parser.skipChildren();
      }
      return parser.nextToken() == null ? Optional.of(members) : Optional.empty();
    } catch (IOException notJson) {
      return Optional.empty();
    }
  }

  static CosmosError tooLong(int most) {
    return CosmosError.tooLarge(
        "The body is longer than the " + most + " bytes that this gateway takes here.");
  }

  private static boolean takesBody(Verb verb) {
    return switch (verb) {
      case POST, PUT, PATCH -> true;
      case GET, HEAD, DELETE -> false;
    };
  }
}
