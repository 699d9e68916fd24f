package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosItemRequestOptions;
import com.azure.cosmos.models.CosmosItemResponse;
import com.azure.cosmos.models.CosmosTriggerProperties;
import com.azure.cosmos.models.PartitionKey;
import com.azure.cosmos.models.TriggerOperation;
import com.azure.cosmos.models.TriggerType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Triggers that azure-cosmos for Java names with its writes. */
class TriggersTest {

  private static final PartitionKey A = new PartitionKey("a");

  private static RunningSimulator running;
  private static CosmosClient client;
  private CosmosContainer orders;

  @BeforeAll
  static void start() throws Exception {
    running = new RunningSimulator();
    client = running.sdkClient();
  }

  @AfterAll
  static void stop() {
    client.close();
    running.close();
  }

  @BeforeEach
  void oneItemAndTwoTriggers() {
    running.resetWithContainer();
    running.put("{'id': '1', 'pk': 'a'}");
    orders = client.getDatabase("shop").getContainer("orders");
    running.simulator.registerPreTrigger(
        "shop",
        "orders",
        "stamp",
        (_, item) -> item instanceof ObjectNode fields ? fields.put("stamped", true) : item);
    running.simulator.registerPostTrigger(
        "shop", "orders", "count", (partition, _) -> count(partition));
  }

  /** Writes how many items the partition has. */
  private static JsonNode count(StoredProcedure.Partition partition) {
    ObjectNode count = item("count");
    return partition.put(count.put("n", partition.items().size()));
  }

  private static ObjectNode item(String id) {
    return (ObjectNode) RunningSimulator.json("{'id': '" + id + "', 'pk': 'a'}");
  }

  private static CosmosItemRequestOptions before(String... names) {
    return new CosmosItemRequestOptions().setPreTriggerInclude(List.of(names));
  }

  private static CosmosItemRequestOptions after(String... names) {
    return new CosmosItemRequestOptions().setPostTriggerInclude(List.of(names));
  }

  private JsonNode read(String id) {
    return orders.readItem(id, A, JsonNode.class).getItem();
  }

  @Test
  void changesWhatIsWrittenBefore() {
    CosmosItemResponse<ObjectNode> created = orders.createItem(item("2"), A, before("stamp"));
    orders.upsertItem(item("3"), A, before("stamp"));
    orders.replaceItem(item("1"), "1", A, before("stamp"));

    assertThat(created.getStatusCode()).isEqualTo(201);
    assertThat(created.getItem().path("stamped").booleanValue()).isTrue();
    for (String id : List.of("1", "2", "3")) {
      assertThat(read(id).path("stamped").booleanValue()).as(id).isTrue();
    }
  }

  @Test
  void readsAndWritesThePartitionAfter() {
    CosmosItemResponse<ObjectNode> alone = orders.createItem(item("2"), A, null);
    CosmosItemResponse<ObjectNode> created = orders.createItem(item("3"), A, after("count"));

    assertThat(read("count").path("n").intValue()).isEqualTo(3);
    assertThat(created.getRequestCharge()).isGreaterThan(alone.getRequestCharge());

    orders.deleteItem("3", A, after("count"));

    assertThat(read("count").path("n").intValue()).isEqualTo(3); // with itself
  }

  @Test
  void isOneStepWithTheWrite() {
    long before = lsn(orders.createItem(item("2"), A, null));

    long after =
        lsn(
            orders.createItem(
                item("3"), A, before("stamp").setPostTriggerInclude(List.of("count"))));

    assertThat(after).isEqualTo(before + 1);
    assertThat(read("3").path("stamped").booleanValue()).isTrue();
  }

  private static long lsn(CosmosItemResponse<?> response) {
    return Long.parseLong(response.getResponseHeaders().getOrDefault("lsn", "-1"));
  }

  @Test
  void undoesTheWriteWhereItFails() {
    running.simulator.registerPreTrigger("shop", "orders", "no", (partition, _) -> fail(partition));
    running.simulator.registerPostTrigger(
        "shop", "orders", "ko", (partition, _) -> fail(partition));

    assertFails(400, 4711, () -> orders.createItem(item("2"), A, before("no")));
    assertFails(400, 4711, () -> orders.createItem(item("2"), A, after("ko")));
    assertFails(400, 4711, () -> orders.deleteItem("1", A, after("ko")));

    assertThat(running.simulator.find("shop", "orders", "1")).isPresent();
    assertThat(running.simulator.find("shop", "orders", "2")).isEmpty();
    assertThat(running.simulator.find("shop", "orders", "left")).isEmpty();
    assertThat(running.simulator.effects()).isEmpty();
  }

  private static JsonNode fail(StoredProcedure.Partition partition) {
    partition.put(item("left"));
    throw new ScriptError(4711, "not today");
  }

  @Test
  void isUndoneWhereTheWriteFails() {
    running.simulator.registerPreTrigger(
        "shop",
        "orders",
        "write",
        (partition, item) -> {
          partition.put(item("left"));
          return item;
        });

    assertFails(409, 0, () -> orders.createItem(item("1"), A, before("write")));

    assertThat(running.simulator.find("shop", "orders", "left")).isEmpty();
  }

  @Test
  void movesNothingToAnotherPartition() {
    running.simulator.registerPreTrigger(
        "shop", "orders", "move", (_, item) -> ((ObjectNode) item).put("pk", "b"));

    assertFails(400, 1001, () -> orders.createItem(item("2"), A, before("move")));
  }

  @ParameterizedTest
  @CsvSource({
    "none,One of the specified inputs is invalid",
    "count,One of the specified inputs is invalid", // a post-trigger
    "deletes,One of the specified inputs is invalid",
    "unregistered,not simulated: JavaScript; register Java for the trigger unregistered"
  })
  void refusesWhatDoesNotRunBeforeACreation(String name, String message) {
    define("deletes", TriggerOperation.DELETE);
    define("unregistered", TriggerOperation.CREATE);

    CosmosException thrown =
        assertFails(400, 0, () -> orders.createItem(item("2"), A, before(name)));

    assertThat(thrown).hasMessageContaining(message);
    assertThat(running.simulator.find("shop", "orders", "2")).isEmpty();
  }

  @Test
  void takesOneTriggerOfAKindOnly() {
    running.simulator.registerPreTrigger("shop", "orders", "other", (_, item) -> item);

    assertFails(400, 0, () -> orders.createItem(item("2"), A, before("stamp", "other")));
  }

  @Test
  void runsWhatWasDefinedForOneOperationWithThatOne() {
    define("creates", TriggerOperation.CREATE);
    running.simulator.registerPreTrigger(
        "shop", "orders", "creates", (_, item) -> ((ObjectNode) item).put("stamped", true));

    orders.createItem(item("2"), A, before("creates"));

    assertThat(read("2").path("stamped").booleanValue()).isTrue();
    assertFails(400, 0, () -> orders.replaceItem(item("2"), "2", A, before("creates")));
  }

  @Test
  void refusesTriggersWithABatch() throws Exception {
    RawClient.Reply reply =
        new RawClient(running)
            .request("POST", "/dbs/shop/colls/orders/docs")
            .signed("docs", "dbs/shop/colls/orders")
            .header("x-ms-documentdb-partitionkey", "[\"a\"]")
            .header("x-ms-cosmos-is-batch-request", "true")
            .header("x-ms-cosmos-batch-atomic", "true")
            .header("x-ms-documentdb-post-trigger-include", "count")
            .body("[{'operationType': 'Delete', 'id': '1'}]")
            .send();

    assertThat(reply.message()).startsWith("not simulated: triggers with a batch");
    assertThat(running.simulator.find("shop", "orders", "1")).isPresent();
  }

  private void define(String id, TriggerOperation operation) {
    orders
        .getScripts()
        .createTrigger(
            new CosmosTriggerProperties(id, "function () {}")
                .setTriggerType(TriggerType.PRE)
                .setTriggerOperation(operation));
  }

  private static CosmosException assertFails(int status, int subStatus, ThrowingCallable call) {
    CosmosException thrown = catchThrowableOfType(CosmosException.class, call);

    assertThat(thrown.getStatusCode()).isEqualTo(status);
    assertThat(thrown.getSubStatusCode()).isEqualTo(subStatus);
    return thrown;
  }
}
