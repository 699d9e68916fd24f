package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.cosmos.PartitionKey;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Where items hold a value: one level of a partition key, or one part of a unique key.
 *
 * @param path as in the definition, {@code /a/b}
 * @param properties its parts
 */
record KeyPath(String path, List<String> properties) {

  /** A word, or anything in quotes of either kind. */
  private static final Pattern LABEL =
      Pattern.compile("/(?:([\\p{L}\\p{N}_-]+)|\"([^\"]+)\"|'([^']+)')");

  KeyPath {
    properties = List.copyOf(properties);
  }

  /** Reads a path; empty if it isn't one. */
  static Optional<KeyPath> parse(String path) {
    return readableUntil(path) == path.length() && !path.isEmpty()
        ? Optional.of(new KeyPath(path, labels(path).map(KeyPath::property).toList()))
        : Optional.empty();
  }

  /** Up to where this is a path: its length if it is one. */
  static int readableUntil(String path) {
    return labels(path).reduce(0, (_, label) -> label.end(), (_, end) -> end);
  }

  private static Stream<MatchResult> labels(String path) {
    Matcher matcher = LABEL.matcher(path);
    Stream.Builder<MatchResult> labels = Stream.builder();
    for (int from = 0; matcher.region(from, path.length()).lookingAt(); from = matcher.end()) {
      labels.add(matcher.toMatchResult());
    }
    return labels.build();
  }

  private static String property(MatchResult label) {
    return IntStream.rangeClosed(1, label.groupCount())
        .mapToObj(label::group)
        .filter(Objects::nonNull)
        .findFirst()
        .orElseThrow();
  }

  /** What an item with this content holds there. */
  JsonNode value(JsonNode content) {
    JsonNode value = content;
    for (String property : properties) {
      value = value.path(property);
    }
    return value;
  }

  /** What an item holds there, as a level of its key; an object or array counts as undefined. */
  PartitionKey.Component component(JsonNode content) {
    JsonNode value = value(content);
    return switch (value.getNodeType()) {
      case STRING -> new PartitionKey.Component.Text(value.textValue());
      // 0.0 for -0.0 too: they are one key.
      case NUMBER -> new PartitionKey.Component.Numeric(value.doubleValue() + 0.0);
      case BOOLEAN -> new PartitionKey.Component.Bool(value.booleanValue());
      case NULL -> new PartitionKey.Component.Null();
      default -> new PartitionKey.Component.Undefined();
    };
  }
}
