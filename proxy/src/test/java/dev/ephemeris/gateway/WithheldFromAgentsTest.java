package dev.ephemeris.gateway;

import static dev.ephemeris.gateway.GatewayFixture.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.models.CosmosBatch;
import com.azure.cosmos.models.CosmosBatchOperationResult;
import com.azure.cosmos.models.CosmosBulkOperations;
import com.azure.cosmos.models.CosmosChangeFeedRequestOptions;
import com.azure.cosmos.models.CosmosItemIdentity;
import com.azure.cosmos.models.CosmosItemOperation;
import com.azure.cosmos.models.CosmosItemRequestOptions;
import com.azure.cosmos.models.CosmosPatchItemRequestOptions;
import com.azure.cosmos.models.CosmosPatchOperations;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.CosmosStoredProcedureRequestOptions;
import com.azure.cosmos.models.CosmosStoredProcedureResponse;
import com.azure.cosmos.models.FeedRange;
import com.azure.cosmos.models.FeedResponse;
import com.azure.cosmos.models.PartitionKey;
import com.azure.cosmos.util.CosmosPagedIterable;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.gateway.credential.Planted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an agent reads with the real SDK has no credentials in it; what a person reads has. */
class WithheldFromAgentsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MARK = "[credential withheld: ";

  private static final String POLICY =
      """
      apiVersion: ephemeris.dev/v1
      roles:
        all: { actions: [reads, writes, code] }
      rules:
        - name: the team
          for: { groups: [group:default/team], principal: person }
          role: all
          scopes: ["orders-prod:/dbs/shop/colls/orders"]
          ttl: { default: 2h, max: 4h }
        - name: copilots of the team
          for: { groups: [group:default/copilots], principal: agent }
          role: all
          scopes: ["orders-prod:/dbs/shop/colls/orders"]
          ttl: { default: 1h, max: 3h }
      """;

  private static final List<Planted> PLANTED = Planted.all(new Random(17));

  private static GatewayFixture fixture;
  private static CosmosClient agent;
  private static CosmosClient person;

  @BeforeAll
  static void start() throws Exception {
    // The Java SDK has no other way to trust a certificate for one client only.
    System.setProperty("COSMOS.EMULATOR_SERVER_CERTIFICATE_VALIDATION_DISABLED", "true");
    fixture = new GatewayFixture();
    Copilot copilot = new Copilot(fixture);
    fixture.append(
        "org.yaml", "---\n" + OrgYaml.of(OrgYaml.group("copilots"), Copilot.user("copilots")));
    fixture.write("policy.yaml", POLICY);
    fixture.restart();
    fixture
        .account()
        .register(
            "shop",
            "orders",
            "all",
            (partition, arguments) -> {
              partition.log("I saw " + PLANTED.getFirst().secret());
              return JSON.createArrayNode().addAll(partition.items());
            });
    for (int i = 0; i < PLANTED.size(); i++) {
      fixture.account().put("shop", "orders", item(i));
    }
    fixture.account().split("shop", "orders");
    person = client(fixture.lease("all").path("token").asText());
    Reply exchanged =
        fixture.exchange(
            fixture.token(ALICE),
            copilot.token(),
            "\"scope\":\"" + GatewayFixture.ORDERS + "\",\"role\":\"all\"");
    agent = client(exchanged.json().path("access_token").asText());
  }

  @AfterAll
  static void stop() throws Exception {
    agent.close();
    person.close();
    fixture.close();
  }

  private static CosmosClient client(String token) {
    return new CosmosClientBuilder()
        .endpoint(fixture.gateway().dataPlane().toString())
        .key(token)
        .gatewayMode()
        .contentResponseOnWriteEnabled(true)
        .buildClient();
  }

  /** Each is of one of two customers, and has one credential. */
  private static ObjectNode item(int number) {
    return JSON.createObjectNode()
        .put("id", "p" + number)
        .put("customerId", customer(number))
        .put("n", number)
        .put("note", "before " + PLANTED.get(number).text() + " after");
  }

  private static String customer(int number) {
    return number % 2 == 0 ? "even" : "odd";
  }

  private static PartitionKey key(int number) {
    return new PartitionKey(customer(number));
  }

  private static String text(CosmosPagedIterable<?> rows) {
    return rows.stream().map(String::valueOf).collect(Collectors.joining("\n"));
  }

  private static String query(CosmosContainer orders, String query) {
    return text(orders.queryItems(query, new CosmosQueryRequestOptions(), JsonNode.class));
  }

  /** A way to get all the items, or what is in them, as text. */
  private record Way(String name, Function<CosmosContainer, String> read) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Way> ways() {
    Map<String, Function<CosmosContainer, String>> ways = new LinkedHashMap<>();
    ways.put(
        "point reads",
        orders -> {
          StringBuilder read = new StringBuilder();
          for (int i = 0; i < PLANTED.size(); i++) {
            read.append(orders.readItem("p" + i, key(i), JsonNode.class).getItem());
          }
          return read.toString();
        });
    for (String query :
        List.of(
            "SELECT * FROM c",
            "SELECT VALUE c.note FROM c",
            "SELECT VALUE [c.id, {\"is\": c.note}] FROM c",
            "SELECT c.note AS a, c.n FROM c WHERE c.n >= 0 ORDER BY c.note",
            "SELECT DISTINCT VALUE c.note FROM c",
            "SELECT MAX(c.note) AS most FROM c GROUP BY c.note")) {
      ways.put(query, orders -> query(orders, query));
    }
    ways.put(
        "pages of a sorted query",
        orders -> {
          StringBuilder read = new StringBuilder();
          for (FeedResponse<JsonNode> page :
              orders
                  .queryItems(
                      "SELECT * FROM c ORDER BY c.note",
                      new CosmosQueryRequestOptions().setPartitionKey(key(0)),
                      JsonNode.class)
                  .iterableByPage(3)) {
            read.append(page.getResults()).append(page.getContinuationToken());
          }
          for (FeedResponse<JsonNode> page :
              orders
                  .queryItems(
                      "SELECT * FROM c",
                      new CosmosQueryRequestOptions().setPartitionKey(key(1)),
                      JsonNode.class)
                  .iterableByPage(3)) {
            read.append(page.getResults());
          }
          return read.toString();
        });
    ways.put(
        "read feeds",
        orders ->
            text(orders.readAllItems(key(0), JsonNode.class))
                + text(orders.readAllItems(key(1), JsonNode.class)));
    ways.put(
        "change feed",
        orders ->
            text(
                orders.queryChangeFeed(
                    CosmosChangeFeedRequestOptions.createForProcessingFromBeginning(
                        FeedRange.forFullRange()),
                    JsonNode.class)));
    ways.put(
        "readMany",
        orders -> {
          List<CosmosItemIdentity> all = new ArrayList<>();
          for (int i = 0; i < PLANTED.size(); i++) {
            all.add(new CosmosItemIdentity(key(i), "p" + i));
          }
          return orders.readMany(all, JsonNode.class).getResults().toString();
        });
    ways.put(
        "batches",
        orders -> {
          StringBuilder read = new StringBuilder();
          for (int half = 0; half < 2; half++) {
            CosmosBatch batch = CosmosBatch.createCosmosBatch(key(half));
            for (int i = half; i < PLANTED.size(); i += 2) {
              batch.readItemOperation("p" + i);
            }
            for (CosmosBatchOperationResult result :
                orders.executeCosmosBatch(batch).getResults()) {
              read.append(result.getItem(JsonNode.class));
            }
          }
          return read.toString();
        });
    ways.put(
        "bulk",
        orders -> {
          StringBuilder read = new StringBuilder();
          List<CosmosItemOperation> operations = new ArrayList<>();
          for (int i = 0; i < PLANTED.size(); i++) {
            operations.add(CosmosBulkOperations.getReadItemOperation("p" + i, key(i)));
          }
          orders
              .executeBulkOperations(operations)
              .forEach(each -> read.append(each.getResponse().getItem(JsonNode.class)));
          return read.toString();
        });
    ways.put(
        "echoes of upserts",
        orders -> {
          StringBuilder read = new StringBuilder();
          for (int i = 0; i < PLANTED.size(); i++) {
            read.append(
                orders.upsertItem(item(i), key(i), new CosmosItemRequestOptions()).getItem());
          }
          return read.toString();
        });
    ways.put(
        "echoes of patches",
        orders -> {
          StringBuilder read = new StringBuilder();
          for (int i = 0; i < PLANTED.size(); i++) {
            read.append(
                orders
                    .patchItem(
                        "p" + i,
                        key(i),
                        CosmosPatchOperations.create().set("/seen", 1),
                        new CosmosPatchItemRequestOptions(),
                        JsonNode.class)
                    .getItem());
          }
          return read.toString();
        });
    ways.put(
        "stored procedures",
        orders -> {
          StringBuilder read = new StringBuilder();
          for (int half = 0; half < 2; half++) {
            CosmosStoredProcedureResponse ran =
                orders
                    .getScripts()
                    .getStoredProcedure("all")
                    .execute(
                        List.of(),
                        new CosmosStoredProcedureRequestOptions()
                            .setPartitionKey(key(half))
                            .setScriptLoggingEnabled(true));
            read.append(ran.getResponseAsString()).append(ran.getScriptLog());
          }
          return read.toString();
        });
    return ways.entrySet().stream().map(way -> new Way(way.getKey(), way.getValue())).toList();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void whatAnAgentReadsHasNoCredentialsInIt(Way way) {
    String whole = way.read.apply(container(person));
    String shown = way.read.apply(container(agent));

    for (Planted planted : PLANTED) {
      String secret = JSON.valueToTree(planted.secret()).toString();
      String inJson = secret.substring(1, secret.length() - 1);
      assertThat(whole).contains(inJson);
      assertThat(shown)
          .as(planted.toString())
          .doesNotContain(inJson)
          .doesNotContain(planted.secret())
          .contains(
              "before "
                  + JSON.valueToTree(planted.withheld())
                      .toString()
                      .transform(text -> text.substring(1, text.length() - 1)));
    }
    assertThat(whole).doesNotContain(MARK);
  }

  private static CosmosContainer container(CosmosClient client) {
    return client.getDatabase("shop").getContainer("orders");
  }

  /** A saved continuation, across partitions. */
  @Test
  void anAgentGoesOnWhereAPageEnded() {
    List<String> seen = new ArrayList<>();
    String saved = null;
    do {
      FeedResponse<JsonNode> page =
          container(agent)
              .queryItems(
                  "SELECT * FROM c ORDER BY c.n", new CosmosQueryRequestOptions(), JsonNode.class)
              .iterableByPage(saved, 7)
              .iterator()
              .next();
      page.getResults().forEach(item -> seen.add(item.path("id").asText()));
      saved = page.getContinuationToken();
    } while (saved != null);

    // The fixture's own has no number.
    assertThat(seen).filteredOn(id -> id.startsWith("p")).hasSize(PLANTED.size());
    assertThat(seen).doesNotHaveDuplicates();
  }

  @Test
  void theJournalSaysHowManyAndNothingElse() throws Exception {
    container(agent).readItem("p0", key(0), JsonNode.class);

    JsonNode outcome = fixture.journal("requestOutcome").getLast();
    for (int i = 0; i < 100 && !outcome.has("withheld"); i++) {
      Thread.sleep(20);
      outcome = fixture.journal("requestOutcome").getLast();
    }

    assertThat(outcome.path("withheld").asInt()).isEqualTo(1);
    assertThat(fixture.journal().toString()).doesNotContain(PLANTED.getFirst().secret());
  }
}
