package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.models.CosmosBulkOperations;
import com.azure.cosmos.models.CosmosChangeFeedRequestOptions;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.FeedRange;
import com.azure.cosmos.models.FeedResponse;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients see when partitions split under them. */
class SplitTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ORDERS = "dbs/shop/colls/orders";

  private static RunningSimulator running;
  private static RawClient raw;
  private CosmosClient client;
  private CosmosContainer orders;

  @BeforeAll
  static void start() throws Exception {
    running = new RunningSimulator();
    raw = new RawClient(running);
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  /** Each test needs a client that hasn't seen the split yet. */
  @BeforeEach
  void thirtyItems() {
    running.resetWithContainer();
    client = running.sdkClient();
    orders = client.getDatabase("shop").getContainer("orders");
    IntStream.range(0, 30).forEach(i -> running.put(item("i" + i, "p" + i, i).toString()));
  }

  @AfterEach
  void closeClient() {
    client.close();
  }

  @Test
  void followsQueriesToTheNewRanges() {
    assertThat(count()).isEqualTo(30);

    running.simulator.split("shop", "orders");

    assertThat(count()).isEqualTo(30);
    assertThat(orders.getFeedRanges()).hasSize(4);
    assertThat(running.simulator.received()).anyMatch(request -> request.statusCode() == 410);
  }

  private int count() {
    return (int)
        orders
            .queryItems(
                "SELECT * FROM c WHERE c.n >= 0", new CosmosQueryRequestOptions(), JsonNode.class)
            .stream()
            .count();
  }

  @Test
  void followsTheChangeFeedWithoutLossOrRepetition() {
    List<String> ids = new ArrayList<>();
    String continuation =
        drain(
            CosmosChangeFeedRequestOptions.createForProcessingFromBeginning(
                FeedRange.forFullRange()),
            ids);

    running.simulator.split("shop", "orders");
    IntStream.range(30, 40).forEach(i -> orders.createItem(item("i" + i, "p" + i, i)));
    drain(CosmosChangeFeedRequestOptions.createForProcessingFromContinuation(continuation), ids);

    assertThat(ids).hasSize(40).doesNotHaveDuplicates();
  }

  private String drain(CosmosChangeFeedRequestOptions options, List<String> ids) {
    String continuation = "";
    for (FeedResponse<JsonNode> page :
        orders.queryChangeFeed(options, JsonNode.class).iterableByPage()) {
      page.getResults().forEach(item -> ids.add(item.path("id").asText()));
      continuation = page.getContinuationToken();
    }
    return continuation;
  }

  @Test
  void followsBulkOperations() {
    assertThat(count()).isEqualTo(30);
    running.simulator.split("shop", "orders");

    List<Integer> statuses = new ArrayList<>();
    orders
        .executeBulkOperations(
            List.of(
                CosmosBulkOperations.getReadItemOperation("i1", new PartitionKey("p1")),
                CosmosBulkOperations.getReadItemOperation("i2", new PartitionKey("p2"))))
        .forEach(response -> statuses.add(response.getResponse().getStatusCode()));

    assertThat(statuses).containsExactly(200, 200);
  }

  @Test
  void keepsItemsSessionsAndPointOperationsGoing() {
    String before = orders.upsertItem(item("i1", "p1", 5)).getSessionToken();
    running.simulator.split("shop", "orders");

    JsonNode read = orders.readItem("i1", new PartitionKey("p1"), JsonNode.class).getItem();
    String after = orders.upsertItem(item("i1", "p1", 6)).getSessionToken();

    assertThat(read.path("n").intValue()).isEqualTo(5);
    assertThat(after.substring(0, 2)).isNotEqualTo(before.substring(0, 2));
    assertThat(lsn(after)).isEqualTo(lsn(before) + 1);
  }

  private static long lsn(String sessionToken) {
    return Long.parseLong(sessionToken.substring(sessionToken.indexOf('#') + 1));
  }

  @Test
  void tellsWhoKnowsTheOldRangesTheNewOnesWithTheirParents() throws Exception {
    String before = ranges("").header("etag");
    running.simulator.split("shop", "orders");
    running.simulator.split("shop", "orders");

    RawClient.Reply since = ranges(before);

    assertThat(since.json().path("PartitionKeyRanges")).hasSize(8);
    assertThat(since.json().path("PartitionKeyRanges").path(7).path("parents"))
        .isEqualTo(RunningSimulator.json("['1', '5']"));
    assertThat(since.json().path("PartitionKeyRanges").path(7).path("id").textValue())
        .isEqualTo("13");
    assertThat(ranges(since.header("etag")).status()).isEqualTo(304);
    String last = "";
    for (JsonNode range : since.json().path("PartitionKeyRanges")) {
      assertThat(range.path("minInclusive").textValue()).isEqualTo(last);
      last = range.path("maxExclusive").textValue();
    }
    assertThat(last).isEqualTo("FF");
  }

  private static RawClient.Reply ranges(String etag) throws Exception {
    RawClient.Request request =
        raw.request("GET", "/" + ORDERS + "/pkranges").signed("pkranges", ORDERS);
    return (etag.isEmpty() ? request : request.header(CosmosHeaders.IF_NONE_MATCH, etag)).send();
  }

  private static ObjectNode item(String id, String key, int n) {
    return JSON.createObjectNode().put("id", id).put("pk", key).put("n", n);
  }
}
