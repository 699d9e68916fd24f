package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.FeedResponse;
import com.azure.cosmos.models.PartitionKey;
import com.azure.cosmos.models.PartitionKeyBuilder;
import com.azure.cosmos.util.CosmosPagedIterable;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.EffectivePartitionKey;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of a query while partitions split and items come and go: no row twice, none left out. */
class QueryPagingTest {

  private static final int PAGE = 3;

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

  /** A client of its own, as it remembers ranges. */
  @BeforeEach
  void thirtyItems() {
    running.resetWithContainer();
    client = running.sdkClient();
    orders = client.getDatabase("shop").getContainer("orders");
    IntStream.range(0, 30).forEach(i -> running.simulator.put("shop", "orders", item(i)));
  }

  @AfterEach
  void closeClient() {
    client.close();
  }

  private static ObjectNode item(int i) {
    ObjectNode item = Json.object().put("id", String.format("i%02d", i)).put("pk", "p" + i);
    item.put("n", i % 7).put("half", i % 2 == 0);
    switch (i % 4) {
      case 0 -> item.put("mixed", i);
      case 1 -> item.put("mixed", "text" + i % 3);
      case 2 -> item.putNull("mixed");
      default -> item.remove("mixed");
    }
    ArrayNode tags = item.putArray("tags");
    IntStream.range(0, i % 5).forEach(tag -> tags.add("t" + tag));
    return item;
  }

  @ParameterizedTest
  @CsvFileSource(resources = "paged-queries.csv", delimiter = '|', quoteCharacter = '\0')
  void neitherRepeatsNorMissesRowsWhenPartitionsSplitBetweenPages(String query) {
    List<JsonNode> whole = rows(query);
    assertThat(whole).isNotEmpty();

    List<JsonNode> paged = new ArrayList<>();
    int pages = 0;
    for (FeedResponse<JsonNode> page : query(query).iterableByPage(PAGE)) {
      paged.addAll(page.getResults());
      if (++pages == 2 || pages == 4) {
        running.simulator.split("shop", "orders");
      }
    }

    assertSame(query, paged, whole);
  }

  @ParameterizedTest
  @CsvFileSource(resources = "resumed-queries.csv", delimiter = '|', quoteCharacter = '\0')
  void resumesAfterASplitWhereAnotherClientStopped(String query) {
    List<JsonNode> whole = rows(query);

    List<JsonNode> paged = new ArrayList<>();
    Iterator<FeedResponse<JsonNode>> pages = query(query).iterableByPage(PAGE).iterator();
    String token = "";
    for (int i = 0; i < 2; i++) {
      FeedResponse<JsonNode> page = pages.next();
      paged.addAll(page.getResults());
      token = page.getContinuationToken();
    }
    running.simulator.split("shop", "orders");
    try (CosmosClient other = running.sdkClient()) {
      other
          .getDatabase("shop")
          .getContainer("orders")
          .queryItems(query, new CosmosQueryRequestOptions(), JsonNode.class)
          .iterableByPage(token, PAGE)
          .forEach(page -> paged.addAll(page.getResults()));
    }

    assertSame(query, paged, whole);
  }

  /** Order matters where the query asks for one; where it names equals, only among others. */
  private static void assertSame(String query, List<JsonNode> paged, List<JsonNode> whole) {
    List<String> rows = paged.stream().map(Values::canonical).toList();
    List<String> expected = whole.stream().map(Values::canonical).toList();
    if (query.contains("ORDER BY")) {
      assertThat(rows).containsExactlyInAnyOrderElementsOf(expected);
      for (String key : List.of("n", "half", "mixed")) {
        if (query.matches(".*ORDER BY c\\." + key + "( DESC)?$")) {
          assertThat(paged.stream().map(row -> row.path(key)).toList())
              .isEqualTo(whole.stream().map(row -> row.path(key)).toList());
        }
      }
      if (query.contains("ORDER BY c.id")) {
        assertThat(rows).isEqualTo(expected);
      }
    } else if (query.contains("TOP")) {
      assertThat(rows).doesNotHaveDuplicates().hasSameSizeAs(expected);
    } else {
      assertThat(rows).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  private List<JsonNode> rows(String query) {
    return query(query).stream().toList();
  }

  private CosmosPagedIterable<JsonNode> query(String query) {
    return orders.queryItems(query, new CosmosQueryRequestOptions(), JsonNode.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT VALUE c.id FROM c",
        "SELECT VALUE t FROM c JOIN t IN c.tags",
        "SELECT VALUE c.id FROM c ORDER BY c.half DESC",
        "SELECT TOP 11 c.id FROM c",
        "SELECT c.id FROM c OFFSET 4 LIMIT 9",
        "SELECT DISTINCT VALUE c.n FROM c",
        "SELECT c.n, COUNT(1) AS count FROM c GROUP BY c.n",
        "SELECT VALUE r.id FROM (SELECT TOP 13 * FROM c ORDER BY c.id DESC) AS r",
      })
  void pagesThroughOnePartitionKey(String query) throws Exception {
    for (int i = 0; i < 30; i++) {
      running.simulator.put("shop", "orders", item(i).put("pk", "one"));
    }
    RawClient.Reply whole = page(query, "100", "", "[\"one\"]");

    assertThat(pages(query, "[\"one\"]", i -> {}))
        .isEqualTo(elements(whole.json().path("Documents")));
    assertThat(pages(query, "[\"one\"]", QueryPagingTest::splitAtFirst))
        .isEqualTo(elements(whole.json().path("Documents")));
  }

  /** After the first pages only: with each split there are twice as many partitions. */
  private static void splitAtFirst(int page) {
    if (page < 3) {
      running.simulator.split("shop", "orders");
    }
  }

  /** JavaScript's way, when nothing need be merged. */
  @Test
  void pagesThroughTheWholeContainerIfNothingIsSelected() throws Exception {
    for (String query : List.of("SELECT VALUE c.id FROM c", "SELECT VALUE t FROM t IN c.tags")) {
      RawClient.Reply whole = page(query, "100", "", "");

      assertThat(pages(query, "", QueryPagingTest::splitAtFirst))
          .isEqualTo(elements(whole.json().path("Documents")));
    }
  }

  @Test
  void goesOnAfterItsLastRowWhateverCameAndWentBefore() throws Exception {
    String query = "SELECT VALUE c.id FROM c ORDER BY c.id";
    for (int i = 0; i < 30; i++) {
      running.simulator.put("shop", "orders", item(i).put("pk", "one"));
    }

    RawClient.Reply first = page(query, "5", "", "[\"one\"]");
    running.simulator.put("shop", "orders", item(2).put("id", "i02a").put("pk", "one"));
    running.simulator.put("shop", "orders", item(5).put("id", "i04a").put("pk", "one"));
    orders.deleteItem("i04", new PartitionKey("one"), null);
    orders.deleteItem("i06", new PartitionKey("one"), null);
    RawClient.Reply second = page(query, "4", first.header("x-ms-continuation"), "[\"one\"]");

    assertThat(elements(first.json().path("Documents")).getLast().textValue()).isEqualTo("i04");
    assertThat(second.json().path("Documents").toString())
        .isEqualTo("[\"i04a\",\"i05\",\"i07\",\"i08\"]");
  }

  @Test
  void refusesContinuationsThatAreNotItsOwn() throws Exception {
    String ordered =
        page("SELECT * FROM c ORDER BY c.n", "1", "", "[\"p1\"]").header("x-ms-continuation");
    running.simulator.put("shop", "orders", item(2).put("pk", "p1"));
    String token =
        page("SELECT * FROM c ORDER BY c.n", "1", "", "[\"p1\"]").header("x-ms-continuation");

    assertThat(ordered).isEmpty();
    assertThat(token).matches("-RID:~[A-Za-z0-9+=-]{24}#RT:1#TRC:1#RTD:[A-Za-z0-9_-]+");
    for (String bad :
        List.of(
            token.replaceAll("#RTD.*", ""),
            token.replaceAll("#RTD.*", "#RTD:e30"),
            token.replaceAll("#RTD.*", "#RTD:x"),
            token.replace("#TRC:1", "#TRC:-1"))) {
      RawClient.Reply reply = page("SELECT * FROM c ORDER BY c.n", "1", bad, "[\"p1\"]");
      assertThat(reply.status()).as(bad).isEqualTo(400);
      assertThat(reply.message()).startsWith("Invalid continuation token.");
    }
    assertThat(page("SELECT * FROM c", "1", token, "[\"p1\"]").status()).isEqualTo(400);
  }

  /** By the header, as JavaScript does: Java itself looks beyond the prefix once that is split. */
  @Test
  void followsAPrefixThatIsSplitInItsLowerLevels() throws Exception {
    ObjectNode definition = Json.object().put("id", "visits");
    definition
        .putObject("partitionKey")
        .put("kind", "MultiHash")
        .putArray("paths")
        .add("/tenant")
        .add("/user");
    running.simulator.createContainer("shop", definition);
    for (int i = 0; i < 40; i++) {
      running.simulator.put(
          "shop",
          "visits",
          item(i).put("tenant", i < 30 ? "big" : "small").put("user", "u" + i % 10));
    }

    List<String> ids = new ArrayList<>();
    String token = "";
    do {
      RawClient.Reply page = page("visits", "SELECT VALUE c.id FROM c", "7", token, "[\"big\"]");
      page.json().path("Documents").forEach(id -> ids.add(id.textValue()));
      token = page.header("x-ms-continuation");
      running.simulator.split("shop", "visits");
    } while (!token.isEmpty());

    assertThat(ids).isEqualTo(IntStream.range(0, 30).mapToObj("i%02d"::formatted).toList());
    CosmosContainer visits = client.getDatabase("shop").getContainer("visits");
    PartitionKey u7 = new PartitionKeyBuilder().add("big").add("u7").build();
    String tenant =
        EffectivePartitionKey.hash(
            dev.ephemeris.cosmos.PartitionKey.parse("[\"big\"]").orElseThrow());
    RawClient.Reply ranges =
        raw.request("GET", "/dbs/shop/colls/visits/pkranges")
            .signed("pkranges", "dbs/shop/colls/visits")
            .send();
    assertThat(ranges.json().findValuesAsText("minInclusive"))
        .filteredOn(min -> min.startsWith(tenant))
        .as("ranges that begin inside of the prefix")
        .hasSizeGreaterThan(2);
    assertThat(visits.readItem("i07", u7, JsonNode.class).getStatusCode()).isEqualTo(200);
    assertThat(visits.readAllItems(u7, JsonNode.class)).hasSize(3);
    RawClient.Request changes =
        raw.request("GET", "/dbs/shop/colls/visits/docs")
            .signed("docs", "dbs/shop/colls/visits")
            .header(CosmosHeaders.PARTITION_KEY, "[\"big\"]")
            .header(CosmosHeaders.A_IM, "Incremental feed");
    assertThat(changes.send().json().path("Documents")).hasSize(30);
  }

  private interface BetweenPages {
    void run(int pages);
  }

  private static List<JsonNode> pages(String query, String key, BetweenPages between)
      throws Exception {
    List<JsonNode> rows = new ArrayList<>();
    String token = "";
    int pages = 0;
    do {
      RawClient.Reply page = page(query, Integer.toString(PAGE), token, key);
      List<JsonNode> more = elements(page.json().path("Documents"));
      assertThat(more).hasSizeBetween(1, PAGE);
      rows.addAll(more);
      token = page.header("x-ms-continuation");
      between.run(++pages);
    } while (!token.isEmpty());
    return rows;
  }

  private static List<JsonNode> elements(JsonNode array) {
    List<JsonNode> elements = new ArrayList<>();
    array.forEach(elements::add);
    return elements;
  }

  private static RawClient.Reply page(String query, String size, String token, String key)
      throws Exception {
    return page("orders", query, size, token, key);
  }

  private static RawClient.Reply page(
      String container, String query, String size, String token, String key) throws Exception {
    String link = "dbs/shop/colls/" + container;
    return raw.request("POST", "/" + link + "/docs")
        .signed("docs", link)
        .header("x-ms-documentdb-isquery", "True")
        .header("content-type", "application/query+json")
        .header("x-ms-max-item-count", size)
        .header("x-ms-continuation", token)
        .header(CosmosHeaders.PARTITION_KEY, key)
        .body(Json.object().put("query", query).toString())
        .send();
  }
}
