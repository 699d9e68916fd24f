package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.cosmos.PartitionKey;
import java.util.List;
import java.util.Optional;

/** What a running script sees. */
final class LogicalPartition implements StoredProcedure.Partition {

  private final Container container;
  private final PartitionKey key;
  private final StringBuilder log = new StringBuilder();
  private int calls;

  LogicalPartition(Container container, PartitionKey key) {
    this.container = container;
    this.key = key;
  }

  @Override
  public List<JsonNode> items() {
    calls++;
    return container.items(key).stream().<JsonNode>map(item -> item.content().deepCopy()).toList();
  }

  @Override
  public Optional<JsonNode> find(String id) {
    calls++;
    return container.item(key, id).map(item -> item.content().deepCopy());
  }

  @Override
  public JsonNode put(JsonNode item) {
    calls++;
    if (Ids.itemRefusal(item.path("id")).isPresent()
        || !container.keyDefinition().of(item).equals(key)) {
      throw new IllegalArgumentException("the item has no id, or another partition key");
    }
    String id = item.path("id").textValue();
    if (container.breaksUniqueness(key, id, item)) {
      throw new ScriptError(409, "{\"Errors\":[\"Unique index constraint violation.\"]}");
    }
    return container.put(key, id, item).content().deepCopy();
  }

  @Override
  public boolean delete(String id) {
    calls++;
    Optional<Item> item = container.item(key, id);
    item.ifPresent(container::remove);
    return item.isPresent();
  }

  @Override
  public void log(String message) {
    log.append(message);
  }

  /** How often the script has asked for something. */
  int calls() {
    return calls;
  }

  /** All that it has logged. */
  String log() {
    return log.toString();
  }
}
