package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosBatch;
import com.azure.cosmos.models.CosmosPatchOperations;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys of one level: of every type, null, and none at all. */
class PartitionKeyTest {

  private static final ObjectMapper JSON = new ObjectMapper();
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

  @ParameterizedTest
  @CsvFileSource(resources = "keys.csv", delimiter = '|', quoteCharacter = '\0')
  void comparesKeysAsValues(String value, String same, String others) throws Exception {
    String property = value.equals("-") ? "" : ", 'pk': " + value;
    String body = "{'id': '1'" + property + "}";
    for (String key : same.split("(?<=]) ", -1)) {
      running.resetWithContainer();

      assertThat(create(key, body).status()).as("create with %s", key).isEqualTo(201);
      for (String read : same.split("(?<=]) ", -1)) {
        assertThat(item("GET", read, "").status()).as("read with %s", read).isEqualTo(200);
        assertThat(feed(read)).as("feed with %s", read).isOne();
      }
    }
    for (String other : others.split("(?<=]) ", -1)) {
      assertThat(item("GET", other, "").status()).as("read with %s", other).isEqualTo(404);
      assertThat(item("DELETE", other, "").status()).as("delete with %s", other).isEqualTo(404);
      assertThat(feed(other)).as("feed with %s", other).isZero();
      for (RawClient.Reply write : List.of(create(other, body), item("PUT", other, body))) {
        assertThat(write.status()).as("write with %s", other).isIn(400, 404);
      }
      RawClient.Reply mismatch = create(other, body);
      assertThat(mismatch.status()).as("create with %s", other).isEqualTo(400);
      assertThat(mismatch.header("x-ms-substatus")).isEqualTo("1001");
      assertThat(mismatch.message())
          .startsWith(
              "PartitionKey extracted from document doesn't match the one specified in the"
                  + " header.");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {"a", "\"a\"", "{}", "[", "[a]", "[[\"a\"]]", "[{\"a\": 1}]", "[\"a\"] x", "[1e999]"})
  void refusesHeadersThatAreNoKeys(String header) throws Exception {
    running.put("{'id': '1', 'pk': 'a'}");

    for (RawClient.Reply reply :
        List.of(
            create(header, "{'id': '2', 'pk': 'a'}"),
            item("GET", header, ""),
            readFeed(header).send())) {
      assertThat(reply.status()).isEqualTo(400);
      assertThat(reply.message()).startsWith("Partition key " + header + " is invalid.");
    }
  }

  @Test
  void refusesMoreLevelsThanThereAre() throws Exception {
    running.put("{'id': '1', 'pk': 'a'}");

    for (RawClient.Reply reply :
        List.of(
            create("[\"a\", \"b\"]", "{'id': '2', 'pk': 'a'}"),
            item("GET", "[\"a\", {}]", ""),
            readFeed("[\"a\", \"b\"]").send())) {
      assertThat(reply.status()).isEqualTo(400);
      assertThat(reply.header("x-ms-substatus")).isEqualTo("1001");
    }
  }

  @Test
  void needsAKeyForWhatIsAboutOneItem() throws Exception {
    running.put("{'id': '1', 'pk': 'a'}");
    String link = ORDERS + "/docs/1";

    for (RawClient.Request request :
        List.of(
            raw.request("GET", "/" + link).signed("docs", link),
            raw.request("DELETE", "/" + link).signed("docs", link),
            raw.request("PUT", "/" + link).signed("docs", link).body("{'id': '1', 'pk': 'a'}"),
            raw.request("POST", "/" + ORDERS + "/docs")
                .signed("docs", ORDERS)
                .body("{'id': '2', 'pk': 'a'}"))) {
      RawClient.Reply reply = request.send();

      assertThat(reply.status()).isEqualTo(400);
      assertThat(reply.message())
          .startsWith("PartitionKey value must be supplied for this operation.");
    }
  }

  @Test
  void runsEveryOperationOnItemsWithoutAKey() {
    orders.createItem(keyless("1", 1));
    orders.createItem(keyless("2", 1), PartitionKey.NONE, null);
    orders.upsertItem(keyless("2", 2), PartitionKey.NONE, null);
    orders.replaceItem(keyless("1", 3), "1", PartitionKey.NONE, null);
    orders.patchItem(
        "1", PartitionKey.NONE, CosmosPatchOperations.create().increment("/n", 1), JsonNode.class);

    assertThat(read("1", PartitionKey.NONE).path("n").intValue()).isEqualTo(4);
    assertThat(read("2", PartitionKey.NONE).path("n").intValue()).isEqualTo(2);
    assertThat(read("2", PartitionKey.NONE).has("pk")).isFalse();
    orders.deleteItem("1", PartitionKey.NONE, null);
    assertStatus(404, 0, () -> read("1", PartitionKey.NONE));
  }

  @Test
  void keepsNoKeyNullAndTextApart() throws Exception {
    orders.createItem(keyless("1", 1));
    orders.createItem(keyless("1", 2).putNull("pk"), new PartitionKey(null), null);
    orders.createItem(keyless("1", 3).put("pk", ""));

    assertThat(read("1", PartitionKey.NONE).path("n").intValue()).isEqualTo(1);
    assertThat(read("1", new PartitionKey(null)).path("n").intValue()).isEqualTo(2);
    assertThat(read("1", new PartitionKey("")).path("n").intValue()).isEqualTo(3);
    assertThat(withoutKey()).containsExactly(1);
    assertThat(query(new PartitionKey(null))).containsExactly(2);
    assertThat(query(new PartitionKey(""))).containsExactly(3);
  }

  @Test
  void findsNumbersAndBooleansByTheSdksKeys() {
    orders.createItem(keyless("1", 1).put("pk", 1));
    orders.createItem(keyless("2", 2).put("pk", 1.0));
    orders.createItem(keyless("3", 3).put("pk", true));
    orders.createItem(keyless("4", 4).put("pk", "1"));

    assertThat(query(new PartitionKey(1))).containsExactly(1, 2);
    assertThat(query(new PartitionKey(1.0))).containsExactly(1, 2);
    assertThat(query(new PartitionKey(true))).containsExactly(3);
    assertThat(query(new PartitionKey("1"))).containsExactly(4);
    assertStatus(409, 0, () -> orders.createItem(keyless("1", 1).put("pk", 1.0)));
  }

  @Test
  void batchesAndBulksWithoutAKey() throws Exception {
    CosmosBatch batch = CosmosBatch.createCosmosBatch(PartitionKey.NONE);
    batch.createItemOperation(keyless("1", 1));
    batch.upsertItemOperation(keyless("2", 2));
    assertThat(orders.executeCosmosBatch(batch).isSuccessStatusCode()).isTrue();

    // By hand: Java's bulk fails in the client without a key.
    RawClient.Reply bulk =
        raw.request("POST", "/" + ORDERS + "/docs")
            .signed("docs", ORDERS)
            .header(CosmosHeaders.IS_BATCH, "True")
            .body(
                """
                [{'operationType': 'Create', 'partitionKey': '[{}]', 'resourceBody': {'id': '3', 'n': 3}},
                 {'operationType': 'Delete', 'partitionKey': '[]', 'id': '1'}]
                """)
            .send();

    assertThat(bulk.json().findValuesAsText("statusCode")).containsExactly("201", "204");
    assertThat(withoutKey()).containsExactly(2, 3);
  }

  /** Java can't ask for these (its queries go over the whole container then). */
  @Test
  void tellsTheChangesOfItemsWithoutAKey() throws Exception {
    orders.createItem(keyless("1", 1));
    orders.createItem(keyless("2", 1).put("pk", "a"));

    for (String key : List.of("[{}]", "[]")) {
      assertThat(
              readFeed(key)
                  .header(CosmosHeaders.A_IM, "Incremental feed")
                  .send()
                  .json()
                  .findValuesAsText("id"))
          .containsExactly("1");
    }
  }

  @Test
  void neverChangesAKey() {
    orders.createItem(keyless("1", 1));
    orders.createItem(keyless("2", 1).put("pk", "a"));

    assertStatus(
        400,
        1001,
        () -> orders.replaceItem(keyless("1", 1).put("pk", "a"), "1", PartitionKey.NONE, null));
    assertStatus(
        400, 1001, () -> orders.replaceItem(keyless("2", 1), "2", new PartitionKey("a"), null));
    assertStatus(
        400,
        0,
        () ->
            orders.patchItem(
                "1",
                PartitionKey.NONE,
                CosmosPatchOperations.create().add("/pk", "a"),
                JsonNode.class));
  }

  @Test
  void findsAKeyDeepInside() {
    running.simulator.createContainer("shop", "deep", "/a/b");
    CosmosContainer deep = client.getDatabase("shop").getContainer("deep");
    for (String item :
        List.of(
            "{'id': '1', 'a': {'b': 'x'}}",
            "{'id': '2', 'a': {'c': 'x'}}",
            "{'id': '3', 'a': 'x'}",
            "{'id': '4', 'a/b': 'x'}")) {
      deep.createItem(RunningSimulator.json(item));
    }

    assertThat(deep.readAllItems(new PartitionKey("x"), JsonNode.class)).hasSize(1);
    for (String id : List.of("2", "3", "4")) {
      assertThat(deep.readItem(id, PartitionKey.NONE, JsonNode.class).getStatusCode())
          .isEqualTo(200);
    }
  }

  private JsonNode read(String id, PartitionKey key) {
    return orders.readItem(id, key, JsonNode.class).getItem();
  }

  private List<Integer> query(PartitionKey key) {
    return orders
        .queryItems(
            "SELECT VALUE c.n FROM c",
            new CosmosQueryRequestOptions().setPartitionKey(key),
            Integer.class)
        .stream()
        .toList();
  }

  private static List<Integer> withoutKey() throws Exception {
    List<Integer> numbers = new ArrayList<>();
    readFeed("[{}]")
        .send()
        .json()
        .path("Documents")
        .forEach(item -> numbers.add(item.path("n").intValue()));
    return numbers;
  }

  private static RawClient.Reply create(String key, String body) throws Exception {
    return raw.request("POST", "/" + ORDERS + "/docs")
        .signed("docs", ORDERS)
        .header(CosmosHeaders.PARTITION_KEY, ascii(key))
        .body(body)
        .send();
  }

  private static RawClient.Reply item(String method, String key, String body) throws Exception {
    String link = ORDERS + "/docs/1";
    return raw.request(method, "/" + link)
        .signed("docs", link)
        .header(CosmosHeaders.PARTITION_KEY, ascii(key))
        .body(body)
        .send();
  }

  private static int feed(String key) throws Exception {
    return readFeed(key).send().json().path("_count").intValue();
  }

  private static RawClient.Request readFeed(String key) {
    return raw.request("GET", "/" + ORDERS + "/docs")
        .signed("docs", ORDERS)
        .header(CosmosHeaders.PARTITION_KEY, ascii(key));
  }

  /** Headers are ASCII; the letters themselves stand in the table for who reads it. */
  private static String ascii(String key) {
    return key.replace("é", "\\u00E9").replace("☂", "\\u2602");
  }

  private static ObjectNode keyless(String id, int n) {
    return JSON.createObjectNode().put("id", id).put("n", n);
  }

  private static void assertStatus(int status, int subStatus, Runnable call) {
    assertThatExceptionOfType(CosmosException.class)
        .isThrownBy(call::run)
        .satisfies(
            e -> {
              assertThat(e.getStatusCode()).isEqualTo(status);
              assertThat(e.getSubStatusCode()).isEqualTo(subStatus);
            });
  }
}
