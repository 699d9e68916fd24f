package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.EffectivePartitionKey;
import dev.ephemeris.cosmos.PartitionKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
    if (refusal(definition).isPresent()) {
      return Optional.empty();
    }
    List<KeyPath> paths = new ArrayList<>();
    definition.path("paths").forEach(text -> KeyPath.parse(text.asText()).ifPresent(paths::add));
    return Optional.of(new KeyDefinition(paths, isHierarchical(definition)));
  }

  private static boolean isHierarchical(JsonNode definition) {
    return definition.path("kind").asText().equals("MultiHash");
  }

  /** Why this is no definition of a key, in the service's words where they are known. */
  static Optional<Answer> refusal(JsonNode definition) {
    JsonNode paths = definition.path("paths");
    String kind = definition.path("kind").asText("Hash");
    boolean hierarchical = isHierarchical(definition);
    int most = hierarchical ? MAX_LEVELS : 1;
    if (!paths.isArray() || paths.isEmpty()) {
      return Optional.of(Answer.badRequest("The partition key has no path."));
    }
    if (!hierarchical && !kind.equals("Hash")) {
      return Optional.of(
          Answer.badRequest(
              "The 'kind' value '"
                  + kind
                  + "' specified in the partition key definition is invalid. Please choose 'Hash'"
                  + " partition type."));
    }
    if (definition.path("version").asText("2").equals("1")) {
      return Optional.of(
          hierarchical
              ? Answer.badRequest("Invalid version for Hash kind MultiHash.")
              : Answer.notSimulated("version 1 partition keys"));
    }
    if (paths.size() > most) {
      return Optional.of(
          Answer.badRequest(
              "Too many partition key paths ("
                  + paths.size()
                  + ") specified. A maximum of "
                  + most
                  + " is allowed."));
    }
    Set<String> distinct = new HashSet<>();
    for (JsonNode path : paths) {
      String text = path.asText();
      if (KeyPath.parse(text).isEmpty()) {
        return Optional.of(
            Answer.badRequest(
                "The partition key component definition path '"
                    + text
                    + "' could not be accepted, failed near position '"
                    + KeyPath.readableUntil(text)
                    + "'. Partition key paths must contain only valid characters and not contain"
                    + " a trailing slash or wildcard character."));
      }
      if (!distinct.add(text)) {
        return Optional.of(Answer.badRequest("The partition key has the path " + text + " twice."));
      }
    }
    return Optional.empty();
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
    return hierarchical ? EffectivePartitionKey.multiHash(key) : EffectivePartitionKey.hash(key);
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
