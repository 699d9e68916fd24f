package dev.ephemeris.gateway.sdk;

import com.azure.cosmos.CosmosBridgeInternal;
import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosDatabase;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.implementation.DatabaseAccount;
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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** azure-cosmos in gateway mode. */
final class JavaSdk implements SdkCall {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Of the account document, what tells an SDK how to go about it. */
  private static final List<String> GOES_BY =
      List.of(
          "id",
          "continuousBackupEnabled",
          "enableNRegionSynchronousCommit",
          "queryEngineConfiguration",
          "readPolicy",
          "systemReplicationPolicy",
          "userConsistencyPolicy",
          "userReplicationPolicy");

  private static final PartitionKey C1 = new PartitionKey("c1");

  /** What a case has at hand. */
  private record Place(Target target, CosmosClient client, CosmosContainer orders) {
    CosmosDatabase database() {
      return client.getDatabase(target.database());
    }
  }

  /** One operation: what it does, and what it tells of it. */
  private interface Case {
    JsonNode run(Place at);
  }

  /** One that needs the container only. */
  private interface ContainerCase {
    JsonNode run(CosmosContainer orders);
  }

  private final Map<String, Case> cases = new HashMap<>();
  private final Map<List<String>, CosmosClient> clients = new HashMap<>();

  JavaSdk() {
    metadata();
    items();
    queries();
  }

  private void metadata() {
    cases.put("read-account", at -> account(at.client()));
    cases.put(
        "list-databases",
        at -> {
          Set<String> ids = new TreeSet<>();
          at.client().readAllDatabases().forEach(found -> ids.add(found.getId()));
          return JSON.createObjectNode()
              .put("status", 200)
              .put("found", ids.contains(at.target().database()));
        });
    cases.put(
        "list-containers",
        at -> {
          ArrayNode ids = JSON.createArrayNode();
          at.database().readAllContainers().forEach(found -> ids.add(found.getId()));
          return JSON.createObjectNode().put("status", 200).set("body", ids);
        });
    cases.put(
        "read-database",
        at -> {
          var read = at.database().read();
          return single(
              read.getStatusCode(),
              read.getResponseHeaders(),
              JSON.createObjectNode()
                  .put("id", read.getProperties().getId())
                  .put("_etag", read.getProperties().getETag())
                  .put("_ts", String.valueOf(read.getProperties().getTimestamp())));
        });
    cases.put(
        "read-container",
        at -> {
          var read = at.orders().read();
          return single(
              read.getStatusCode(),
              read.getResponseHeaders(),
              JSON.createObjectNode()
                  .put("id", read.getProperties().getId())
                  .put("_etag", read.getProperties().getETag())
                  .put("_ts", String.valueOf(read.getProperties().getTimestamp()))
                  .put(
                      "key",
                      read.getProperties().getPartitionKeyDefinition().getPaths().toString()));
        });
    cases.put(
        "read-ranges",
        at -> {
          ArrayNode ranges = JSON.createArrayNode();
          at.orders().getFeedRanges().forEach(range -> ranges.add(range.toString()));
          return JSON.createObjectNode().put("status", 200).set("body", ranges);
        });
  }

  /** The account document, which the SDK shows to nobody: what it goes by itself. */
  private static JsonNode account(CosmosClient client) {
    DatabaseAccount account =
        Objects.requireNonNull(
            CosmosBridgeInternal.getAsyncDocumentClient(client).getDatabaseAccount().block());
    ObjectNode document = (ObjectNode) SdkWorld.json(account.toJson());
    ObjectNode result = JSON.createObjectNode().put("status", 200);
    result
        .putObject("locations")
        .setAll(
            Map.of(
                "write", document.path("writableLocations"),
                "read", document.path("readableLocations")));
    return result.set("body", document.retain(GOES_BY));
  }

  private void items() {
    on("create-item", orders -> item(orders.createItem(order("new"))));
    on("create-item-that-is-there", orders -> item(orders.createItem(order("o1"))));
    on("read-item", orders -> read(orders, "o1", null));
    on("read-item-that-is-missing", orders -> read(orders, "none", null));
    on(
        "read-item-that-is-unchanged",
        orders -> {
          String etag = orders.readItem("o1", C1, ObjectNode.class).getETag();
          return read(orders, "o1", new CosmosItemRequestOptions().setIfNoneMatchETag(etag));
        });
    on("upsert-item-that-is-new", orders -> item(orders.upsertItem(order("new"))));
    on("upsert-item-that-is-there", orders -> item(orders.upsertItem(order("o1"))));
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
    on("patch-item-on-a-condition", orders -> patchIf(orders, "from c where c.status = 'open'"));
    on(
        "patch-item-on-a-condition-that-fails",
        orders -> patchIf(orders, "from c where c.status = 'closed'"));
    on("delete-item", orders -> delete(orders, "o1"));
    on("delete-item-that-is-missing", orders -> delete(orders, "none"));
  }

  private void queries() {
    on(
        "query-one-partition",
        orders ->
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
    on(
        "query-page-by-page",
        orders -> {
          ArrayNode pages = JSON.createArrayNode();
          firstPartition(orders).iterableByPage(2).forEach(page -> pages.add(page(page)));
          return JSON.createObjectNode().put("status", 200).set("pages", pages);
        });
    cases.put(
        "query-goes-on-in-another-client",
        at -> {
          FeedResponse<JsonNode> first =
              firstPartition(at.orders()).iterableByPage(2).iterator().next();
          ObjectNode result = JSON.createObjectNode().put("status", 200);
          ArrayNode pages = result.putArray("pages").add(page(first));
          try (CosmosClient another = newClient(at.target())) {
            pages.add(
                page(
                    firstPartition(container(another, at.target()))
                        .iterableByPage(first.getContinuationToken(), 2)
                        .iterator()
                        .next()));
          }
          return result;
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
    on(
        "read-all-of-a-partition",
        orders -> {
          ArrayNode pages = JSON.createArrayNode();
          orders
              .readAllItems(C1, JsonNode.class)
              .iterableByPage()
              .forEach(page -> pages.add(page(page)));
          return JSON.createObjectNode().put("status", 200).set("pages", pages);
        });
  }

  private void query(String operation, String text, SqlParameter... parameters) {
    on(
        operation,
        orders ->
            query(orders, new SqlQuerySpec(text, parameters), new CosmosQueryRequestOptions()));
  }

  private void on(String operation, ContainerCase found) {
    cases.put(operation, at -> found.run(at.orders()));
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
      return found.run(new Place(target, client, container(client, target)));
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

  private static CosmosContainer container(CosmosClient client, Target target) {
    return client.getDatabase(target.database()).getContainer(target.container());
  }

  private CosmosClient client(Target target) {
    return clients.computeIfAbsent(
        List.of(target.endpoint().toString(), target.credential()), key -> newClient(target));
  }

  private static CosmosClient newClient(Target target) {
    return new CosmosClientBuilder()
        .endpoint(target.endpoint().toString())
        .key(target.credential())
        .gatewayMode()
        .contentResponseOnWriteEnabled(true)
        .buildClient();
  }

  private static JsonNode failure(CosmosException e) {
    ObjectNode result =
        JSON.createObjectNode()
            .put("status", e.getStatusCode())
            .put("subStatus", e.getSubStatusCode())
            .put("message", message(e));
    return result.set("headers", headers(e.getResponseHeaders()));
  }

  private static ObjectNode headers(Map<String, String> all) {
    Map<String, String> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    byName.putAll(all);
    ObjectNode compared = JSON.createObjectNode();
    COMPARED_HEADERS.forEach(name -> compared.put(name, byName.get(name)));
    return compared;
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
    return single(deleted.getStatusCode(), deleted.getResponseHeaders(), null);
  }

  private static JsonNode item(CosmosItemResponse<ObjectNode> response) {
    return single(response.getStatusCode(), response.getResponseHeaders(), response.getItem());
  }

  private static JsonNode single(int status, Map<String, String> headers, @Nullable JsonNode body) {
    ObjectNode result = JSON.createObjectNode().put("status", status).put("subStatus", 0);
    result.set("headers", headers(headers));
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

  /** In the order of ids: the SDK asks the partitions at once, and takes what comes first. */
  private static JsonNode many(FeedResponse<JsonNode> response) {
    ObjectNode page = page(response);
    List<JsonNode> sorted = new ArrayList<>(response.getResults());
    sorted.sort(Comparator.comparing(found -> found.path("id").asText()));
    page.putArray("body").addAll(sorted);
    return JSON.createObjectNode()
        .put("status", 200)
        .set("pages", JSON.createArrayNode().add(page));
  }

  private static ObjectNode page(FeedResponse<JsonNode> page) {
    ObjectNode result = JSON.createObjectNode().put("continuation", page.getContinuationToken());
    result.set("headers", headers(page.getResponseHeaders()));
    result.putArray("body").addAll(page.getResults());
    return result;
  }

  @Override
  public void close() {
    clients.values().forEach(CosmosClient::close);
  }
}
