package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The data actions that the operations in a batch need. */
final class BatchActions {

  private static final Set<DataAction> ANY =
      EnumSet.of(
          DataAction.ITEMS_CREATE,
          DataAction.ITEMS_UPSERT,
          DataAction.ITEMS_READ,
          DataAction.ITEMS_REPLACE,
          DataAction.ITEMS_DELETE);

  private BatchActions() {}

  /** Of a batch that can't be read, or has an operation that nobody knows: all of them. */
  static List<DataAction> of(Call call) {
    Optional<JsonNode> operations = Json.parse(call.body()).filter(JsonNode::isArray);
    Set<DataAction> needed = EnumSet.noneOf(DataAction.class);
    operations.ifPresent(all -> all.forEach(one -> needed.addAll(actions(one))));
    return List.copyOf(operations.isEmpty() ? ANY : needed);
  }

  private static Set<DataAction> actions(JsonNode operation) {
    return switch (operation.path("operationType").asText()) {
      case "Create" -> EnumSet.of(DataAction.ITEMS_CREATE);
      case "Upsert" -> EnumSet.of(DataAction.ITEMS_UPSERT);
      case "Read" -> EnumSet.of(DataAction.ITEMS_READ);
      case "Replace", "Patch" -> EnumSet.of(DataAction.ITEMS_REPLACE);
      case "Delete" -> EnumSet.of(DataAction.ITEMS_DELETE);
      default -> ANY;
    };
  }
}
