package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.cosmos.PartitionKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The values that only one item of a logical partition may have. A missing one counts as null, and
 * takes part. Guarded by the {@link Account}'s lock.
 */
final class UniqueKeys {

  private static final int MAX_KEYS = 10;
  private static final int MAX_PATHS = 16;

  private final List<List<KeyPath>> keys;
  private final Map<Entry, Long> holders = new HashMap<>();

  private record Entry(PartitionKey partition, int key, List<String> values) {}

  private UniqueKeys(List<List<KeyPath>> keys) {
    this.keys = keys;
  }

  /** Reads a container's {@code uniqueKeyPolicy}; empty if a path is none, or they are too many. */
  static Optional<UniqueKeys> parse(JsonNode policy) {
    List<List<KeyPath>> keys = new ArrayList<>();
    for (JsonNode key : policy.path("uniqueKeys")) {
      List<KeyPath> paths = new ArrayList<>();
      for (JsonNode path : key.path("paths")) {
        Optional<KeyPath> parsed = KeyPath.parse(path.asText());
        if (parsed.isEmpty()) {
          return Optional.empty();
        }
        paths.add(parsed.get());
      }
      if (paths.isEmpty() || paths.size() > MAX_PATHS) {
        return Optional.empty();
      }
      keys.add(List.copyOf(paths));
    }
    return keys.size() > MAX_KEYS
        ? Optional.empty()
        : Optional.of(new UniqueKeys(List.copyOf(keys)));
  }

  /** Whether the same values are unique in both. */
  boolean areThoseOf(UniqueKeys others) {
    return keys.equals(others.keys);
  }

  /** Whether another item than the one to be written has its values. */
  boolean areTaken(PartitionKey partition, JsonNode content, Optional<Item> written) {
    return entries(partition, content).stream()
        .map(holders::get)
        .anyMatch(
            holder -> holder != null && written.filter(item -> item.number() == holder).isEmpty());
  }

  void add(Item item) {
    entries(item.key(), item.content()).forEach(entry -> holders.put(entry, item.number()));
  }

  void remove(Item item) {
    entries(item.key(), item.content()).forEach(holders::remove);
  }

  private List<Entry> entries(PartitionKey partition, JsonNode content) {
    List<Entry> entries = new ArrayList<>(keys.size());
    for (int i = 0; i < keys.size(); i++) {
      List<String> values = keys.get(i).stream().map(path -> text(path.value(content))).toList();
      entries.add(new Entry(partition, i, values));
    }
    return entries;
  }

  private static String text(JsonNode value) {
    return value.isMissingNode() ? "null" : Values.canonical(value);
  }
}
