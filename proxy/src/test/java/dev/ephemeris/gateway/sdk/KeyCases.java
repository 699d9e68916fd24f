package dev.ephemeris.gateway.sdk;

import static dev.ephemeris.gateway.sdk.JavaAnswers.item;

import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.PartitionKey;
import com.azure.cosmos.models.PartitionKeyBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** On items whose keys have several levels, are missing or unique, and on those that end. */
final class KeyCases {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final PartitionKey T1_U1_A = levels("t1", "u1", "a");

  private final Map<String, Case> cases = new HashMap<>();

  private KeyCases() {
    hierarchical();
    missing();
    unique();
    passing();
    on(
        "delete-partition-key",
        "orders",
        orders -> {
          var deleted = orders.deleteAllItemsByPartitionKey(ItemCases.C1, null);
          return JavaAnswers.single(deleted.getStatusCode(), deleted.getResponseHeaders(), null)
              .put("left", count(orders, ItemCases.C1))
              .put("others", count(orders, new PartitionKey("c2")));
        });
  }

  static Map<String, Case> all() {
    return new KeyCases().cases;
  }

  private void hierarchical() {
    on(
        "create-item-of-a-hierarchical-key",
        "tenants",
        tenants -> item(tenants.createItem(session("new"))));
    on(
        "read-item-of-a-hierarchical-key",
        "tenants",
        tenants -> item(tenants.readItem("s1", T1_U1_A, ObjectNode.class)));
    on(
        "read-item-by-a-part-of-its-key",
        "tenants",
        tenants -> item(tenants.readItem("s1", levels("t1", "u1"), ObjectNode.class)));
    on(
        "replace-item-of-a-hierarchical-key",
        "tenants",
        tenants -> item(tenants.replaceItem(session("s1"), "s1", T1_U1_A, null)));
    on("delete-item-of-a-hierarchical-key", "tenants", tenants -> delete(tenants, "s1", T1_U1_A));
    on("query-hierarchical-key", "tenants", tenants -> query(tenants, T1_U1_A));
    on("query-prefix-of-one-level", "tenants", tenants -> query(tenants, levels("t1")));
    on("query-prefix-of-two-levels", "tenants", tenants -> query(tenants, levels("t1", "u1")));
  }

  private void missing() {
    on(
        "create-item-without-a-key",
        "members",
        members -> item(members.createItem(JSON.createObjectNode().put("id", "new"))));
    on(
        "read-item-without-a-key",
        "members",
        members -> item(members.readItem("guest", PartitionKey.NONE, ObjectNode.class)));
    on(
        "delete-item-without-a-key",
        "members",
        members -> delete(members, "guest", PartitionKey.NONE));
    on("query-items-without-a-key", "members", members -> query(members, PartitionKey.NONE));
  }

  private void unique() {
    on(
        "create-item-of-a-taken-unique-key",
        "members",
        members -> item(members.createItem(member("new", "c1", "ada@example.test"))));
    on(
        "create-item-of-another-partitions-unique-key",
        "members",
        members -> item(members.createItem(member("new", "c2", "ada@example.test"))));
    on(
        "upsert-item-of-a-taken-unique-key",
        "members",
        members -> item(members.upsertItem(member("m2", "c1", "ada@example.test"))));
    on(
        "replace-item-by-a-taken-unique-key",
        "members",
        members ->
            item(
                members.replaceItem(
                    member("m2", "c1", "ada@example.test"), "m2", ItemCases.C1, null)));
  }

  private void passing() {
    on(
        "create-item-with-a-time-to-live",
        "members",
        members ->
            item(members.createItem(member("new", "c1", "new@example.test").put("ttl", 60))));
    on(
        "create-item-with-a-time-to-live-of-nothing",
        "members",
        members -> item(members.createItem(member("new", "c1", "new@example.test").put("ttl", 0))));
    on(
        "read-item-whose-time-is-over",
        "members",
        members -> item(members.readItem("gone", ItemCases.C1, ObjectNode.class)));
  }

  private void on(String operation, String container, Function<CosmosContainer, JsonNode> found) {
    cases.put(operation, at -> found.apply(at.container(container)));
  }

  private static PartitionKey levels(String... levels) {
    PartitionKeyBuilder key = new PartitionKeyBuilder();
    for (String level : levels) {
      key.add(level);
    }
    return key.build();
  }

  private static ObjectNode session(String id) {
    return JSON.createObjectNode()
        .put("id", id)
        .put("tenant", "t1")
        .put("user", "u1")
        .put("session", "a")
        .put("n", 100);
  }

  private static ObjectNode member(String id, String customerId, String email) {
    return JSON.createObjectNode().put("id", id).put("customerId", customerId).put("email", email);
  }

  private static JsonNode delete(CosmosContainer container, String id, PartitionKey key) {
    var deleted = container.deleteItem(id, key, null);
    return JavaAnswers.single(deleted.getStatusCode(), deleted.getResponseHeaders(), null);
  }

  private static JsonNode query(CosmosContainer container, PartitionKey key) {
    return JavaAnswers.pages(
        container
            .queryItems(
                "SELECT * FROM c",
                new CosmosQueryRequestOptions().setPartitionKey(key),
                JsonNode.class)
            .iterableByPage());
  }

  private static long count(CosmosContainer container, PartitionKey key) {
    return container
        .queryItems(
            "SELECT * FROM c", new CosmosQueryRequestOptions().setPartitionKey(key), JsonNode.class)
        .stream()
        .count();
  }
}
