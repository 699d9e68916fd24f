package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.cosmos.PartitionKey;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where items hold a value: one level of a partition key, or one part of a unique key.
 *
 * @param path as in the definition, {@code /a/b}
 * @param properties its parts
 */
record KeyPath(String path, List<String> properties) {

  /** Reads a path; empty if it isn't one. Parts in quotes aren't simulated. */
  static Optional<KeyPath> parse(String path) {
    List<String> parts = Arrays.asList(path.split("/", -1));
    boolean valid =
        parts.size() > 1
            && parts.getFirst().isEmpty()
            && parts.stream().skip(1).noneMatch(part -> part.isEmpty() || part.contains("\""));
    return valid
        ? Optional.of(new KeyPath(path, List.copyOf(parts.subList(1, parts.size()))))
        : Optional.empty();
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
