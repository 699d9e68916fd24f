package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** What a partition holds, with the values of its partition keys: data, in a metadata answer. */
final class Statistics {

  private Statistics() {}

  static ArrayNode of(Container container) {
    ArrayNode statistics = JsonNodeFactory.instance.arrayNode();
    for (PhysicalPartition partition : container.partitions()) {
      ObjectNode entry = statistics.addObject().put("id", partition.id());
      entry.put("sizeInKB", kilobytes(partition.items().stream().toList()));
      entry.put("documentCount", partition.items().size());
      ArrayNode keys = entry.putArray("partitionKeys");
      partition.items().stream()
          .collect(Collectors.groupingBy(Item::key))
          .forEach(
              (key, items) ->
                  keys.addObject()
                      .put("sizeInKB", kilobytes(items))
                      .set(
                          "partitionKey",
                          Json.parse(key.header().getBytes(StandardCharsets.UTF_8)).orElseThrow()));
    }
    return statistics;
  }

  private static long kilobytes(List<Item> items) {
    return items.stream().mapToLong(item -> item.json().length).sum() / 1024;
  }
}
