package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.PartitionKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How a container is partitioned: by the value at one path, or by those at up to three.
 *
 * @param hierarchical whether the kind is {@code MultiHash}, which hashes each level by itself
 */
record KeyDefinition(List<KeyPath> paths, boolean hierarchical) {

  private static final int MAX_LEVELS = 3;

  KeyDefinition {
    paths = List.copyOf(paths);
  }

  /** A key of one level. */
  static KeyDefinition of(KeyPath path) {
    return new KeyDefinition(List.of(path), false);
  }

  /** Reads {@code {"paths": […], "kind": …}}; empty if it isn't one. */
  static Optional<KeyDefinition> parse(JsonNode definition) {
    List<KeyPath> paths = new ArrayList<>();
    for (JsonNode text : definition.path("paths")) {
      Optional<KeyPath> path = KeyPath.parse(text.asText());
      if (path.isEmpty()) {
        return Optional.empty();
      }
      paths.add(path.get());
    }
    String kind = definition.path("kind").asText("Hash");
    boolean hierarchical = kind.equals("MultiHash");
    Set<String> distinct = paths.stream().map(KeyPath::path).collect(Collectors.toSet());
    boolean valid =
        (hierarchical || kind.equals("Hash"))
            && !paths.isEmpty()
            && distinct.size() == paths.size()
            && paths.size() <= (hierarchical ? MAX_LEVELS : 1);
    return valid ? Optional.of(new KeyDefinition(paths, hierarchical)) : Optional.empty();
  }

  /** As the container's definition has it. */
  ObjectNode json() {
    ObjectNode json = Json.object();
    ArrayNode array = json.putArray("paths");
    paths.forEach(path -> array.add(path.path()));
    return json.put("kind", hierarchical ? "MultiHash" : "Hash").put("version", 2);
  }

  /** The key of an item with this content. */
  PartitionKey of(JsonNode content) {
    return new PartitionKey(paths.stream().map(path -> path.component(content)).toList());
  }

  /** Where a key lies, or where those that start with it do. */
  String epk(PartitionKey key) {
    return hierarchical
        ? key.components().stream()
            .map(level -> Epk.of(new PartitionKey(List.of(level))))
            .collect(Collectors.joining())
        : Epk.of(key);
  }

  /** A whole key. Items without one are named by {@code []}, or by {@code {}} for every level. */
  Optional<PartitionKey> whole(PartitionKey sent) {
    int levels = sent.components().size();
    if (levels == paths.size()) {
      return Optional.of(sent);
    }
    boolean none =
        levels < paths.size()
            && sent.components().stream()
                .allMatch(level -> level instanceof PartitionKey.Component.Undefined);
    return none
        ? Optional.of(
            new PartitionKey(
                Collections.nCopies(paths.size(), new PartitionKey.Component.Undefined())))
        : Optional.empty();
  }

  /** Whether changing what is at that path would change keys. */
  boolean isTouchedBy(List<String> path) {
    return paths.stream().map(KeyPath::properties).anyMatch(key -> startsWith(key, path));
  }

  /** Whether a key is another or begins with its levels. */
  static boolean isWithin(PartitionKey key, PartitionKey prefix) {
    return startsWith(key.components(), prefix.components());
  }

  private static <T> boolean startsWith(List<T> list, List<T> prefix) {
    return prefix.size() <= list.size() && list.subList(0, prefix.size()).equals(prefix);
  }
}
