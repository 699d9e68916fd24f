package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosException;
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
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** Drives the simulator with azure-cosmos for Java in gateway mode. */
class JavaSdkTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static RunningSimulator running;
  private static CosmosClient client;
  private CosmosContainer orders;

  @BeforeAll
  static void start() throws IOException {
    // The SDK offers no other way to trust a certificate for one client only.
    System.setProperty("COSMOS.EMULATOR_SERVER_CERTIFICATE_VALIDATION_DISABLED", "true");
    running = new RunningSimulator();
    client =
        new CosmosClientBuilder()
            .endpoint(running.simulator.endpoint().toString())
            .key(RunningSimulator.KEY)
            .gatewayMode()
            .contentResponseOnWriteEnabled(true)
            .buildClient();
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
  void createsDatabasesAndContainersOnce() {
    client.createDatabaseIfNotExists("new");
    client.createDatabaseIfNotExists("new");
    client.getDatabase("new").createContainerIfNotExists("things", "/a/b");
    client.getDatabase("new").createContainerIfNotExists("things", "/a/b");

    assertThat(client.readAllDatabases()).extracting("id").containsExactly("shop", "new");
    assertThat(client.getDatabase("new").readAllContainers())
        .extracting("id")
        .containsExactly("things");
    assertThat(client.queryDatabases("SELECT * FROM c WHERE c.id = 'new'", null)).hasSize(1);
    assertThat(
            client
                .getDatabase("new")
                .getContainer("things")
                .read()
                .getProperties()
                .getPartitionKeyDefinition()
                .getPaths())
        .containsExactly("/a/b");
  }

  @Test
  void deletesContainersAndDatabases() {
    orders.delete();
    client.getDatabase("shop").delete();

    assertThat(client.readAllDatabases()).isEmpty();
  }

  @Test
  void createsReadsReplacesAndDeletesItems() {
    CosmosItemResponse<ObjectNode> created = orders.createItem(item("1", "a", 1));
    assertThat(created.getStatusCode()).isEqualTo(201);
    assertThat(created.getRequestCharge()).isPositive();
    assertThat(created.getSessionToken()).matches("[01]:-1#\\d+");
    assertThat(created.getItem().get("_rid").textValue()).hasSize(24);

    JsonNode read = read("1", "a");
    assertThat(read).isEqualTo(created.getItem());

    orders.replaceItem(item("1", "a", 2), "1", new PartitionKey("a"), null);
    assertThat(read("1", "a").get("n").intValue()).isEqualTo(2);

    assertThat(orders.upsertItem(item("1", "a", 3)).getStatusCode()).isEqualTo(200);
    assertThat(orders.upsertItem(item("2", "a", 3)).getStatusCode()).isEqualTo(201);

    orders.deleteItem("1", new PartitionKey("a"), null);
    assertStatus(404, 0, () -> read("1", "a"));
  }

  @Test
  void keepsOneIdInTwoPartitionsApart() {
    orders.createItem(item("1", "a", 1));
    orders.createItem(item("1", "b", 2));

    assertThat(read("1", "a").get("n").intValue()).isEqualTo(1);
    assertThat(read("1", "b").get("n").intValue()).isEqualTo(2);
    assertStatus(404, 0, () -> read("1", "c"));
  }

  @Test
  void refusesAnItemThatExists() {
    orders.createItem(item("1", "a", 1));

    assertStatus(409, 0, () -> orders.createItem(item("1", "a", 1)));
  }

  @Test
  void refusesAKeyThatIsNotTheItems() {
    assertStatus(
        400, 1001, () -> orders.createItem(item("1", "a", 1), new PartitionKey("b"), null));
  }

  @Test
  void checksEtags() {
    String etag = orders.createItem(item("1", "a", 1)).getETag();
    CosmosItemRequestOptions ifMatch = new CosmosItemRequestOptions().setIfMatchETag(etag);
    CosmosItemRequestOptions ifNoneMatch = new CosmosItemRequestOptions().setIfNoneMatchETag(etag);

    assertThat(
            orders
                .readItem("1", new PartitionKey("a"), ifNoneMatch, ObjectNode.class)
                .getStatusCode())
        .isEqualTo(304);
    orders.replaceItem(item("1", "a", 2), "1", new PartitionKey("a"), ifMatch);
    assertStatus(
        412, 0, () -> orders.replaceItem(item("1", "a", 3), "1", new PartitionKey("a"), ifMatch));
    assertStatus(412, 0, () -> orders.deleteItem("1", new PartitionKey("a"), ifMatch));
  }

  @Test
  void acceptsKeysOfEveryType() {
    for (String key : List.of("'text'", "'é☂'", "1.5", "-0.0", "true", "null", "{}")) {
      running.resetWithContainer();
      String property = key.equals("{}") ? "" : ", 'pk': " + key;
      ObjectNode item = (ObjectNode) RunningSimulator.json("{'id': '1'" + property + "}");

      orders.createItem(item);

      assertThat(rows("SELECT * FROM c")).as(key).hasSize(1);
    }
  }

  @Test
  void patches() {
    orders.createItem(
        (ObjectNode)
            RunningSimulator.json(
                "{'id': '1', 'pk': 'a', 'n': 1, 'tags': ['x', 'z'], 'old': true, 'from': 'here'}"));

    orders.patchItem(
        "1",
        new PartitionKey("a"),
        CosmosPatchOperations.create()
            .add("/tags/1", "y")
            .set("/new", "value")
            .replace("/n", 5)
            .increment("/n", 2)
            .remove("/old")
            .move("/from", "/to"),
        ObjectNode.class);

    assertThat(rows("SELECT c.n, c.tags, c.new, c.old, c['from'], c.to FROM c"))
        .containsExactly(
            RunningSimulator.json(
                "{'n': 7, 'tags': ['x', 'y', 'z'], 'new': 'value', 'to': 'here'}"));
  }

  @Test
  void patchesOnlyIfTheConditionHolds() {
    orders.createItem(item("1", "a", 1));
    CosmosPatchOperations operations = CosmosPatchOperations.create().set("/n", 9);
    CosmosPatchItemRequestOptions options = new CosmosPatchItemRequestOptions();

    options.setFilterPredicate("from c where c.n = 2");
    assertStatus(
        412,
        0,
        () -> orders.patchItem("1", new PartitionKey("a"), operations, options, ObjectNode.class));
    options.setFilterPredicate("from c where c.n = 1");
    orders.patchItem("1", new PartitionKey("a"), operations, options, ObjectNode.class);

    assertThat(read("1", "a").get("n").intValue()).isEqualTo(9);
  }

  @Test
  void aFailingPatchChangesNothing() {
    orders.createItem(item("1", "a", 1));

    assertStatus(
        400,
        0,
        () ->
            orders.patchItem(
                "1",
                new PartitionKey("a"),
                CosmosPatchOperations.create().set("/n", 9).remove("/missing"),
                ObjectNode.class));
    for (String path : List.of("/id", "/pk", "/_etag")) {
      assertStatus(
          400,
          0,
          () ->
              orders.patchItem(
                  "1",
                  new PartitionKey("a"),
                  CosmosPatchOperations.create().set(path, "x"),
                  ObjectNode.class));
    }

    assertThat(read("1", "a").get("n").intValue()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvFileSource(resources = "queries.csv", delimiter = '¦', quoteCharacter = '\0')
  void answersQueriesAcrossPartitions(String query, String outcome) {
    RunningSimulator.json(SampleItems.TEXT).forEach(item -> orders.createItem((ObjectNode) item));

    if (!outcome.startsWith("[")) {
      assertThatExceptionOfType(CosmosException.class)
          .isThrownBy(() -> rows(query))
          .satisfies(e -> assertThat(e.getStatusCode()).isEqualTo(400))
          .withMessageContaining(outcome);
      return;
    }
    List<String> expected = new ArrayList<>();
    RunningSimulator.json(outcome).forEach(row -> expected.add(Values.canonical(row)));
    List<String> rows = rows(query).stream().map(Values::canonical).toList();
    if (query.contains("ORDER BY")) {
      assertThat(rows).isEqualTo(expected);
    } else {
      assertThat(rows).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void ordersAndPagesAcrossPartitions() {
    IntStream.range(0, 30).forEach(i -> orders.createItem(item("i" + i, "p" + i % 7, i % 10)));

    for (String direction : List.of("ASC", "DESC")) {
      List<Integer> numbers = new ArrayList<>();
      List<String> ids = new ArrayList<>();
      String token = null;
      do {
        FeedResponse<JsonNode> page =
            orders
                .queryItems(
                    "SELECT c.id, c.n FROM c ORDER BY c.n " + direction,
                    new CosmosQueryRequestOptions(),
                    JsonNode.class)
                .iterableByPage(token, 4)
                .iterator()
                .next();
        page.getResults().forEach(row -> numbers.add(row.get("n").intValue()));
        page.getResults().forEach(row -> ids.add(row.get("id").textValue()));
        token = page.getContinuationToken();
      } while (token != null);

      assertThat(ids).hasSize(30).doesNotHaveDuplicates();
      Stream<Integer> sorted = numbers.stream().sorted();
      assertThat(direction.equals("ASC") ? numbers : numbers.reversed())
          .containsExactlyElementsOf(sorted.toList());
    }
  }

  @Test
  void pagesByContinuation() {
    IntStream.range(0, 25).forEach(i -> orders.createItem(item("i" + i, "a", i)));

    List<Integer> sizes = new ArrayList<>();
    CosmosQueryRequestOptions options =
        new CosmosQueryRequestOptions().setPartitionKey(new PartitionKey("a"));
    orders
        .queryItems("SELECT * FROM c WHERE c.n >= 5", options, JsonNode.class)
        .iterableByPage(8)
        .forEach(page -> sizes.add(page.getResults().size()));

    assertThat(sizes).containsExactly(8, 8, 4);
  }

  @Test
  void aPartitionKeyConfinesAQueryWhateverItsTextSays() {
    orders.createItem(item("1", "a", 1));
    orders.createItem(item("2", "b", 2));
    CosmosQueryRequestOptions options =
        new CosmosQueryRequestOptions().setPartitionKey(new PartitionKey("a"));

    assertThat(
            orders.queryItems(
                "SELECT VALUE c.id FROM c WHERE c.pk = 'b' OR true ORDER BY c.id",
                options,
                String.class))
        .containsExactly("1");
    assertThat(orders.queryItems("SELECT VALUE COUNT(1) FROM c", options, Integer.class))
        .containsExactly(1);
  }

  @Test
  void takesParameters() {
    IntStream.range(0, 5).forEach(i -> orders.createItem(item("i" + i, "p" + i, i)));
    SqlQuerySpec query =
        new SqlQuerySpec(
            "SELECT TOP @top VALUE c.n FROM c WHERE c.n > @n ORDER BY c.n",
            new SqlParameter("@top", 2),
            new SqlParameter("@n", 1));

    assertThat(orders.queryItems(query, null, Integer.class)).containsExactly(2, 3);
  }

  @Test
  void readsManyAndAllOfAPartition() {
    IntStream.range(0, 6).forEach(i -> orders.createItem(item("i" + i, "p" + i % 2, i)));

    assertThat(
            orders
                .readMany(
                    List.of(
                        new CosmosItemIdentity(new PartitionKey("p0"), "i0"),
                        new CosmosItemIdentity(new PartitionKey("p1"), "i1"),
                        new CosmosItemIdentity(new PartitionKey("p1"), "i0")),
                    ObjectNode.class)
                .getResults())
        .extracting(item -> item.get("id").textValue())
        .containsExactlyInAnyOrder("i0", "i1");
    assertThat(orders.readAllItems(new PartitionKey("p1"), ObjectNode.class)).hasSize(3);
  }

  @Test
  void namesASyntaxErrorAndItsPlace() {
    assertThatExceptionOfType(CosmosException.class)
        .isThrownBy(() -> rows("SELECT * FROM c WHERE FOO(c.a)"))
        .satisfies(e -> assertThat(e.getStatusCode()).isEqualTo(400))
        .withMessageContaining("SC2005")
        .withMessageContaining("'FOO' is not a recognized built-in function name.");
  }

  private List<JsonNode> rows(String query) {
    return orders.queryItems(query, new CosmosQueryRequestOptions(), JsonNode.class).stream()
        .toList();
  }

  private ObjectNode read(String id, String key) {
    return orders.readItem(id, new PartitionKey(key), ObjectNode.class).getItem();
  }

  private static ObjectNode item(String id, String key, int n) {
    return JSON.createObjectNode().put("id", id).put("pk", key).put("n", n);
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
