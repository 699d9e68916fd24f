package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosBatch;
import com.azure.cosmos.models.CosmosBatchItemRequestOptions;
import com.azure.cosmos.models.CosmosBatchOperationResult;
import com.azure.cosmos.models.CosmosBatchResponse;
import com.azure.cosmos.models.CosmosBulkItemRequestOptions;
import com.azure.cosmos.models.CosmosBulkOperations;
import com.azure.cosmos.models.CosmosItemOperation;
import com.azure.cosmos.models.CosmosPatchOperations;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Transactional batches and bulk requests, by azure-cosmos for Java and by hand. */
class BatchTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final PartitionKey A = new PartitionKey("a");
  private static final String ORDERS = "dbs/shop/colls/orders";

  private static RunningSimulator running;
  private static CosmosClient client;
  private static RawClient raw;
  private CosmosContainer orders;

  @BeforeAll
  static void start() throws Exception {
    running = new RunningSimulator();
    client = running.sdkClient();
    raw = new RawClient(running);
  }

  @AfterAll
  static void stop() {
    client.close();
    running.close();
  }

  @BeforeEach
  void emptyContainer() {
    running.resetWithContainer();
    orders = client.getDatabase("shop").getContainer("orders");
  }

  @Test
  void doesAllOperationsInOrder() {
    running.put("{'id': 'old', 'pk': 'a', 'n': 1}");
    running.put("{'id': 'gone', 'pk': 'a'}");
    CosmosBatch batch = CosmosBatch.createCosmosBatch(A);
    batch.createItemOperation(item("new", "a", 1));
    batch.upsertItemOperation(item("upserted", "a", 2));
    batch.readItemOperation("new");
    batch.replaceItemOperation("old", item("old", "a", 5));
    batch.patchItemOperation("old", CosmosPatchOperations.create().increment("/n", 2));
    batch.deleteItemOperation("gone");

    CosmosBatchResponse response = orders.executeCosmosBatch(batch);

    assertThat(response.getStatusCode()).isEqualTo(200);
    assertThat(response.getRequestCharge()).isPositive();
    assertThat(response.getSessionToken()).matches("[01]:-1#\\d+");
    assertThat(statuses(response)).containsExactly(201, 201, 200, 200, 200, 204);
    assertThat(response.getResults().get(2).getItem(ObjectNode.class).path("n").intValue())
        .isEqualTo(1);
    assertThat(response.getResults().get(4).getItem(ObjectNode.class).path("n").intValue())
        .isEqualTo(7);
    assertThat(response.getResults().get(0).getETag())
        .isEqualTo(find("new").path("_etag").textValue());
    assertThat(running.simulator.find("shop", "orders", "gone")).isEmpty();
  }

  @Test
  void undoesAllIfOneFails() {
    running.put("{'id': 'old', 'pk': 'a', 'n': 1}");
    running.put("{'id': 'kept', 'pk': 'a'}");
    JsonNode before = find("old");
    CosmosBatch batch = CosmosBatch.createCosmosBatch(A);
    batch.createItemOperation(item("new", "a", 1));
    batch.replaceItemOperation("old", item("old", "a", 5));
    batch.deleteItemOperation("kept");
    batch.createItemOperation(item("kept", "a", 7));
    batch.replaceItemOperation("missing", item("missing", "a", 1));
    batch.upsertItemOperation(item("never", "a", 1));

    CosmosBatchResponse response = orders.executeCosmosBatch(batch);

    assertThat(response.getStatusCode()).isEqualTo(404);
    assertThat(statuses(response)).containsExactly(424, 424, 424, 424, 404, 424);
    assertThat(running.simulator.find("shop", "orders", "new")).isEmpty();
    assertThat(running.simulator.find("shop", "orders", "never")).isEmpty();
    assertThat(find("old")).isEqualTo(before);
    assertThat(find("kept").has("n")).isFalse();
    assertThat(orders.readAllItems(A, ObjectNode.class))
        .extracting(item -> item.path("id").textValue())
        .containsExactlyInAnyOrder("old", "kept");
  }

  @Test
  void countsABatchAsOneStep() {
    String before = orders.createItem(item("1", "a", 1)).getSessionToken();
    CosmosBatch batch = CosmosBatch.createCosmosBatch(A);
    batch.createItemOperation(item("2", "a", 1));
    batch.createItemOperation(item("3", "a", 1));

    String after = orders.executeCosmosBatch(batch).getSessionToken();

    assertThat(lsn(after)).isEqualTo(lsn(before) + 1);
  }

  private static long lsn(String sessionToken) {
    return Long.parseLong(sessionToken.substring(sessionToken.indexOf('#') + 1));
  }

  @Test
  void checksEtagsOfEachOperation() {
    String etag = orders.createItem(item("1", "a", 1)).getETag();
    CosmosBatchItemRequestOptions ifMatch = new CosmosBatchItemRequestOptions();
    ifMatch.setIfMatchETag(etag);
    CosmosBatch batch = CosmosBatch.createCosmosBatch(A);
    batch.replaceItemOperation("1", item("1", "a", 2), ifMatch);

    assertThat(orders.executeCosmosBatch(batch).getStatusCode()).isEqualTo(200);
    assertThat(orders.executeCosmosBatch(batch).getStatusCode()).isEqualTo(412);
    assertThat(find("1").path("n").intValue()).isEqualTo(2);
  }

  @Test
  void refusesItemsOfAnotherKey() {
    CosmosBatch batch = CosmosBatch.createCosmosBatch(A);
    batch.createItemOperation(item("1", "a", 1));
    batch.createItemOperation(item("2", "b", 1));

    CosmosBatchResponse response = orders.executeCosmosBatch(batch);

    assertThat(statuses(response)).containsExactly(424, 400);
    assertThat(response.getSubStatusCode()).isEqualTo(1001);
    assertThat(running.simulator.find("shop", "orders", "1")).isEmpty();
  }

  @Test
  void takesAHundredOperationsAndNoMore() {
    CosmosBatch batch = CosmosBatch.createCosmosBatch(A);
    IntStream.range(0, 100).forEach(i -> batch.createItemOperation(item("i" + i, "a", i)));
    assertThat(orders.executeCosmosBatch(batch).getStatusCode()).isEqualTo(200);

    batch.createItemOperation(item("more", "a", 1));

    assertThatExceptionOfType(CosmosException.class)
        .isThrownBy(() -> orders.executeCosmosBatch(batch))
        .satisfies(e -> assertThat(e.getStatusCode()).isEqualTo(400))
        .withMessageContaining("more operations than what is supported");
  }

  @Test
  void runsBulkOperationsOfManyKeysAndFailsThemOneByOne() {
    running.put("{'id': '3', 'pk': 'p3', 'n': 0}");
    List<CosmosItemOperation> operations = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      operations.add(
          CosmosBulkOperations.getCreateItemOperation(
              item(Integer.toString(i), "p" + i, i), new PartitionKey("p" + i)));
    }
    operations.add(
        CosmosBulkOperations.getPatchItemOperation(
            "3", new PartitionKey("p3"), CosmosPatchOperations.create().set("/n", 9)));
    operations.add(CosmosBulkOperations.getDeleteItemOperation("missing", new PartitionKey("p1")));

    Map<CosmosItemOperation, Integer> statuses = new HashMap<>();
    orders
        .executeBulkOperations(operations)
        .forEach(
            response ->
                statuses.put(response.getOperation(), response.getResponse().getStatusCode()));

    assertThat(statuses).hasSize(22);
    for (int i = 0; i < 20; i++) {
      assertThat(statuses).containsEntry(operations.get(i), i == 3 ? 409 : 201);
    }
    assertThat(statuses).containsEntry(operations.get(20), 200);
    assertThat(statuses).containsEntry(operations.get(21), 404);
    assertThat(find("3").path("n").intValue()).isEqualTo(9);
    assertThat(running.simulator.received())
        .filteredOn(request -> request.header(CosmosHeaders.IS_BATCH).isPresent())
        .extracting(request -> request.header(CosmosHeaders.PARTITION_KEY_RANGE_ID).orElse(""))
        .contains("0", "1");
  }

  @Test
  void checksEtagsInBulk() {
    String etag = orders.createItem(item("1", "a", 1)).getETag();
    CosmosBulkItemRequestOptions ifMatch = new CosmosBulkItemRequestOptions();
    ifMatch.setIfMatchETag(etag);
    List<CosmosItemOperation> twice = new ArrayList<>();
    for (int n = 2; n <= 3; n++) {
      twice.add(CosmosBulkOperations.getReplaceItemOperation("1", item("1", "a", n), A, ifMatch));
    }

    List<Integer> statuses = new ArrayList<>();
    orders
        .executeBulkOperations(twice)
        .forEach(response -> statuses.add(response.getResponse().getStatusCode()));

    assertThat(statuses).containsExactlyInAnyOrder(200, 412);
  }

  @Test
  void answersABatchInTheServicesForm() throws Exception {
    RawClient.Reply reply =
        batch(
                "[{'operationType': 'Create', 'resourceBody': {'id': '1', 'pk': 'a'}},"
                    + "{'operationType': 'Read', 'id': 'none'}]")
            .header("x-ms-cosmos-batch-atomic", "True")
            .header(CosmosHeaders.PARTITION_KEY, "[\"a\"]")
            .send();

    assertThat(reply.status()).isEqualTo(207);
    assertThat(reply.header("x-ms-item-count")).isEqualTo("2");
    assertThat(reply.json())
        .isEqualTo(
            RunningSimulator.json(
                "[{'statusCode': 424, 'subStatusCode': 0, 'requestCharge': 0},"
                    + "{'statusCode': 404, 'subStatusCode': 0, 'requestCharge': 0}]"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "{}~400",
        "[]~400",
        "[~400",
        "[{'operationType': 'Create'}]~400",
        "[{'operationType': 'Drop', 'id': '1'}]~400",
        "[{'operationType': 0, 'resourceBody': {'id': '1', 'pk': 'a'}}]~400",
        "[{'operationType': 'Delete'}]~400",
        "[{'operationType': 'Replace', 'id': '1'}]~400",
      })
  void refusesBatchesThatAreNone(String body, int status) throws Exception {
    RawClient.Reply reply =
        batch(body)
            .header("x-ms-cosmos-batch-atomic", "True")
            .header(CosmosHeaders.PARTITION_KEY, "[\"a\"]")
            .send();

    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.message()).isNotEmpty();
  }

  @Test
  void needsTheKeyOfATransaction() throws Exception {
    assertThat(
            batch("[{'operationType': 'Read', 'id': '1'}]")
                .header("x-ms-cosmos-batch-atomic", "True")
                .send()
                .status())
        .isEqualTo(400);
  }

  @Test
  void refusesABulkForARangeThatIsNone() throws Exception {
    RawClient.Reply reply =
        batch("[{'operationType': 'Read', 'id': '1', 'partitionKey': '[\\\"a\\\"]'}]")
            .header(CosmosHeaders.PARTITION_KEY_RANGE_ID, "7")
            .send();

    assertThat(reply.status()).isEqualTo(410);
    assertThat(reply.header("x-ms-substatus")).isEqualTo("1002");
  }

  @Test
  void stopsABulkAtTheFirstFailureIfAskedTo() throws Exception {
    RawClient.Reply reply =
        batch(
                "[{'operationType': 'Upsert', 'partitionKey': '[\\\"a\\\"]', 'resourceBody':"
                    + " {'id': '1', 'pk': 'a'}},"
                    + "{'operationType': 'Read', 'id': 'none', 'partitionKey': '[\\\"a\\\"]'},"
                    + "{'operationType': 'Delete', 'id': '1', 'partitionKey': '[\\\"a\\\"]'}]")
            .header("x-ms-cosmos-batch-continue-on-error", "False")
            .send();

    assertThat(reply.json().findValuesAsText("statusCode")).containsExactly("201", "404", "424");
    assertThat(running.simulator.find("shop", "orders", "1")).isPresent();
  }

  private static RawClient.Request batch(String body) {
    return raw.request("POST", "/" + ORDERS + "/docs")
        .signed("docs", ORDERS)
        .header(CosmosHeaders.IS_BATCH, "True")
        .body(body);
  }

  private static JsonNode find(String id) {
    return running.simulator.find("shop", "orders", id).orElseThrow();
  }

  private static List<Integer> statuses(CosmosBatchResponse response) {
    return response.getResults().stream().map(CosmosBatchOperationResult::getStatusCode).toList();
  }

  private static ObjectNode item(String id, String key, int n) {
    return JSON.createObjectNode().put("id", id).put("pk", key).put("n", n);
  }
}
