package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosBatch;
import com.azure.cosmos.models.CosmosBulkOperations;
import com.azure.cosmos.models.CosmosChangeFeedRequestOptions;
import com.azure.cosmos.models.CosmosContainerProperties;
import com.azure.cosmos.models.CosmosItemIdentity;
import com.azure.cosmos.models.CosmosPatchOperations;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.FeedRange;
import com.azure.cosmos.models.PartitionKey;
import com.azure.cosmos.models.PartitionKeyBuilder;
import com.azure.cosmos.models.PartitionKeyDefinition;
import com.azure.cosmos.models.PartitionKeyDefinitionVersion;
import com.azure.cosmos.models.PartitionKind;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys of two and three levels, and the prefixes of them. */
class HierarchicalKeyTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String VISITS = "dbs/shop/colls/visits";

  private static RunningSimulator running;
  private static CosmosClient client;
  private static RawClient raw;
  private CosmosContainer visits;

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

  /** {@code shop/visits}, with a key of three levels. */
  @BeforeEach
  void emptyContainer() {
    running.resetWithContainer();
    client
        .getDatabase("shop")
        .createContainer(
            new CosmosContainerProperties("visits", definition("/tenant", "/user", "/session")));
    visits = client.getDatabase("shop").getContainer("visits");
  }

  private static PartitionKeyDefinition definition(String... paths) {
    return new PartitionKeyDefinition()
        .setKind(PartitionKind.MULTI_HASH)
        .setVersion(PartitionKeyDefinitionVersion.V2)
        .setPaths(List.of(paths));
  }

  @Test
  void keepsTheDefinition() {
    PartitionKeyDefinition definition = visits.read().getProperties().getPartitionKeyDefinition();

    assertThat(definition.getPaths()).containsExactly("/tenant", "/user", "/session");
    assertThat(definition.getKind()).isEqualTo(PartitionKind.MULTI_HASH);
    assertThat(definition.getVersion()).isEqualTo(PartitionKeyDefinitionVersion.V2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void runsEveryPointOperationOnAWholeKey(int levels) {
    String[] paths = {"/tenant", "/user", "/session"};
    String name = "levels" + levels;
    client
        .getDatabase("shop")
        .createContainer(
            new CosmosContainerProperties(
                name, definition(List.of(paths).subList(0, levels).toArray(String[]::new))));
    CosmosContainer container = client.getDatabase("shop").getContainer(name);
    PartitionKey key = key(List.of("t", "u", "s").subList(0, levels).toArray());

    container.createItem(visit("1", "t", "u", "s", 1));
    container.createItem(visit("2", "t", "u", "s", 1), key, null);
    container.replaceItem(visit("1", "t", "u", "s", 2), "1", key, null);
    container.upsertItem(visit("2", "t", "u", "s", 3), key, null);
    container.patchItem(
        "1", key, CosmosPatchOperations.create().increment("/n", 5), JsonNode.class);

    assertThat(container.readItem("1", key, JsonNode.class).getItem().path("n").intValue())
        .isEqualTo(7);
    assertThat(container.readItem("2", key, JsonNode.class).getItem().path("n").intValue())
        .isEqualTo(3);
    container.deleteItem("1", key, null);
    assertStatus(404, 0, () -> container.readItem("1", key, JsonNode.class));
  }

  @Test
  void keepsOneIdInTwoKeysApart() {
    visits.createItem(visit("1", "t", "u", "s", 1));
    visits.createItem(visit("1", "t", "u", "s2", 2));
    visits.createItem(visit("1", "t", "u2", "s", 3));

    assertThat(read("1", key("t", "u", "s"))).isEqualTo(1);
    assertThat(read("1", key("t", "u", "s2"))).isEqualTo(2);
    assertThat(read("1", key("t", "u2", "s"))).isEqualTo(3);
    assertStatus(404, 0, () -> read("1", key("u", "t", "s")));
    assertStatus(409, 0, () -> visits.createItem(visit("1", "t", "u", "s", 1)));
  }

  /** Tenants t0 to t2, of each the users u0 to u2, of each the sessions s0 and s1. */
  private void eighteenVisits() {
    IntStream.range(0, 18)
        .forEach(
            i -> visits.createItem(visit("i" + i, "t" + i / 6, "u" + i / 2 % 3, "s" + i % 2, i)));
  }

  @Test
  void queriesAWholeKeyAndEveryPrefix() {
    eighteenVisits();

    assertThat(query("SELECT VALUE c.n FROM c", key("t1", "u2", "s1"))).containsExactly(11);
    assertThat(query("SELECT VALUE c.n FROM c", key("t1", "u2"))).containsExactly(10, 11);
    assertThat(query("SELECT VALUE c.n FROM c", key("t1"))).containsExactly(6, 7, 8, 9, 10, 11);
    assertThat(query("SELECT VALUE c.n FROM c", key("t9"))).isEmpty();
    assertThat(query("SELECT VALUE c.n FROM c", key("u1"))).isEmpty();
    assertThat(running.simulator.received())
        .filteredOn(request -> request.header("x-ms-start-epk").isPresent())
        .as("Java names prefixes by ranges of EPKs")
        .isNotEmpty()
        .allMatch(request -> request.header(CosmosHeaders.PARTITION_KEY).isEmpty());
  }

  @Test
  void confinesAQueryToThePrefixWhateverItsTextSays() {
    eighteenVisits();

    assertThat(query("SELECT VALUE c.n FROM c WHERE c.tenant = 't0' OR true", key("t1", "u0")))
        .containsExactly(6, 7);
  }

  @Test
  void mergesOrdersAndAggregatesOfAPrefix() {
    eighteenVisits();

    assertThat(query("SELECT VALUE c.n FROM c ORDER BY c.n DESC", key("t2")))
        .containsExactly(17, 16, 15, 14, 13, 12);
    assertThat(query("SELECT VALUE MAX(c.n) FROM c", key("t0", "u1"))).containsExactly(3);
    assertThat(query("SELECT VALUE COUNT(1) FROM c", key("t0"))).containsExactly(6);
    assertThat(query("SELECT DISTINCT VALUE c.n % 2 FROM c", key("t0"))).hasSize(2);
    assertThat(query("SELECT VALUE c.n FROM c ORDER BY c.n OFFSET 1 LIMIT 2", key("t0")))
        .containsExactly(1, 2);
  }

  @Test
  void readsAllAndManyItems() {
    eighteenVisits();

    assertThat(visits.readAllItems(key("t0", "u0", "s0"), JsonNode.class)).hasSize(1);
    assertThat(visits.readAllItems(key("t0"), JsonNode.class)).hasSize(6);
    assertThat(
            visits
                .readMany(
                    List.of(
                        new CosmosItemIdentity(key("t0", "u0", "s0"), "i0"),
                        new CosmosItemIdentity(key("t2", "u2", "s1"), "i17"),
                        new CosmosItemIdentity(key("t2", "u2", "s0"), "i17")),
                    JsonNode.class)
                .getResults())
        .extracting(item -> item.path("n").intValue())
        .containsExactlyInAnyOrder(0, 17);
  }

  /** JavaScript's way. */
  @ParameterizedTest
  @CsvFileSource(resources = "key-prefixes.csv", delimiter = '|', quoteCharacter = '\0')
  void readsAPrefixThatTheHeaderNames(String prefix, int count) throws Exception {
    eighteenVisits();
    running.simulator.put(
        "shop", "visits", RunningSimulator.json("{'id': '1', 'tenant': 't0', 'user': 1}"));
    RawClient.Request query =
        docs("POST", prefix)
            .header("x-ms-documentdb-isquery", "True")
            .header("content-type", "application/query+json")
            .body("{'query': 'SELECT * FROM c'}");

    assertThat(query.send().json().path("_count").intValue()).isEqualTo(count);
    assertThat(docs("GET", prefix).send().json().path("_count").intValue()).isEqualTo(count);
    RawClient.Reply changes =
        docs("GET", prefix).header(CosmosHeaders.A_IM, "Incremental feed").send();
    assertThat(changes.status()).isEqualTo(count == 0 ? 304 : 200);
    assertThat(count == 0 ? 0 : changes.json().path("_count").intValue()).isEqualTo(count);
  }

  @Test
  void tellsTheChangesOfAWholeKeyAndOfAPrefix() {
    eighteenVisits();

    assertThat(changes(key("t1", "u2", "s1"))).containsExactly("i11");
    assertThat(changes(key("t1", "u2"))).containsExactly("i10", "i11");
    assertThat(changes(key("t1"))).containsExactly("i6", "i7", "i8", "i9", "i10", "i11");
  }

  private List<String> changes(PartitionKey key) {
    List<String> ids = new ArrayList<>();
    visits
        .queryChangeFeed(
            CosmosChangeFeedRequestOptions.createForProcessingFromBeginning(
                FeedRange.forLogicalPartition(key)),
            JsonNode.class)
        .forEach(item -> ids.add(item.path("id").textValue()));
    return ids;
  }

  @Test
  void batchesOnAWholeKeyOnly() {
    CosmosBatch whole = CosmosBatch.createCosmosBatch(key("t", "u", "s"));
    whole.createItemOperation(visit("1", "t", "u", "s", 1));
    whole.createItemOperation(visit("2", "t", "u", "s", 2));
    CosmosBatch mixed = CosmosBatch.createCosmosBatch(key("t", "u", "s"));
    mixed.createItemOperation(visit("3", "t", "u", "s", 1));
    mixed.createItemOperation(visit("4", "t", "u", "other", 1));
    CosmosBatch prefix = CosmosBatch.createCosmosBatch(key("t", "u"));
    prefix.createItemOperation(visit("5", "t", "u", "s", 1));

    assertThat(visits.executeCosmosBatch(whole).getStatusCode()).isEqualTo(200);
    assertThat(visits.executeCosmosBatch(mixed).getSubStatusCode()).isEqualTo(1001);
    assertStatus(400, 1001, () -> visits.executeCosmosBatch(prefix));
    assertThat(query("SELECT VALUE c.n FROM c", key("t"))).containsExactly(1, 2);
  }

  @Test
  void bulksByWholeKeys() {
    List<Integer> statuses = new ArrayList<>();
    visits
        .executeBulkOperations(
            IntStream.range(0, 12)
                .mapToObj(
                    i ->
                        CosmosBulkOperations.getCreateItemOperation(
                            visit("i" + i, "t" + i % 3, "u" + i % 4, "s", i),
                            key("t" + i % 3, "u" + i % 4, "s")))
                .toList())
        .forEach(response -> statuses.add(response.getResponse().getStatusCode()));

    assertThat(statuses).hasSize(12).containsOnly(201);
    assertThat(query("SELECT VALUE c.n FROM c", key("t1"))).containsExactlyInAnyOrder(1, 4, 7, 10);
  }

  @ParameterizedTest
  @CsvFileSource(resources = "wrong-keys.csv", delimiter = '|', quoteCharacter = '\0')
  void refusesKeysThatDoNotFit(String method, String path, String key, String body, int subStatus)
      throws Exception {
    visits.createItem(visit("1", "t", "u", "s", 1));
    boolean ofContainer = path.startsWith("operations");
    String link = path.equals("docs/1") ? VISITS + "/docs/1" : VISITS;
    RawClient.Request request =
        raw.request(method, "/" + VISITS + "/" + path.split(" ", -1)[0])
            .signed(ofContainer ? "colls" : "docs", link)
            .header(CosmosHeaders.PARTITION_KEY, key);
    if (path.endsWith("batch")) {
      request.header(CosmosHeaders.IS_BATCH, "True").header("x-ms-cosmos-batch-atomic", "True");
    }
    if (!body.equals("-")) {
      request.body(body);
    }

    RawClient.Reply reply = request.send();

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.header("x-ms-substatus")).isEqualTo(Integer.toString(subStatus));
    assertThat(running.simulator.find("shop", "visits", "1").orElseThrow().path("n").intValue())
        .isOne();
    assertThat(running.simulator.find("shop", "visits", "2")).isEmpty();
  }

  @Test
  void changesNoLevelOfAKey() {
    visits.createItem(visit("1", "t", "u", "s", 1));
    PartitionKey key = key("t", "u", "s");

    assertStatus(
        400, 1001, () -> visits.replaceItem(visit("1", "t", "u", "other", 1), "1", key, null));
    for (String path : List.of("/tenant", "/user", "/session")) {
      assertStatus(
          400,
          0,
          () ->
              visits.patchItem(
                  "1", key, CosmosPatchOperations.create().set(path, "x"), JsonNode.class));
    }
  }

  @Test
  void takesItemsThatLackLevels() throws Exception {
    RawClient.Reply none = docs("POST", "[{},{},{}]").body("{'id': '1'}").send();
    RawClient.Reply some =
        docs("POST", "[\"t\",{},1]").body("{'id': '2', 'tenant': 't', 'session': 1.0}").send();

    assertThat(none.status()).isEqualTo(201);
    assertThat(some.status()).isEqualTo(201);
    assertThat(query("SELECT VALUE c.id = '2' ? 2 : 0 FROM c", key("t"))).containsExactly(2);
    for (String key : List.of("[{},{},{}]", "[{}]", "[]")) {
      String link = VISITS + "/docs/1";
      assertThat(
              raw.request("GET", "/" + link)
                  .signed("docs", link)
                  .header(CosmosHeaders.PARTITION_KEY, key)
                  .send()
                  .status())
          .isEqualTo(200);
    }
  }

  private List<Integer> query(String text, PartitionKey key) {
    return visits
        .queryItems(text, new CosmosQueryRequestOptions().setPartitionKey(key), Integer.class)
        .stream()
        .toList();
  }

  private int read(String id, PartitionKey key) {
    return visits.readItem(id, key, JsonNode.class).getItem().path("n").intValue();
  }

  private static RawClient.Request docs(String method, String key) {
    return raw.request(method, "/" + VISITS + "/docs")
        .signed("docs", VISITS)
        .header(CosmosHeaders.PARTITION_KEY, key);
  }

  private static PartitionKey key(Object... levels) {
    PartitionKeyBuilder builder = new PartitionKeyBuilder();
    for (Object level : levels) {
      builder.add((String) level);
    }
    return builder.build();
  }

  private static ObjectNode visit(String id, String tenant, String user, String session, int n) {
    return JSON.createObjectNode()
        .put("id", id)
        .put("tenant", tenant)
        .put("user", user)
        .put("session", session)
        .put("n", n);
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
