package dev.ephemeris.cosmos;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The operations of a transactional batch or of a bulk request: the JSON form, an array of {@code
 * {"operationType": "Create", "id": …, "partitionKey": "[…]", "resourceBody": {…}, …}}.
 *
 * @param entries at least one, in the order of the body
 */
public record Batch(List<Entry> entries) implements ParsedBatch {

  /** What the service takes in one request. */
  public static final int MAX_ENTRIES = 100;

  public Batch {
    entries = List.copyOf(entries);
  }

  /** What one operation does. */
  public enum Kind {
    CREATE("Create"),
    UPSERT("Upsert"),
    READ("Read"),
    REPLACE("Replace"),
    PATCH("Patch"),
    DELETE("Delete");

    private final String spelling;

    Kind(String spelling) {
      this.spelling = spelling;
    }
  }

  /**
   * One operation.
   *
   * @param partitionKey its own; without one the request's holds
   * @param json its text, as it came
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared, only passed on
  public record Entry(Kind kind, Optional<PartitionKey> partitionKey, byte[] json) {}

  /**
   * Reads a body. Never throws.
   *
   * <p>Refused are unknown operations and members, a name that stands twice, an id that isn't the
   * resource's own, and a partition key that isn't one: the service might take the other of two.
   */
  public static ParsedBatch parse(byte[] body) {
    Optional<List<byte[]>> elements = JsonElements.split(body);
    if (elements.isEmpty()) {
      return new Malformed("it isn't a JSON array, or an object in it has a name twice");
    }
    if (elements.get().isEmpty() || elements.get().size() > MAX_ENTRIES) {
      return new Malformed("it has none, or more than " + MAX_ENTRIES);
    }
    List<Entry> entries = new ArrayList<>();
    for (byte[] element : elements.get()) {
      try {
        entries.add(new EntryReader().read(element));
      } catch (IOException flaw) {
        return new Malformed("number " + entries.size() + ": " + flaw.getMessage());
      }
    }
    return new Batch(entries);
  }

  /** Reads one entry, member by member. */
  private static final class EntryReader {

    private @Nullable Kind kind;
    private @Nullable String id;
    private @Nullable String ownId;
    private boolean hasResource;
    private Optional<PartitionKey> partitionKey = Optional.empty();

    Entry read(byte[] json) throws IOException {
      try (JsonParser parser = JsonElements.STRICT.createParser(json)) {
        require(parser.nextToken() == JsonToken.START_OBJECT, "it isn't an object");
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          JsonToken value = parser.nextToken();
          member(parser.currentName(), value, parser);
        }
      }
      return new Entry(complete(), partitionKey, json);
    }

    private void member(String name, JsonToken value, JsonParser parser) throws IOException {
      switch (name) {
        case "operationType" -> kind = kind(text(name, value, parser));
        case "id" -> id = text(name, value, parser);
        case "partitionKey" -> {
          partitionKey = PartitionKey.parse(text(name, value, parser));
          require(partitionKey.isPresent(), "its partitionKey isn't one");
        }
        case "ifMatch", "ifNoneMatch" -> text(name, value, parser);
        case "minimalReturnPreference" ->
            require(value.isBoolean(), "its minimalReturnPreference is neither true nor false");
        case "resourceBody" -> resource(value, parser);
        default -> throw new IOException("its member “" + shown(name) + "” isn't known here");
      }
    }

    private void resource(JsonToken value, JsonParser parser) throws IOException {
      require(value == JsonToken.START_OBJECT, "its resourceBody isn't an object");
      hasResource = true;
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        JsonToken member = parser.nextToken();
        if (parser.currentName().equals("id") && member == JsonToken.VALUE_STRING) {
          ownId = parser.getText();
        } else {
          parser.skipChildren();
        }
      }
    }

    private Kind complete() throws IOException {
      Kind known = kind;
      if (known == null) {
        throw new IOException("it has no operationType");
      }
      boolean whole =
          switch (known) {
            case CREATE, UPSERT -> hasResource;
            case REPLACE, PATCH -> hasResource && id != null;
            case READ, DELETE -> id != null && !hasResource;
          };
      require(whole, known.spelling + " needs another set of members");
      boolean agrees = id == null || ownId == null || known == Kind.PATCH || id.equals(ownId);
      require(agrees, "its id isn't the one in its resourceBody");
      return known;
    }

    private static Kind kind(String spelling) throws IOException {
      for (Kind kind : Kind.values()) {
        if (kind.spelling.equals(spelling)) {
          return kind;
        }
      }
      throw new IOException("its operationType “" + shown(spelling) + "” isn't known here");
    }

    private static String text(String name, JsonToken value, JsonParser parser) throws IOException {
      require(value == JsonToken.VALUE_STRING, "its " + name + " isn't a string");
      return parser.getText();
    }

    private static String shown(String word) {
      return word.length() > 40 ? word.substring(0, 40) + "…" : word;
    }

    private static void require(boolean holds, String otherwise) throws IOException {
      if (!holds) {
        throw new IOException(otherwise);
      }
    }
  }
}
