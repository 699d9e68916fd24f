package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.models.ChangeFeedOperationType;
import com.azure.cosmos.models.ChangeFeedProcessorItem;
import com.azure.cosmos.models.CosmosBatch;
import com.azure.cosmos.models.CosmosChangeFeedRequestOptions;
import com.azure.cosmos.models.FeedRange;
import com.azure.cosmos.models.FeedResponse;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The change feed, by azure-cosmos for Java and by hand. */
class ChangeFeedTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ORDERS = "dbs/shop/colls/orders";

  private static final MovableClock CLOCK = new MovableClock();
  private static RunningSimulator running;
  private static CosmosClient client;
  private static RawClient raw;
  private CosmosContainer orders;

  @BeforeAll
  static void start() throws Exception {
    running = new RunningSimulator(CLOCK);
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

  /** What one reading gives, and where the next goes on. */
  private record Reading(List<String> ids, String continuation) {}

  private Reading read(CosmosChangeFeedRequestOptions options) {
    List<String> ids = new ArrayList<>();
    String continuation = "";
    for (FeedResponse<JsonNode> page :
        orders.queryChangeFeed(options, JsonNode.class).iterableByPage()) {
      page.getResults().forEach(item -> ids.add(item.path("id").asText()));
      continuation = page.getContinuationToken();
    }
    return new Reading(ids, continuation);
  }

  private static CosmosChangeFeedRequestOptions from(Reading reading) {
    return CosmosChangeFeedRequestOptions.createForProcessingFromContinuation(
        reading.continuation());
  }

  private static CosmosChangeFeedRequestOptions fromBeginning(FeedRange range) {
    return CosmosChangeFeedRequestOptions.createForProcessingFromBeginning(range);
  }

  @Test
  void tellsTheLatestVersionsInTheOrderOfTheirLastChange() {
    IntStream.range(0, 3).forEach(i -> orders.createItem(item("i" + i, "a", i)));
    orders.upsertItem(item("i0", "a", 9));
    orders.deleteItem("i1", new PartitionKey("a"), null);

    Reading first = read(fromBeginning(FeedRange.forFullRange()));
    Reading again = read(from(first));
    orders.upsertItem(item("i2", "a", 9));
    Reading later = read(from(again));

    assertThat(first.ids()).containsExactly("i2", "i0");
    assertThat(again.ids()).isEmpty();
    assertThat(later.ids()).containsExactly("i2");
  }

  /** As the change feed processor by ranges of hashes asks. */
  @Test
  void tellsTheLatestVersionsBesideTheirMetadataIfAskedTo() throws Exception {
    orders.createItem(item("i0", "a", 1));

    JsonNode change =
        raw.request("GET", "/" + ORDERS + "/docs")
            .header("a-im", "Incremental feed")
            .header("x-ms-documentdb-partitionkey", "[\"a\"]")
            .header("x-ms-cosmos-changefeed-wire-format-version", "2021-09-15")
            .signed("docs", ORDERS, CLOCK.instant())
            .send()
            .json()
            .at("/Documents/0");

    assertThat(change.propertyStream().map(Map.Entry::getKey))
        .containsExactlyInAnyOrder("current", "metadata");
    assertThat(change.at("/current/id").asText()).isEqualTo("i0");
    assertThat(change.at("/metadata/lsn").isIntegralNumber()).isTrue();
    assertThat(change.at("/metadata/crts")).isEqualTo(change.at("/current/_ts"));
  }

  @Test
  void readsAllRangesPageByPage() {
    IntStream.range(0, 25).forEach(i -> orders.createItem(item("i" + i, "p" + i, i)));
    CosmosChangeFeedRequestOptions options = fromBeginning(FeedRange.forFullRange());
    options.setMaxItemCount(4);

    assertThat(read(options).ids()).hasSize(25).doesNotHaveDuplicates();
  }

  @Test
  void keepsToAPartitionKeyAndToARange() {
    IntStream.range(0, 20).forEach(i -> orders.createItem(item("i" + i, "p" + i, i)));
    orders.createItem(item("more", "p7", 1));

    assertThat(read(fromBeginning(FeedRange.forLogicalPartition(new PartitionKey("p7")))).ids())
        .containsExactly("i7", "more");
    List<String> byRange = new ArrayList<>();
    List<FeedRange> ranges = orders.getFeedRanges();
    assertThat(ranges).hasSize(2);
    for (FeedRange range : ranges) {
      List<String> ids = read(fromBeginning(range)).ids();
      assertThat(ids).hasSizeBetween(1, 20);
      byRange.addAll(ids);
    }
    assertThat(byRange).hasSize(21).doesNotHaveDuplicates();
  }

  @Test
  void startsNow() {
    orders.createItem(item("before", "a", 1));

    Reading start =
        read(
            CosmosChangeFeedRequestOptions.createForProcessingFromNow(
                FeedRange.forLogicalPartition(new PartitionKey("a"))));
    orders.createItem(item("after", "a", 1));

    assertThat(start.ids()).isEmpty();
    assertThat(read(from(start)).ids()).containsExactly("after");
  }

  @Test
  void startsAtAPointInTime() {
    orders.createItem(item("before", "a", 1));
    CLOCK.forward(Duration.ofSeconds(10));
    Instant then = CLOCK.instant();
    CLOCK.forward(Duration.ofSeconds(10));
    orders.createItem(item("after", "a", 1));

    assertThat(
            read(CosmosChangeFeedRequestOptions.createForProcessingFromPointInTime(
                    then, FeedRange.forFullRange()))
                .ids())
        .containsExactly("after");
  }

  @Test
  void tellsAllVersionsAndDeletions() {
    FeedRange a = FeedRange.forLogicalPartition(new PartitionKey("a"));
    String start =
        orders
            .queryChangeFeed(
                CosmosChangeFeedRequestOptions.createForProcessingFromNow(a)
                    .allVersionsAndDeletes(),
                ChangeFeedProcessorItem.class)
            .iterableByPage()
            .iterator()
            .next()
            .getContinuationToken();
    orders.createItem(item("1", "a", 1));
    orders.upsertItem(item("1", "a", 2));
    orders.deleteItem("1", new PartitionKey("a"), null);

    List<ChangeFeedProcessorItem> changes = new ArrayList<>();
    orders
        .queryChangeFeed(
            CosmosChangeFeedRequestOptions.createForProcessingFromContinuation(start)
                .allVersionsAndDeletes(),
            ChangeFeedProcessorItem.class)
        .forEach(changes::add);

    assertThat(changes)
        .extracting(change -> change.getChangeFeedMetaData().getOperationType())
        .containsExactly(
            ChangeFeedOperationType.CREATE,
            ChangeFeedOperationType.REPLACE,
            ChangeFeedOperationType.DELETE);
    assertThat(changes.get(1).getCurrent().path("n").intValue()).isEqualTo(2);
    assertThat(changes.get(1).getPrevious().path("n").intValue()).isEqualTo(1);
    assertThat(changes.get(2).getPrevious().path("n").intValue()).isEqualTo(2);
    assertThat(changes.get(2).getChangeFeedMetaData().isTimeToLiveExpired()).isFalse();
    assertThat(changes.get(1).getChangeFeedMetaData().getLogSequenceNumber())
        .isEqualTo(changes.get(2).getChangeFeedMetaData().getPreviousLogSequenceNumber());
  }

  @Test
  void tellsNothingOfABatchThatFailed() {
    CosmosBatch batch = CosmosBatch.createCosmosBatch(new PartitionKey("a"));
    batch.createItemOperation(item("1", "a", 1));
    batch.deleteItemOperation("missing");
    orders.executeCosmosBatch(batch);

    assertThat(read(fromBeginning(FeedRange.forFullRange())).ids()).isEmpty();
  }

  @Test
  void endsNoPageInsideABatch() throws Exception {
    CosmosBatch batch = CosmosBatch.createCosmosBatch(new PartitionKey("a"));
    IntStream.range(0, 5).forEach(i -> batch.createItemOperation(item("i" + i, "a", i)));
    orders.executeCosmosBatch(batch);
    orders.createItem(item("last", "a", 1));

    RawClient.Reply first = feed("2", "").send();
    RawClient.Reply second = feed("2", first.header("etag")).send();

    assertThat(first.json().path("Documents")).hasSize(5);
    assertThat(first.json().path("_count").intValue()).isEqualTo(5);
    assertThat(second.json().findValuesAsText("id")).containsExactly("last");
  }

  @Test
  void saysWhereItEndsWhenNothingIsNew() throws Exception {
    orders.createItem(item("1", "a", 1));

    RawClient.Reply all = feed("100", "").send();
    RawClient.Reply none = feed("100", all.header("etag")).send();

    assertThat(all.json().path("Documents").path(0).path("_lsn").longValue()).isEqualTo(2);
    assertThat(none.status()).isEqualTo(304);
    assertThat(none.response().body()).isEmpty();
    assertThat(none.header("etag")).isEqualTo(all.header("etag")).isEqualTo("\"2\"");
  }

  @Test
  void readsTheWholeContainerIfNothingIsSelected() throws Exception {
    IntStream.range(0, 10).forEach(i -> orders.createItem(item("i" + i, "p" + i, i)));

    RawClient.Reply all = whole("").send();
    orders.createItem(item("new", "p1", 1));
    RawClient.Reply next = whole(all.header("etag")).send();

    assertThat(all.json().path("Documents")).hasSize(10);
    assertThat(next.json().findValuesAsText("id")).containsExactly("new");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "a-im~Anything",
        "if-none-match~x",
        "if-modified-since~yesterday",
        "x-ms-max-item-count~x",
        "x-ms-max-item-count~0",
      })
  void refusesHeadersThatMakeNoSense(String header, String value) throws Exception {
    RawClient.Request request = whole("").header(header, value);

    RawClient.Reply reply = request.send();

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.message()).isNotEmpty();
  }

  @Test
  void doesNotTellAllVersionsFromTheBeginning() throws Exception {
    RawClient.Reply reply =
        raw.request("GET", "/" + ORDERS + "/docs")
            .signed("docs", ORDERS)
            .header(CosmosHeaders.A_IM, "Full-Fidelity Feed")
            .send();

    assertThat(reply.status()).isEqualTo(400);
  }

  @Test
  void forgetsOldVersions() {
    PhysicalPartition partition = new PhysicalPartition("0", "", "FF", 2, List.of());
    Container container = containerOf("{'id': 'c', 'partitionKey': {'paths': ['/pk']}}");
    Item item =
        container.put(
            container.keyDefinition().of(RunningSimulator.json("{'pk': 'a'}")),
            "1",
            RunningSimulator.json("{'id': '1', 'pk': 'a'}"));
    for (int i = 0; i <= PhysicalPartition.REMEMBERED; i++) {
      partition.apply(
          new Change(partition.lsn() + 1, 0, Optional.of(item), Optional.of(item), false));
      partition.advance();
    }

    assertThat(partition.remembers(1)).isFalse();
    assertThat(partition.remembers(2)).isTrue();
  }

  private static Container containerOf(String definition) {
    Account account = new Account(Instant::now);
    ObjectNode json = (ObjectNode) RunningSimulator.json(definition);
    return account.createContainer(
        account.createDatabase("d"),
        "c",
        KeyDefinition.parse(json.path("partitionKey")).orElseThrow(),
        UniqueKeys.parse(json.path("uniqueKeyPolicy")).orElseThrow(),
        Optional.empty(),
        json);
  }

  private static RawClient.Request feed(String size, String etag) {
    return whole(etag)
        .header(CosmosHeaders.PARTITION_KEY, "[\"a\"]")
        .header(CosmosHeaders.MAX_ITEM_COUNT, size);
  }

  private static RawClient.Request whole(String etag) {
    RawClient.Request request =
        raw.request("GET", "/" + ORDERS + "/docs")
            .signed("docs", ORDERS, Instant.now())
            .header(CosmosHeaders.A_IM, "Incremental feed");
    return etag.isEmpty() ? request : request.header(CosmosHeaders.IF_NONE_MATCH, etag);
  }

  private static ObjectNode item(String id, String key, int n) {
    return JSON.createObjectNode().put("id", id).put("pk", key).put("n", n);
  }
}
