package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.ThrottlingRetryOptions;
import com.azure.cosmos.models.CosmosBulkOperations;
import com.azure.cosmos.models.CosmosItemOperation;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.PartitionKey;
import com.azure.cosmos.models.ThroughputProperties;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What happens to who asks for more than was bought. */
class ThrottlingTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ORDERS = "dbs/shop/colls/orders";

  /** Two keys in one physical partition of two, and one in the other. */
  private static final String LEFT = keyIn("0", 0);

  private static final String LEFT_TOO = keyIn("0", 1);
  private static final String RIGHT = keyIn("1", 0);

  private static String keyIn(String partition, int skipped) {
    KeyDefinition definition =
        new KeyDefinition(List.of(KeyPath.parse("/pk").orElseThrow()), false);
    return IntStream.range(0, 100)
        .mapToObj(i -> "p" + i)
        .filter(
            key -> {
              String epk =
                  definition.epk(
                      dev.ephemeris.cosmos.PartitionKey.parse("[\"" + key + "\"]").orElseThrow());
              return partition.equals(epk.compareTo("1F") < 0 ? "0" : "1");
            })
        .skip(skipped)
        .findFirst()
        .orElseThrow();
  }

  private static ObjectNode item(String id, String key) {
    return JSON.createObjectNode().put("id", id).put("pk", key);
  }

  /** Writing one of 10 KB costs 16.8 request units or a little more. */
  private static ObjectNode item(String id, String key, int kilobytes) {
    return item(id, key).put("filling", "x".repeat(kilobytes * 1000));
  }

  /** Time stands still but for what a test says. */
  @Nested
  class ByHand {

    private static final AtomicReference<Instant> NOW = new AtomicReference<>(Instant.EPOCH);

    private static RunningSimulator running;
    private static RawClient raw;

    @BeforeAll
    static void start() throws Exception {
      running = new RunningSimulator(NOW::get);
      raw = new RawClient(running);
    }

    @AfterAll
    static void stop() {
      running.close();
    }

    @BeforeEach
    void emptyContainer() {
      NOW.set(Instant.now());
      running.resetWithContainer();
      running.simulator.enforceThroughput("shop", "orders");
    }

    private static void pass(Duration time) {
      NOW.updateAndGet(before -> before.plus(time));
    }

    private static RawClient.Request request(String method, String path, String key) {
      String link = ORDERS + path;
      ResourcePath parsed = ResourcePath.parse("/" + link);
      RawClient.Request request =
          raw.request(method, "/" + link).signed(parsed.resourceType(), parsed.link());
      return key.isEmpty()
          ? request
          : request.header(CosmosHeaders.PARTITION_KEY, "[\"" + key + "\"]");
    }

    private static RawClient.Reply upsert(String key) throws Exception {
      return request("POST", "/docs", key)
          .header(CosmosHeaders.IS_UPSERT, "true")
          .body(item("1", key, 10).toString())
          .send();
    }

    /** What the writes cost that are let through before one isn't. */
    private static double spend(String key) throws Exception {
      double spent = 0;
      for (int i = 0; i < 200; i++) {
        RawClient.Reply reply = upsert(key);
        if (reply.status() == 429) {
          return spent;
        }
        spent += Double.parseDouble(reply.header(CosmosHeaders.REQUEST_CHARGE));
      }
      throw new AssertionError("nothing bounds what is spent: " + spent);
    }

    @Test
    void answersInTheServicesWords() throws Exception {
      spend(LEFT);

      RawClient.Reply reply = upsert(LEFT);

      assertThat(reply.status()).isEqualTo(429);
      assertThat(reply.header("x-ms-substatus")).isEqualTo("3200");
      assertThat(reply.header(CosmosHeaders.RETRY_AFTER_MS)).matches("[1-9]\\d*");
      assertThat(reply.json().path("code").textValue()).isEqualTo("TooManyRequests");
      assertThat(reply.message()).startsWith("Request rate is large.");
    }

    /** The last one may pass the bound. */
    @Test
    void letsHalfOfTheThroughputThroughInOneOfTwoPartitions() throws Exception {
      assertThat(spend(LEFT)).isBetween(200.0, 217.0);
      assertThat(upsert(LEFT_TOO).status()).isEqualTo(429);
      assertThat(spend(RIGHT)).isBetween(200.0, 217.0);
    }

    @Test
    void letsThroughAsMuchAgainInEachSecond() throws Exception {
      spend(LEFT);

      pass(Duration.ofSeconds(1));
      assertThat(spend(LEFT)).isBetween(183.0, 217.0);

      pass(Duration.ofMinutes(1));
      assertThat(spend(LEFT)).isBetween(200.0, 217.0);
    }

    @Test
    void saysWhenItIsWorthTryingAgain() throws Exception {
      spend(LEFT);
      long wait = Long.parseLong(upsert(LEFT).header(CosmosHeaders.RETRY_AFTER_MS));

      pass(Duration.ofMillis(wait - 2));
      assertThat(upsert(LEFT).status()).isEqualTo(429);
      pass(Duration.ofMillis(2));
      assertThat(upsert(LEFT).status()).isEqualTo(200);
    }

    @Test
    void changesNothingForWhoIsRefused() throws Exception {
      spend(LEFT);
      int effects = running.simulator.effects().size();

      RawClient.Reply reply =
          request("POST", "/docs", LEFT).body(item("2", LEFT).toString()).send();

      assertThat(reply.status()).isEqualTo(429);
      assertThat(running.simulator.find("shop", "orders", "2")).isEmpty();
      assertThat(running.simulator.effects()).hasSize(effects);
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "GET    | /docs/1                        | left  |            | 429",
          "PUT    | /docs/1                        | left  |            | 429",
          "PATCH  | /docs/1                        | left  |            | 429",
          "DELETE | /docs/1                        | left  |            | 429",
          "POST   | /docs                          | left  | query      | 429",
          "POST   | /docs                          |       | query      | 429",
          "GET    | /docs                          |       |            | 429",
          "GET    | /docs                          |       | feed       | 429",
          "POST   | /docs                          | left  | batch      | 429",
          "POST   | /sprocs/s                      | left  |            | 429",
          "POST   | /operations/partitionkeydelete | left  |            | 429",
          "GET    | /docs/1                        | right |            | 404",
          "POST   | /docs                          | right | query      | 200",
          "POST   | /docs                          |       | rightRange | 200",
          "POST   | /docs                          | left  | plan       | 200",
          "GET    | /pkranges                      |       |            | 200",
          "GET    | /sprocs                        |       |            | 200",
          "GET    |                                |       |            | 200",
        })
    void holdsEachOperationThatAsksAPartitionToIt(
        String method, String path, String key, String selector, int status) throws Exception {
      running.simulator.register("shop", "orders", "s", (_, _) -> JSON.nullNode());
      spend(LEFT);
      RawClient.Request request =
          request(
              method,
              path == null ? "" : path,
              key == null ? "" : key.equals("left") ? LEFT : RIGHT);
      switch (selector) {
        case "query" -> request.header(CosmosHeaders.IS_QUERY, "true");
        case "rightRange" ->
            request
                .header(CosmosHeaders.IS_QUERY, "true")
                .header(CosmosHeaders.PARTITION_KEY_RANGE_ID, "1");
        case "plan" -> request.header(CosmosHeaders.IS_QUERY_PLAN, "true");
        case "feed" -> request.header(CosmosHeaders.A_IM, "Incremental feed");
        case "batch" ->
            request
                .header(CosmosHeaders.IS_BATCH, "true")
                .header("x-ms-cosmos-batch-atomic", "true");
        case null, default -> {}
      }
      if (method.equals("POST") && !path.contains("/operations")) {
        request.body(
            path.equals("/sprocs/s")
                ? "[]"
                : "batch".equals(selector)
                    ? "[{'operationType': 'Read', 'id': '1'}]"
                    : "{'query': 'SELECT * FROM c'}");
      }

      assertThat(request.send().status()).isEqualTo(status);
    }

    @Test
    void sharesTheChargeOfAQueryAmongThePartitionsThatItAsks() throws Exception {
      for (int i = 0; i < 1000; i++) {
        running.put(item("i" + i, i % 2 == 0 ? LEFT : RIGHT).toString());
      }
      double spent = 0;
      RawClient.Reply reply = query();
      while (reply.status() == 200) {
        spent += Double.parseDouble(reply.header(CosmosHeaders.REQUEST_CHARGE));
        reply = query();
      }

      assertThat(spent).isBetween(400.0, 440.0);
      assertThat(upsert(LEFT).status()).isEqualTo(429);
      assertThat(upsert(RIGHT).status()).isEqualTo(429);
    }

    private static RawClient.Reply query() throws Exception {
      return request("POST", "/docs", "")
          .header(CosmosHeaders.IS_QUERY, "true")
          .body("{'query': 'SELECT * FROM c'}")
          .send();
    }

    @Test
    void throttlesTheOperationsOfABulkOneByOne() throws Exception {
      spend(LEFT);

      RawClient.Reply reply =
          request("POST", "/docs", "")
              .header(CosmosHeaders.IS_BATCH, "true")
              .header("x-ms-cosmos-batch-atomic", "false")
              .body("[" + upsertOperation(LEFT) + "," + upsertOperation(RIGHT) + "]")
              .send();

      assertThat(reply.status()).isEqualTo(207);
      assertThat(reply.json().findValuesAsText("statusCode")).containsExactly("429", "201");
      JsonNode throttled = reply.json().path(0);
      assertThat(throttled.path("subStatusCode").intValue()).isEqualTo(3200);
      assertThat(throttled.path("retryAfterMilliseconds").longValue()).isPositive();
    }

    private static String upsertOperation(String key) {
      return "{'operationType': 'Upsert', 'partitionKey': '[\\\""
          + key
          + "\\\"]', 'resourceBody': {'id': '9', 'pk': '"
          + key
          + "'}}";
    }

    @Test
    void dividesTheThroughputAmongMorePartitionsAfterASplit() throws Exception {
      running.simulator.split("shop", "orders");

      assertThat(spend(LEFT)).isBetween(100.0, 117.0);
    }

    @Test
    void followsTheOffer() throws Exception {
      try (CosmosClient client = running.sdkClient()) {
        client
            .getDatabase("shop")
            .getContainer("orders")
            .replaceThroughput(ThroughputProperties.createManualThroughput(1000));
        pass(Duration.ofSeconds(1));
        assertThat(spend(LEFT)).isBetween(400.0, 517.0);
      }
    }

    @Test
    void letsThroughUpToTheMaximumOfAutoscale() throws Exception {
      try (CosmosClient client = running.sdkClient()) {
        client.createDatabase("auto", ThroughputProperties.createAutoscaledThroughput(1000));
        client.getDatabase("auto").createContainer("orders", "/pk");
      }
      running.simulator.enforceThroughput("auto", "orders");
      String link = "dbs/auto/colls/orders";
      double spent = 0;
      for (int i = 0; i < 40; i++) {
        RawClient.Reply reply =
            raw.request("POST", "/" + link + "/docs")
                .signed("docs", link)
                .header(CosmosHeaders.PARTITION_KEY, "[\"" + LEFT + "\"]")
                .header(CosmosHeaders.IS_UPSERT, "true")
                .body(item("1", LEFT, 10).toString())
                .send();
        if (reply.status() != 429) {
          spent += Double.parseDouble(reply.header(CosmosHeaders.REQUEST_CHARGE));
        }
      }

      assertThat(spent).isBetween(500.0, 517.0);
    }
  }

  /** Time passes, as the SDK really waits. */
  @Nested
  class BySdk {

    private static RunningSimulator running;

    @BeforeAll
    static void start() throws Exception {
      running = new RunningSimulator();
    }

    @AfterAll
    static void stop() {
      running.close();
    }

    @BeforeEach
    void emptyContainer() {
      running.resetWithContainer();
      running.simulator.enforceThroughput("shop", "orders");
    }

    private static long refusals() {
      return running.simulator.received().stream()
          .filter(request -> request.statusCode() == 429)
          .count();
    }

    @Test
    void waitsAndGetsThrough() {
      try (CosmosClient client = running.sdkClient()) {
        CosmosContainer orders = client.getDatabase("shop").getContainer("orders");

        for (int i = 0; i < 4; i++) { // each costs what there is for a second
          orders.createItem(item("i" + i, LEFT, 190));
        }

        assertThat(refusals()).isPositive();
        assertThat(count(orders)).isEqualTo(4);
      }
    }

    private static long count(CosmosContainer orders) {
      return orders
          .queryItems("SELECT * FROM c", new CosmosQueryRequestOptions(), JsonNode.class)
          .stream()
          .count();
    }

    @Test
    void repeatsTheThrottledOperationsOfABulk() {
      try (CosmosClient client = running.sdkClient()) {
        CosmosContainer orders = client.getDatabase("shop").getContainer("orders");
        List<CosmosItemOperation> operations = new ArrayList<>();
        for (int i = 0; i < 40; i++) { // 252 request units
          operations.add(
              CosmosBulkOperations.getCreateItemOperation(
                  item("i" + i, LEFT), new PartitionKey(LEFT)));
        }

        List<Integer> statuses = new ArrayList<>();
        orders
            .executeBulkOperations(operations)
            .forEach(response -> statuses.add(response.getResponse().getStatusCode()));

        assertThat(statuses).hasSize(40).containsOnly(201);
        assertThat(
                running.simulator.received().stream()
                    .filter(request -> request.header(CosmosHeaders.IS_BATCH).isPresent())
                    .map(ReceivedRequest::statusCode))
            .contains(207);
        assertThat(count(orders)).isEqualTo(40);
      }
    }

    @Test
    void tellsTheCallerIfItMayNotWait() {
      try (CosmosClient client =
          running
              .sdk()
              .throttlingRetryOptions(
                  new ThrottlingRetryOptions().setMaxRetryAttemptsOnThrottledRequests(0))
              .buildClient()) {
        CosmosContainer orders = client.getDatabase("shop").getContainer("orders");

        CosmosException thrown =
            catchThrowableOfType(
                CosmosException.class,
                () -> {
                  for (int i = 0; i < 4; i++) {
                    orders.createItem(item("i" + i, LEFT, 190));
                  }
                });

        assertThat(thrown.getStatusCode()).isEqualTo(429);
        assertThat(thrown.getSubStatusCode()).isEqualTo(3200);
        assertThat(thrown.getRetryAfterDuration()).isPositive();
        assertThat(refusals()).isEqualTo(1);
      }
    }
  }
}
