package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.models.CosmosBatch;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An account in two regions, of which one is written to. */
class RegionsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ORDERS = "dbs/shop/colls/orders";
  private static final String WEST = CosmosSimulator.FIRST_REGION;
  private static final String NORTH = "North Europe";
  private static final PartitionKey A = new PartitionKey("a");

  private static RunningSimulator running;
  private static RawClient raw;

  @BeforeAll
  static void start() throws Exception {
    running = new RunningSimulator();
    raw = new RawClient(running);
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  @BeforeEach
  void oneItemInTwoRegions() {
    running.resetWithContainer();
    running.put("{'id': '1', 'pk': 'a'}");
    running.simulator.addRegion(NORTH);
  }

  private static JsonNode account() throws Exception {
    return raw.request("GET", "/").signed("", "").send().json();
  }

  private static JsonNode locations(String... regions) {
    return JSON.valueToTree(
        List.of(regions).stream()
            .map(
                name ->
                    JSON.createObjectNode()
                        .put("name", name)
                        .put(
                            "databaseAccountEndpoint", running.simulator.endpoint(name).toString()))
            .toList());
  }

  @Test
  void areInTheAccountDocumentTheOneThatIsWrittenToFirst() throws Exception {
    assertThat(running.simulator.endpoint(NORTH)).isNotEqualTo(running.simulator.endpoint(WEST));
    assertThat(account().path("writableLocations")).isEqualTo(locations(WEST));
    assertThat(account().path("readableLocations")).isEqualTo(locations(WEST, NORTH));
    assertThat(account().path("enableMultipleWriteLocations").booleanValue()).isFalse();

    running.simulator.failOver();
    assertThat(account().path("writableLocations")).isEqualTo(locations(NORTH));
    assertThat(account().path("readableLocations")).isEqualTo(locations(NORTH, WEST));

    running.simulator.reset();
    assertThat(account().path("writableLocations")).isEqualTo(locations(WEST));
    assertThat(account().path("readableLocations")).isEqualTo(locations(WEST));
  }

  @Test
  void existOnlyOnceAdded() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> running.simulator.interruptRegion("Mars", true));
    assertThatIllegalArgumentException().isThrownBy(() -> running.simulator.addRegion(WEST));
    running.simulator.reset();
    assertThatIllegalArgumentException().isThrownBy(running.simulator::failOver);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET    | /dbs                           |        | false",
        "POST   | /dbs                           |        | true",
        "POST   | /dbs                           | query  | false",
        "POST   | /dbs/shop/colls                |        | true",
        "DELETE | /dbs/shop/colls/orders         |        | true",
        "GET    | /dbs/shop/colls/orders         |        | false",
        "GET    | /dbs/shop/colls/orders/docs/1  |        | false",
        "GET    | /dbs/shop/colls/orders/docs    |        | false",
        "GET    | /dbs/shop/colls/orders/docs    | feed   | false",
        "POST   | /dbs/shop/colls/orders/docs    | query  | false",
        "POST   | /dbs/shop/colls/orders/docs    | plan   | false",
        "POST   | /dbs/shop/colls/orders/docs    |        | true",
        "POST   | /dbs/shop/colls/orders/docs    | upsert | true",
        "POST   | /dbs/shop/colls/orders/docs    | batch  | true",
        "PUT    | /dbs/shop/colls/orders/docs/1  |        | true",
        "PATCH  | /dbs/shop/colls/orders/docs/1  |        | true",
        "DELETE | /dbs/shop/colls/orders/docs/1  |        | true",
        "POST   | /dbs/shop/colls/orders/sprocs/s |       | true",
        "POST   | /dbs/shop/users                |        | true",
        "PUT    | /offers/x                      |        | true",
      })
  void refuseWritesWhereItIsReadOnly(String method, String target, String selector, boolean write)
      throws Exception {
    RawClient.Reply there = send(method, target, selector, NORTH);
    assertThat(there.status() == 403).isEqualTo(write);
    if (write) {
      assertThat(there.header("x-ms-substatus")).isEqualTo("3");
      assertThat(there.message())
          .contains("The requested operation cannot be performed at this region");
      assertThat(running.simulator.effects()).isEmpty();
    }

    assertThat(send(method, target, selector, WEST).status()).isNotEqualTo(403);
  }

  private static RawClient.Reply send(String method, String target, String selector, String region)
      throws Exception {
    ResourcePath path = ResourcePath.parse(target);
    RawClient.Request request =
        raw.request(method, target)
            .at(running.simulator.endpoint(region))
            .signed(path.resourceType(), path.link())
            .header(CosmosHeaders.PARTITION_KEY, "[\"a\"]");
    switch (selector) {
      case "query" -> request.header(CosmosHeaders.IS_QUERY, "true");
      case "plan" -> request.header(CosmosHeaders.IS_QUERY_PLAN, "true");
      case "feed" -> request.header(CosmosHeaders.A_IM, "Incremental feed");
      case "upsert" -> request.header(CosmosHeaders.IS_UPSERT, "true");
      case "batch" -> request.header(CosmosHeaders.IS_BATCH, "true");
      case null, default -> {}
    }
    return request
        .body(method.equals("GET") || method.equals("DELETE") ? "" : "{'query': 'SELECT * FROM c'}")
        .send();
  }

  @Test
  void refuseWhoShowsNoCredentialBeforeTheyLookAtTheWrite() throws Exception {
    assertThat(
            raw.request("POST", "/dbs")
                .at(running.simulator.endpoint(NORTH))
                .body("{'id': 'x'}")
                .send()
                .status())
        .isEqualTo(401);
  }

  @Test
  void areOneAsLongAsThereIsNoSecond() throws Exception {
    running.resetWithContainer();

    assertThat(send("DELETE", "/" + ORDERS, "", NORTH).status()).isEqualTo(204);
  }

  private static CosmosClient preferring(String... regions) {
    return running.sdk().preferredRegions(List.of(regions)).buildClient();
  }

  private static CosmosContainer orders(CosmosClient client) {
    return client.getDatabase("shop").getContainer("orders");
  }

  private static ObjectNode item(String id) {
    return JSON.createObjectNode().put("id", id).put("pk", "a");
  }

  private static Predicate<ReceivedRequest> at(String region) {
    String authority = running.simulator.endpoint(region).getAuthority();
    return request -> request.header("host").orElse("").equals(authority);
  }

  private static List<ReceivedRequest> onItems(String method) {
    return running.simulator.received().stream()
        .filter(request -> request.method().equals(method))
        .filter(request -> request.target().contains("/docs"))
        .toList();
  }

  @Test
  void areReadFromAsPreferredAndWrittenToWhereWritesGo() {
    try (CosmosClient client = preferring(NORTH, WEST)) {
      CosmosContainer orders = orders(client);

      orders.readItem("1", A, JsonNode.class);
      assertThat(
              orders.queryItems(
                  "SELECT * FROM c",
                  new CosmosQueryRequestOptions().setPartitionKey(A),
                  JsonNode.class))
          .hasSize(1);
      assertThat(onItems("GET")).isNotEmpty().allMatch(at(NORTH));
      assertThat(onItems("POST")).isNotEmpty().allMatch(at(NORTH));

      int queries = onItems("POST").size();
      orders.createItem(item("2"));
      CosmosBatch batch = CosmosBatch.createCosmosBatch(A);
      batch.createItemOperation(item("3"));
      orders.executeCosmosBatch(batch);
      orders.replaceItem(item("2"), "2", A, null);
      orders.deleteItem("2", A, null);
      assertThat(onItems("POST").subList(queries, queries + 2)).allMatch(at(WEST));
      assertThat(onItems("PUT")).isNotEmpty().allMatch(at(WEST));
      assertThat(onItems("DELETE")).isNotEmpty().allMatch(at(WEST));

      assertThat(orders.readItem("3", A, JsonNode.class).getDiagnostics().getContactedRegionNames())
          .containsExactly("north europe");
    }
  }

  @Test
  void areFollowedByAnSdkWhenTheyFailOver() {
    try (CosmosClient client = preferring(WEST, NORTH)) {
      CosmosContainer orders = orders(client);
      orders.createItem(item("2"));

      running.simulator.failOver();
      orders.createItem(item("3"));

      assertThat(onItems("POST"))
          .extracting(ReceivedRequest::statusCode)
          .containsExactly(201, 403, 201);
      assertThat(onItems("POST").getLast()).matches(at(NORTH));
      assertThat(running.simulator.find("shop", "orders", "3")).isPresent();
    }
  }

  @Test
  void standInForOneThatIsInterrupted() {
    try (CosmosClient client = preferring(NORTH, WEST)) {
      CosmosContainer orders = orders(client);
      orders.readItem("1", A, JsonNode.class);

      running.simulator.interruptRegion(NORTH, true);
      JsonNode read = orders.readItem("1", A, JsonNode.class).getItem();

      assertThat(read.path("id").textValue()).isEqualTo("1");
      assertThat(onItems("GET").getLast()).matches(at(WEST));
      assertThat(onItems("GET")).anyMatch(request -> request.statusCode() == 503);
    }
  }

  @Test
  void answerAgainAfterAnInterruption() throws Exception {
    running.simulator.interruptRegion(NORTH, true);
    assertThat(send("GET", "/" + ORDERS, "", NORTH).status()).isEqualTo(503);
    assertThat(send("GET", "/" + ORDERS, "", WEST).status()).isEqualTo(200);

    running.simulator.interruptRegion(NORTH, false);
    assertThat(send("GET", "/" + ORDERS, "", NORTH).status()).isEqualTo(200);
  }
}
