package dev.ephemeris.cosmos;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A partition key as the {@code x-ms-documentdb-partitionkey} header carries it: a JSON array with
 * one value for each level of the key. Two headers that mean one key are equal here, however their
 * JSON was written.
 *
 * @param components one for each level; empty is the legacy key of a container without one
 */
public record PartitionKey(List<Component> components) {

  /** Hierarchical keys have at most three levels. */
  private static final int MAX_COMPONENTS = 3;

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  public PartitionKey {
    components = List.copyOf(components);
    if (components.size() > MAX_COMPONENTS) {
      throw new IllegalArgumentException("a partition key has at most three components");
    }
  }

  /** One level's value. */
  public sealed interface Component {
    record Text(String value) implements Component {}

    /** Numbers are IEEE doubles to Cosmos: {@code 1} and {@code 1.0} are one key. */
    record Numeric(double value) implements Component {
      public Numeric {
        if (!Double.isFinite(value)) {
          throw new IllegalArgumentException("JSON has no number for " + value);
        }
        value = value == 0 ? 0 : value; // -0.0 and 0 are one key
      }
    }

    record Bool(boolean value) implements Component {}

    record Null() implements Component {}

    /** The item has no such property: {@code {}} on the wire. */
    record Undefined() implements Component {}
  }

  /** Reads a header's value; empty if it isn't a JSON array of at most three scalars. */
  public static Optional<PartitionKey> parse(String header) {
    try (JsonParser parser = JSON.createParser(header)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        return Optional.empty();
      }
      List<Component> components = new ArrayList<>(1);
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        Optional<Component> component = component(parser);
        if (component.isEmpty() || components.size() == MAX_COMPONENTS) {
          return Optional.empty();
        }
        components.add(component.get());
      }
      return parser.nextToken() == null
          ? Optional.of(new PartitionKey(components))
          : Optional.empty();
    } catch (IOException notJson) {
      return Optional.empty();
    }
  }

  private static Optional<Component> component(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      return Optional.empty();
    }
    return switch (token) {
      case VALUE_STRING -> Optional.of(new Component.Text(parser.getText()));
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser.getDoubleValue());
      case VALUE_TRUE -> Optional.of(new Component.Bool(true));
      case VALUE_FALSE -> Optional.of(new Component.Bool(false));
      case VALUE_NULL -> Optional.of(new Component.Null());
      case START_OBJECT ->
          parser.nextToken() == JsonToken.END_OBJECT
              ? Optional.of(new Component.Undefined())
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<Component> number(double value) {
    return Double.isFinite(value) // 1e400 isn't
        ? Optional.of(new Component.Numeric(value))
        : Optional.empty();
  }

  /** The key of these levels, all of them text. */
  public static PartitionKey ofText(List<String> levels) {
    return new PartitionKey(levels.stream().<Component>map(Component.Text::new).toList());
  }

  /** Whether this key is {@code prefix}, or begins with its levels. */
  public boolean startsWith(PartitionKey prefix) {
    return components.size() >= prefix.components.size()
        && components.subList(0, prefix.components.size()).equals(prefix.components);
  }

  /** The header's value in one canonical form: ASCII, as the SDKs send it. */
  public String header() {
    StringBuilder json = new StringBuilder("[");
    for (Component component : components) {
      if (json.length() > 1) {
        json.append(',');
      }
      append(json, component);
    }
    return json.append(']').toString();
  }

  private static void append(StringBuilder json, Component component) {
    switch (component) {
      case Component.Text(String value) -> {
        json.append('"');
        StringBuilder quoted = new StringBuilder(value.length());
        JsonStringEncoder.getInstance().quoteAsString(value, quoted);
        appendAscii(json, quoted);
        json.append('"');
      }
      case Component.Numeric(double value) -> {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
          json.append((long) value);
        } else {
          json.append(value);
        }
      }
      case Component.Bool(boolean value) -> json.append(value);
      case Component.Null() -> json.append("null");
      case Component.Undefined() -> json.append("{}");
    }
  }

  private static void appendAscii(StringBuilder json, CharSequence quoted) {
    for (int i = 0; i < quoted.length(); i++) {
      char c = quoted.charAt(i);
      if (c < 0x7f) {
        json.append(c);
      } else {
        json.append("\\u").append(HEX.toHexDigits(c));
      }
    }
  }

  /** A key may be personal data: it is printed by who must, with {@link #header}. */
  @Override
  public String toString() {
    return "PartitionKey[" + components.size() + " components]";
  }
}
