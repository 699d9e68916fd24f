package dev.ephemeris.gateway.sdk;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosItemIdentity;
import com.azure.cosmos.models.CosmosItemRequestOptions;
import com.azure.cosmos.models.CosmosItemResponse;
import com.azure.cosmos.models.CosmosPatchItemRequestOptions;
import com.azure.cosmos.models.CosmosPatchOperations;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.FeedResponse;
import com.azure.cosmos.models.PartitionKey;
import com.azure.cosmos.models.SqlParameter;
import com.azure.cosmos.models.SqlQuerySpec;
import com.azure.cosmos.util.CosmosPagedIterable;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** azure-cosmos in gateway mode. */
final class JavaSdk implements SdkCall {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final PartitionKey C1 = new PartitionKey("c1");

  /** One operation: what it does with a container, and what it tells of it. */
  private interface Case {
    JsonNode run(CosmosClient client, String database, CosmosContainer container);
  }

  private final Map<String, Case> cases = new HashMap<>();
  private final Map<List<String>, CosmosClient> clients = new HashMap<>();

  JavaSdk() {
    // The SDK has no other way to trust a certificate for one client only.
    System.setProperty("COSMOS.EMULATOR_SERVER_CERTIFICATE_VALIDATION_DISABLED", "true");
    metadata();
    items();
    queries();
  }

  private void metadata() {
    cases.put(
        "read-database",
        (client, database, container) -> {
          var read = client.getDatabase(database).read();
          return single(
              read.getStatusCode(),
              read.getProperties().getETag(),
              read.getRequestCharge(),
              JSON.createObjectNode()
                  .put("id", read.getProperties().getId())
                  .put("_ts", String.valueOf(read.getProperties().getTimestamp())));
        });
    cases.put(
        "read-container",
        (client, database, container) -> {
          var read = container.read();
          return single(
              read.getStatusCode(),
              read.getProperties().getETag(),
              read.getRequestCharge(),
              JSON.createObjectNode()
                  .put("id", read.getProperties().getId())
                  .put(
                      "key",
                      read.getProperties().getPartitionKeyDefinition().getPaths().toString()));
        });
    cases.put(
        "read-ranges",
        (client, database, container) -> {
          ArrayNode ranges = JSON.createArrayNode();
          container.getFeedRanges().forEach(range -> ranges.add(range.toString()));
          return JSON.createObjectNode().put("status", 200).set("body", ranges);
        });
  }

  private void items() {
    cases.put("create-item", (c, d, orders) -> item(orders.createItem(order("new"))));
    cases.put("create-item-that-is-there", (c, d, orders) -> item(orders.createItem(order("o1"))));
    cases.put("read-item", (c, d, orders) -> read(orders, "o1", null));
    cases.put("read-item-that-is-missing", (c, d, orders) -> read(orders, "none", null));
    cases.put(
        "read-item-that-is-unchanged",
        (c, d, orders) -> {
          String etag = orders.readItem("o1", C1, ObjectNode.class).getETag();
          return read(orders, "o1", new CosmosItemRequestOptions().setIfNoneMatchETag(etag));
        });
    cases.put("upsert-item-that-is-new", (c, d, orders) -> item(orders.upsertItem(order("new"))));
    cases.put("upsert-item-that-is-there", (c, d, orders) -> item(orders.upsertItem(order("o1"))));
    cases.put("replace-item", (c, d, orders) -> replace(orders, "o1", null));
    cases.put(
        "replace-item-of-another-etag",
        (c, d, orders) ->
            replace(orders, "o1", new CosmosItemRequestOptions().setIfMatchETag("\"another\"")));
    cases.put("replace-item-that-is-missing", (c, d, orders) -> replace(orders, "none", null));
    cases.put(
        "patch-item",
        (c, d, orders) ->
            item(
                orders.patchItem(
                    "o1",
                    C1,
                    CosmosPatchOperations.create()
                        .set("/status", "shipped")
                        .increment("/n", 10)
                        .remove("/lines"),
                    ObjectNode.class)));
    cases.put(
        "patch-item-on-a-condition",
        (c, d, orders) -> patchIf(orders, "from c where c.status = 'open'"));
    cases.put(
        "patch-item-on-a-condition-that-fails",
        (c, d, orders) -> patchIf(orders, "from c where c.status = 'closed'"));
    cases.put("delete-item", (c, d, orders) -> delete(orders, "o1"));
    cases.put("delete-item-that-is-missing", (c, d, orders) -> delete(orders, "none"));
  }

  private void queries() {
    cases.put(
        "query-one-partition",
        (c, d, orders) ->
            query(
                orders,
                new SqlQuerySpec("SELECT * FROM c"),
                new CosmosQueryRequestOptions().setPartitionKey(C1)));
    query("query-all-partitions", "SELECT * FROM c");
    query(
        "query-with-parameters",
        "SELECT * FROM c WHERE c.status = @status AND c.n > @n",
        new SqlParameter("@status", "open"),
        new SqlParameter("@n", 3));
    query("query-in", "SELECT * FROM c WHERE c.id IN ('o2', 'o3', 'o11')");
    query("query-startswith", "SELECT * FROM c WHERE STARTSWITH(c.id, 'o1')");
    query("query-contains", "SELECT * FROM c WHERE CONTAINS(c.note, 'gift')");
    query("query-is-defined", "SELECT * FROM c WHERE NOT IS_DEFINED(c.note)");
    query("query-projection", "SELECT c.id, c.n * 2 AS twice, c.lines[0].sku FROM c");
    query("query-order-by", "SELECT * FROM c ORDER BY c.n DESC");
    query("query-top", "SELECT TOP 3 * FROM c ORDER BY c.n");
    query("query-count", "SELECT VALUE COUNT(1) FROM c WHERE c.n > 2");
    query("query-with-a-syntax-error", "SELECT * FROM c WHERE");
    cases.put(
        "query-page-by-page",
        (c, d, orders) -> {
          ArrayNode pages = JSON.createArrayNode();
          firstPartition(orders).iterableByPage(2).forEach(page -> pages.add(page(page)));
          return JSON.createObjectNode().put("status", 200).set("pages", pages);
        });
    cases.put(
        "query-goes-on-after-a-page",
        (c, d, orders) -> {
          FeedResponse<JsonNode> first = firstPartition(orders).iterableByPage(2).iterator().next();
          FeedResponse<JsonNode> next =
              firstPartition(orders)
                  .iterableByPage(first.getContinuationToken(), 2)
                  .iterator()
                  .next();
          ObjectNode result = JSON.createObjectNode().put("status", 200);
          result.putArray("pages").add(page(first)).add(page(next));
          return result;
        });
    cases.put(
        "read-many",
        (c, d, orders) ->
            feed(
                orders.readMany(
                    List.of(
                        new CosmosItemIdentity(C1, "o1"),
                        new CosmosItemIdentity(new PartitionKey("c2"), "o2"),
                        new CosmosItemIdentity(C1, "none")),
                    JsonNode.class)));
    cases.put(
        "read-all-of-a-partition",
        (c, d, orders) -> {
          ArrayNode pages = JSON.createArrayNode();
          orders
              .readAllItems(C1, JsonNode.class)
              .iterableByPage()
              .forEach(page -> pages.add(page(page)));
          return JSON.createObjectNode().put("status", 200).set("pages", pages);
        });
  }

  private void query(String operation, String text, SqlParameter... parameters) {
    cases.put(
        operation,
        (c, d, orders) ->
            query(orders, new SqlQuerySpec(text, parameters), new CosmosQueryRequestOptions()));
  }

  @Override
  public Set<String> operations() {
    return Set.copyOf(cases.keySet());
  }

  @Override
  public JsonNode run(String operation, Target target) {
    Case found = cases.get(operation);
    if (found == null) {
      throw new IllegalArgumentException("there is no case for " + operation);
    }
    try {
      CosmosClient client = client(target);
      return found.run(
          client,
          target.database(),
          client.getDatabase(target.database()).getContainer(target.container()));
    } catch (CosmosException e) {
      return failure(e);
    } catch (RuntimeException e) {
      // How a client says that it wasn't let in when it read the account, before any operation.
      if (e.getCause() instanceof CosmosException notLetIn) {
        return failure(notLetIn);
      }
      throw e;
    }
  }

  private CosmosClient client(Target target) {
    return clients.computeIfAbsent(
        List.of(target.endpoint().toString(), target.credential()),
        key ->
            new CosmosClientBuilder()
                .endpoint(target.endpoint().toString())
                .key(target.credential())
                .gatewayMode()
                .contentResponseOnWriteEnabled(true)
                .buildClient());
  }

  static JsonNode failure(CosmosException e) {
    return JSON.createObjectNode()
        .put("status", e.getStatusCode())
        .put("subStatus", e.getSubStatusCode())
        .put("charge", e.getRequestCharge())
        .put("message", message(e));
  }

  /** The service's message, without what the SDK says of the attempt. */
  private static String message(CosmosException e) {
    String message = String.valueOf(e.getMessage());
    return message.startsWith("{")
        ? SdkWorld.json(message).path("innerErrorMessage").asText()
        : message;
  }

  private static ObjectNode order(String id) {
    ObjectNode order =
        JSON.createObjectNode()
            .put("id", id)
            .put("customerId", "c1")
            .put("n", 100)
            .put("status", "open");
    order.putArray("lines").addObject().put("sku", "s-1").put("quantity", 1);
    return order;
  }

  private static JsonNode read(
      CosmosContainer orders, String id, @Nullable CosmosItemRequestOptions options) {
    return item(orders.readItem(id, C1, options, ObjectNode.class));
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

  private static JsonNode delete(CosmosContainer orders, String id) {
    var deleted = orders.deleteItem(id, C1, null);
    return single(deleted.getStatusCode(), deleted.getETag(), deleted.getRequestCharge(), null);
  }

  private static JsonNode item(CosmosItemResponse<ObjectNode> response) {
    ObjectNode result =
        single(
            response.getStatusCode(),
            response.getETag(),
            response.getRequestCharge(),
            response.getItem());
    return result.put("session", response.getSessionToken());
  }

  private static ObjectNode single(
      int status, @Nullable String etag, double charge, @Nullable JsonNode body) {
    ObjectNode result =
        JSON.createObjectNode()
            .put("status", status)
            .put("subStatus", 0)
            .put("etag", etag)
            .put("charge", charge);
    return result.set("body", body == null ? JSON.nullNode() : body);
  }

  private static CosmosPagedIterable<JsonNode> firstPartition(CosmosContainer orders) {
    return orders.queryItems(
        "SELECT * FROM c", new CosmosQueryRequestOptions().setPartitionKey(C1), JsonNode.class);
  }

  private static JsonNode query(
      CosmosContainer orders, SqlQuerySpec query, CosmosQueryRequestOptions options) {
    ArrayNode pages = JSON.createArrayNode();
    orders
        .queryItems(query, options, JsonNode.class)
        .iterableByPage()
        .forEach(page -> pages.add(page(page)));
    return JSON.createObjectNode().put("status", 200).set("pages", pages);
  }

  private static JsonNode feed(FeedResponse<JsonNode> response) {
    return JSON.createObjectNode()
        .put("status", 200)
        .set("pages", JSON.createArrayNode().add(page(response)));
  }

  private static JsonNode page(FeedResponse<JsonNode> page) {
    ObjectNode result =
        JSON.createObjectNode()
            .put("charge", page.getRequestCharge())
            .put("continuation", page.getContinuationToken())
            .put("session", page.getSessionToken());
    result.putArray("body").addAll(page.getResults());
    return result;
  }

  @Override
  public void close() {
    clients.values().forEach(CosmosClient::close);
  }
}
