package dev.ephemeris.gateway.sdk;

import static dev.ephemeris.gateway.sdk.JavaAnswers.item;

import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.models.CosmosItemIdentity;
import com.azure.cosmos.models.CosmosItemRequestOptions;
import com.azure.cosmos.models.CosmosPatchItemRequestOptions;
import com.azure.cosmos.models.CosmosPatchOperations;
import com.azure.cosmos.models.FeedResponse;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** On items that have a key of one level. */
final class ItemCases {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** An item has at most 2 MB. */
  private static final int TOO_LARGE = 2 * 1024 * 1024;

  static final PartitionKey C1 = new PartitionKey("c1");

  private final Map<String, Case> cases = new HashMap<>();

  private ItemCases() {
    on("create-item", orders -> item(orders.createItem(order("new"))));
    on("create-item-that-is-there", orders -> item(orders.createItem(order("o1"))));
    on(
        "create-item-under-another-key",
        orders -> item(orders.createItem(order("new"), new PartitionKey("c2"), null)));
    on(
        "create-item-that-is-too-large",
        orders -> item(orders.createItem(order("new").put("note", "x".repeat(TOO_LARGE)))));
    on("read-item", orders -> read(orders, "o1", null));
    on("read-item-that-is-missing", orders -> read(orders, "none", null));
    on(
        "read-item-that-is-unchanged",
        orders -> {
          String etag = orders.readItem("o1", C1, ObjectNode.class).getETag();
          return read(orders, "o1", new CosmosItemRequestOptions().setIfNoneMatchETag(etag));
        });
    // The account throttles the first two times: the SDK tries again by itself.
    cases.put("read-item-that-is-throttled", at -> read(at.container("members"), "busy", null));
    on("upsert-item-that-is-new", orders -> item(orders.upsertItem(order("new"))));
    on("upsert-item-that-is-there", orders -> item(orders.upsertItem(order("o1"))));
    on(
        "upsert-item-of-another-etag",
        orders ->
            item(
                orders.upsertItem(
                    order("o1"),
                    C1,
                    new CosmosItemRequestOptions().setIfMatchETag("\"another\""))));
    on("replace-item", orders -> replace(orders, "o1", null));
    on(
        "replace-item-of-another-etag",
        orders ->
            replace(orders, "o1", new CosmosItemRequestOptions().setIfMatchETag("\"another\"")));
    on("replace-item-that-is-missing", orders -> replace(orders, "none", null));
    on(
        "patch-item",
        orders ->
            item(
                orders.patchItem(
                    "o1",
                    C1,
                    CosmosPatchOperations.create()
                        .set("/status", "shipped")
                        .increment("/n", 10)
                        .remove("/lines"),
                    ObjectNode.class)));
    on(
        "patch-item-in-every-other-way",
        orders ->
            item(
                orders.patchItem(
                    "o1",
                    C1,
                    CosmosPatchOperations.create()
                        .add("/lines/0", "first")
                        .add("/lines/-", "last")
                        .replace("/n", 7)
                        .increment("/n", -2)
                        .move("/note", "/remark"),
                    ObjectNode.class)));
    on(
        "patch-item-that-is-missing",
        orders ->
            item(
                orders.patchItem(
                    "none",
                    C1,
                    CosmosPatchOperations.create().set("/status", "shipped"),
                    ObjectNode.class)));
    on("patch-item-on-a-condition", orders -> patchIf(orders, "from c where c.status = 'open'"));
    on(
        "patch-item-on-a-condition-that-fails",
        orders -> patchIf(orders, "from c where c.status = 'closed'"));
    on("delete-item", orders -> delete(orders, "o1", null));
    on("delete-item-that-is-missing", orders -> delete(orders, "none", null));
    on(
        "delete-item-of-another-etag",
        orders ->
            delete(orders, "o1", new CosmosItemRequestOptions().setIfMatchETag("\"another\"")));
    on(
        "create-item-with-a-pre-trigger",
        orders -> item(orders.createItem(order("new"), C1, before(TestAccount.PRE_TRIGGER))));
    on(
        "create-item-with-a-trigger-that-is-missing",
        orders -> item(orders.createItem(order("new"), C1, before("none"))));
    on(
        "upsert-item-with-a-pre-trigger",
        orders -> item(orders.upsertItem(order("o1"), C1, before(TestAccount.PRE_TRIGGER))));
    on(
        "replace-item-with-both-triggers",
        orders ->
            replace(
                orders,
                "o1",
                after(TestAccount.POST_TRIGGER)
                    .setPreTriggerInclude(List.of(TestAccount.PRE_TRIGGER))));
    on(
        "delete-item-with-a-post-trigger",
        orders -> {
          delete(orders, "o1", after(TestAccount.POST_TRIGGER));
          return read(orders, "last", null);
        });
    on(
        "read-many",
        orders ->
            many(
                orders.readMany(
                    List.of(
                        new CosmosItemIdentity(C1, "o1"),
                        new CosmosItemIdentity(new PartitionKey("c2"), "o2"),
                        new CosmosItemIdentity(C1, "none")),
                    JsonNode.class)));
  }

  static Map<String, Case> all() {
    return new ItemCases().cases;
  }

  private void on(String operation, Function<CosmosContainer, JsonNode> found) {
    cases.put(operation, at -> found.apply(at.orders()));
  }

  static ObjectNode order(String id) {
    ObjectNode order =
        JSON.createObjectNode()
            .put("id", id)
            .put("customerId", "c1")
            .put("n", 100)
            .put("status", "open");
    order.putArray("lines").addObject().put("sku", "s-1").put("quantity", 1);
    return order;
  }

  private static CosmosItemRequestOptions before(String trigger) {
    return new CosmosItemRequestOptions().setPreTriggerInclude(List.of(trigger));
  }

  private static CosmosItemRequestOptions after(String trigger) {
    return new CosmosItemRequestOptions().setPostTriggerInclude(List.of(trigger));
  }

  private static JsonNode read(
      CosmosContainer container, String id, @Nullable CosmosItemRequestOptions options) {
    return item(container.readItem(id, C1, options, ObjectNode.class));
  }

  private static JsonNode replace(
      CosmosContainer orders, String id, @Nullable CosmosItemRequestOptions options) {
    return item(orders.replaceItem(order(id), id, C1, options));
  }

  private static JsonNode patchIf(CosmosContainer orders, String condition) {
    return item(
        orders.patchItem(
            "o1",
            C1,
            CosmosPatchOperations.create().set("/status", "shipped"),
            new CosmosPatchItemRequestOptions().setFilterPredicate(condition),
            ObjectNode.class));
  }

  private static JsonNode delete(
      CosmosContainer orders, String id, @Nullable CosmosItemRequestOptions options) {
    var deleted = orders.deleteItem(id, C1, options);
    return JavaAnswers.single(deleted.getStatusCode(), deleted.getResponseHeaders(), null);
  }

  /** In the order of ids: the SDK asks the partitions at once, and takes what comes first. */
  private static JsonNode many(FeedResponse<JsonNode> response) {
    ObjectNode page = JavaAnswers.page(response);
    List<JsonNode> sorted = new ArrayList<>(response.getResults());
    sorted.sort(Comparator.comparing(found -> found.path("id").asText()));
    page.putArray("body").addAll(sorted);
    return JSON.createObjectNode()
        .put("status", 200)
        .set("pages", JSON.createArrayNode().add(page));
  }
}
