package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.CosmosScripts;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.CosmosStoredProcedureProperties;
import com.azure.cosmos.models.CosmosStoredProcedureRequestOptions;
import com.azure.cosmos.models.CosmosStoredProcedureResponse;
import com.azure.cosmos.models.CosmosTriggerProperties;
import com.azure.cosmos.models.CosmosUserDefinedFunctionProperties;
import com.azure.cosmos.models.PartitionKey;
import com.azure.cosmos.models.TriggerOperation;
import com.azure.cosmos.models.TriggerType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stored procedures by azure-cosmos for Java and by hand; triggers and functions as resources. */
class StoredProcedureTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ORDERS = "dbs/shop/colls/orders";

  private static RunningSimulator running;
  private static CosmosClient client;
  private static RawClient raw;
  private CosmosContainer orders;
  private CosmosScripts scripts;

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
    scripts = orders.getScripts();
  }

  private static CosmosStoredProcedureProperties definition(String id, String body) {
    return new CosmosStoredProcedureProperties(id, body);
  }

  @Test
  void createsReadsReplacesListsQueriesAndDeletesDefinitions() {
    CosmosStoredProcedureProperties created =
        scripts.createStoredProcedure(definition("a", "function () {}")).getProperties();
    scripts.createStoredProcedure(definition("b", "function () {}"));

    CosmosStoredProcedureProperties replaced =
        scripts
            .getStoredProcedure("a")
            .replace(scripts.getStoredProcedure("a").read().getProperties().setBody("x => x"))
            .getProperties();

    assertThat(created.getId()).isEqualTo("a");
    assertThat(created.getETag()).isNotEmpty().isNotEqualTo(replaced.getETag());
    assertThat(scripts.getStoredProcedure("a").read().getProperties().getBody())
        .isEqualTo("x => x");
    assertThat(scripts.readAllStoredProcedures())
        .extracting(CosmosStoredProcedureProperties::getId)
        .containsExactly("a", "b");
    assertThat(
            scripts.queryStoredProcedures(
                "SELECT * FROM s WHERE s.id = 'b'", new CosmosQueryRequestOptions()))
        .extracting(CosmosStoredProcedureProperties::getId)
        .containsExactly("b");
    assertThat(scripts.getStoredProcedure("a").delete().getStatusCode()).isEqualTo(204);
    assertStatus(404, 0, () -> scripts.getStoredProcedure("a").read());
    assertThat(scripts.readAllStoredProcedures()).hasSize(1);
  }

  @Test
  void replacesADefinitionOnlyWithItsEtag() {
    CosmosStoredProcedureProperties definition =
        scripts.createStoredProcedure(definition("a", "1")).getProperties();
    CosmosStoredProcedureRequestOptions ifMatch =
        new CosmosStoredProcedureRequestOptions().setIfMatchETag(definition.getETag());

    scripts.getStoredProcedure("a").replace(definition.setBody("2"), ifMatch);

    assertStatus(
        412, 0, () -> scripts.getStoredProcedure("a").replace(definition.setBody("3"), ifMatch));
    assertThat(scripts.getStoredProcedure("a").read().getProperties().getBody()).isEqualTo("2");
  }

  @Test
  void refusesASecondDefinitionOfOneName() {
    scripts.createStoredProcedure(definition("a", "1"));

    assertStatus(409, 0, () -> scripts.createStoredProcedure(definition("a", "2")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sprocs   | {}",
        "sprocs   | {'id': 's'}",
        "sprocs   | {'id': 's', 'body': 1}",
        "sprocs   | {'id': 'a/b', 'body': 'x'}",
        "sprocs   | [",
        "udfs     | {'id': 'u'}",
        "triggers | {'id': 't', 'body': 'x'}",
        "triggers | {'id': 't', 'body': 'x', 'triggerType': 'Pre'}",
        "triggers | {'id': 't', 'body': 'x', 'triggerType': 'In', 'triggerOperation': 'All'}",
        "triggers | {'id': 't', 'body': 'x', 'triggerType': 'Pre', 'triggerOperation': 'Read'}"
      })
  void refusesDefinitionsThatAreNone(String type, String body) throws Exception {
    RawClient.Reply reply =
        raw.request("POST", "/" + ORDERS + "/" + type).signed(type, ORDERS).body(body).send();

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.message()).isNotEmpty().doesNotContain("not simulated");
  }

  @Test
  void createsReadsReplacesListsQueriesAndDeletesTriggers() {
    CosmosTriggerProperties stamp =
        new CosmosTriggerProperties("stamp", "function () {}")
            .setTriggerType(TriggerType.PRE)
            .setTriggerOperation(TriggerOperation.CREATE);

    CosmosTriggerProperties created = scripts.createTrigger(stamp).getProperties();
    scripts.getTrigger("stamp").replace(created.setTriggerOperation(TriggerOperation.ALL));

    CosmosTriggerProperties read = scripts.getTrigger("stamp").read().getProperties();
    assertThat(read.getTriggerType()).isEqualTo(TriggerType.PRE);
    assertThat(read.getTriggerOperation()).isEqualTo(TriggerOperation.ALL);
    assertThat(read.getBody()).isEqualTo("function () {}");
    assertThat(scripts.readAllTriggers()).hasSize(1);
    assertThat(
            scripts.queryTriggers(
                "SELECT * FROM t WHERE t.id = 'other'", new CosmosQueryRequestOptions()))
        .isEmpty();
    assertStatus(409, 0, () -> scripts.createTrigger(stamp));
    scripts.getTrigger("stamp").delete();
    assertStatus(404, 0, () -> scripts.getTrigger("stamp").read());
  }

  @Test
  void createsReadsReplacesListsQueriesAndDeletesFunctions() {
    CosmosUserDefinedFunctionProperties tax =
        scripts
            .createUserDefinedFunction(new CosmosUserDefinedFunctionProperties("tax", "x => x"))
            .getProperties();
    scripts.getUserDefinedFunction("tax").replace(tax.setBody("x => x * 2"));

    assertThat(scripts.getUserDefinedFunction("tax").read().getProperties().getBody())
        .isEqualTo("x => x * 2");
    assertThat(scripts.readAllUserDefinedFunctions()).hasSize(1);
    assertThat(
            scripts.queryUserDefinedFunctions("SELECT * FROM u", new CosmosQueryRequestOptions()))
        .extracting(CosmosUserDefinedFunctionProperties::getId)
        .containsExactly("tax");
    scripts.getUserDefinedFunction("tax").delete();
    assertStatus(404, 0, () -> scripts.getUserDefinedFunction("tax").read());
  }

  @Test
  void runsNoFunctions() {
    scripts.createUserDefinedFunction(new CosmosUserDefinedFunctionProperties("tax", "x => x"));

    CosmosException thrown =
        catchThrowableOfType(
            CosmosException.class,
            () ->
                orders
                    .queryItems(
                        "SELECT VALUE udf.tax(c.n) FROM c",
                        new CosmosQueryRequestOptions(),
                        JsonNode.class)
                    .stream()
                    .count());

    assertThat(thrown.getStatusCode()).isEqualTo(400);
    assertThat(thrown).hasMessageContaining("not simulated: udf.tax");
  }

  @Test
  void ignoresNoTriggerOnAPatch() throws Exception {
    running.put("{'id': '1', 'pk': 'a'}");

    RawClient.Reply reply =
        raw.request("PATCH", "/" + ORDERS + "/docs/1")
            .signed("docs", ORDERS + "/docs/1")
            .header("x-ms-documentdb-partitionkey", "[\"a\"]")
            .header("x-ms-documentdb-pre-trigger-include", "stamp")
            .body("[{'op': 'set', 'path': '/x', 'value': 1}]")
            .send();

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.message()).startsWith("not simulated: triggers with a patch");
  }

  private static CosmosStoredProcedureRequestOptions on(String key) {
    return new CosmosStoredProcedureRequestOptions().setPartitionKey(new PartitionKey(key));
  }

  private static void register(String id, StoredProcedure procedure) {
    running.simulator.register("shop", "orders", id, procedure);
  }

  @Test
  void runsWithItsArgumentsOnThePartitionOfTheKey() {
    running.put("{'id': '1', 'pk': 'a', 'n': 2}");
    running.put("{'id': '2', 'pk': 'a', 'n': 3}");
    running.put("{'id': '1', 'pk': 'b', 'n': 9}");
    register(
        "add",
        (partition, arguments) -> {
          ObjectNode sum = JSON.createObjectNode();
          partition
              .items()
              .forEach(item -> sum.put("n", sum.path("n").asInt() + item.get("n").asInt()));
          sum.put("id", "sum").put("pk", "a");
          sum.put("n", sum.path("n").asInt() * arguments.get(0).path("times").asInt());
          sum.set("label", arguments.get(1));
          partition.put(sum);
          assertThat(partition.delete("1")).isTrue();
          assertThat(partition.delete("9")).isFalse();
          assertThat(partition.find("1")).isEmpty();
          return JSON.createObjectNode().set("sum", partition.find("sum").orElseThrow().get("n"));
        });

    CosmosStoredProcedureResponse response =
        scripts.getStoredProcedure("add").execute(List.of(Map.of("times", 10), "total"), on("a"));

    assertThat(response.getStatusCode()).isEqualTo(200);
    assertThat(response.getResponseAsString()).isEqualTo("{\"sum\":50}");
    assertThat(response.getRequestCharge()).isPositive();
    assertThat(
            orders.readItem("sum", new PartitionKey("a"), JsonNode.class).getItem().path("label"))
        .isEqualTo(JSON.getNodeFactory().textNode("total"));
    assertThat(orders.readAllItems(new PartitionKey("a"), JsonNode.class)).hasSize(2);
    assertThat(orders.readAllItems(new PartitionKey("b"), JsonNode.class)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"Hello\"", "17", "null", "[1,{\"a\":true}]", "\"\""})
  void answersAnyJson(String result) throws Exception {
    JsonNode json = JSON.readTree(result);
    register("echo", (_, _) -> json);

    assertThat(scripts.getStoredProcedure("echo").execute(List.of(), on("a")).getResponseAsString())
        .isEqualTo(result);
  }

  @Test
  void isOneStepWhateverItWrites() {
    register(
        "two",
        (partition, _) -> {
          partition.put(RunningSimulator.json("{'id': '1', 'pk': 'a'}"));
          return partition.put(RunningSimulator.json("{'id': '2', 'pk': 'a'}"));
        });
    String before =
        orders.createItem(RunningSimulator.json("{'id': '0', 'pk': 'a'}")).getSessionToken();

    String after = scripts.getStoredProcedure("two").execute(List.of(), on("a")).getSessionToken();

    assertThat(lsn(after)).isEqualTo(lsn(before) + 1);
    assertThat(running.simulator.effects())
        .extracting(Effect::operation)
        .containsExactly("CREATE_ITEM", "EXECUTE_STORED_PROCEDURE");
  }

  private static long lsn(String sessionToken) {
    return Long.parseLong(sessionToken.substring(sessionToken.indexOf('#') + 1));
  }

  @Test
  void undoesAllThatItDidIfItThrows() {
    running.put("{'id': 'kept', 'pk': 'a', 'n': 1}");
    running.put("{'id': 'changed', 'pk': 'a', 'n': 1}");
    JsonNode before = find("changed");
    register(
        "fail",
        (partition, _) -> {
          partition.put(RunningSimulator.json("{'id': 'new', 'pk': 'a'}"));
          partition.put(RunningSimulator.json("{'id': 'changed', 'pk': 'a', 'n': 2}"));
          partition.delete("kept");
          throw new IllegalStateException("no more \"orders\"");
        });

    CosmosException thrown =
        assertStatus(
            400, 400, () -> scripts.getStoredProcedure("fail").execute(List.of(), on("a")));

    assertThat(thrown)
        .hasMessageContaining("Encountered exception while executing function.")
        .hasMessageContaining("Exception = Error: no more");
    assertThat(find("changed")).isEqualTo(before);
    assertThat(running.simulator.find("shop", "orders", "new")).isEmpty();
    assertThat(running.simulator.find("shop", "orders", "kept")).isPresent();
    assertThat(running.simulator.effects()).isEmpty();
  }

  @Test
  void tellsTheNumberOfAnErrorAsTheSubStatus() throws Exception {
    register(
        "fail",
        (_, _) -> {
          throw new ScriptError(404, "no such order");
        });

    RawClient.Reply reply = execute("fail", "[]").send();

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.header("x-ms-substatus")).isEqualTo("404");
    assertThat(reply.json().path("code").textValue()).isEqualTo("BadRequest");
    assertThat(reply.message())
        .startsWith(
            "Message: {\"Errors\":[\"Encountered exception while executing function. Exception ="
                + " Error: no such order\\r"
                + "\\n"
                + "Stack trace: Error: no such order\"]}\r\n"
                + "ActivityId: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'id': '1', 'pk': 'b'}",
        "{'id': '1'}",
        "{'pk': 'a'}",
        "{'id': 'a/b', 'pk': 'a'}"
      })
  void cantLeaveItsPartitionNorWriteWhatIsNoItem(String item) {
    register("put", (partition, arguments) -> partition.put(arguments.getFirst()));

    assertStatus(
        400,
        400,
        () ->
            scripts
                .getStoredProcedure("put")
                .execute(List.of(RunningSimulator.json(item)), on("a")));
    assertThat(running.simulator.find("shop", "orders", "1")).isEmpty();
  }

  @Test
  void cantBreakUniqueKeys() {
    ObjectNode unique =
        (ObjectNode)
            RunningSimulator.json(
                "{'id': 'people', 'partitionKey': {'paths': ['/pk']},"
                    + " 'uniqueKeyPolicy': {'uniqueKeys': [{'paths': ['/mail']}]}}");
    running.simulator.createContainer("shop", unique);
    running.simulator.register(
        "shop", "people", "put", (partition, arguments) -> partition.put(arguments.getFirst()));
    running.simulator.put(
        "shop", "people", RunningSimulator.json("{'id': '1', 'pk': 'a', 'mail': 'x'}"));

    CosmosException thrown =
        assertStatus(
            400,
            409,
            () ->
                client
                    .getDatabase("shop")
                    .getContainer("people")
                    .getScripts()
                    .getStoredProcedure("put")
                    .execute(
                        List.of(RunningSimulator.json("{'id': '2', 'pk': 'a', 'mail': 'x'}")),
                        on("a")));

    assertThat(thrown).hasMessageContaining("Unique index constraint violation.");
  }

  @Test
  void givesItsLogToWhoAsks() {
    register(
        "talk",
        (partition, _) -> {
          partition.log("x = 1 + 1; ");
          partition.log("\u00e9\n");
          return JSON.nullNode();
        });

    CosmosStoredProcedureResponse asked =
        scripts
            .getStoredProcedure("talk")
            .execute(List.of(), on("a").setScriptLoggingEnabled(true));
    CosmosStoredProcedureResponse notAsked =
        scripts.getStoredProcedure("talk").execute(List.of(), on("a"));

    assertThat(asked.getScriptLog()).isEqualTo("x = 1 + 1; \u00e9\n");
    assertThat(notAsked.getScriptLog()).isNull();
  }

  @Test
  void givesTheLogOfAFailureToo() throws Exception {
    register(
        "fail",
        (partition, _) -> {
          partition.log("so far");
          throw new IllegalStateException("and no further");
        });

    RawClient.Reply reply =
        execute("fail", "[]").header("x-ms-documentdb-script-enable-logging", "true").send();

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.header("x-ms-documentdb-script-log-results")).isEqualTo("so%20far");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "echo    | [1]   | [\"a\"] | 200 | 1",
        "echo    |       | [\"a\"] | 200 | null",
        "echo    | 1     | [\"a\"] | 400 |",
        "echo    | {     | [\"a\"] | 400 |",
        "echo    | [1]   |         | 400 |",
        "echo    | [1]   | [1, 2]  | 400 |",
        "missing | [1]   | [\"a\"] | 404 |",
        "text    | [1]   | [\"a\"] | 400 |"
      })
  void needsArgumentsAKeyAndAProcedure(
      String id, String body, String key, int status, String result) throws Exception {
    register("echo", (_, arguments) -> arguments.isEmpty() ? JSON.nullNode() : arguments.get(0));
    scripts.createStoredProcedure(definition("text", "function () {}"));
    RawClient.Request request =
        raw.request("POST", "/" + ORDERS + "/sprocs/" + id)
            .signed("sprocs", ORDERS + "/sprocs/" + id)
            .body(Optional.ofNullable(body).orElse(""));
    if (key != null) {
      request.header("x-ms-documentdb-partitionkey", key);
    }

    RawClient.Reply reply = request.send();

    assertThat(reply.status()).isEqualTo(status);
    if (status == 200) {
      assertThat(reply.response().body()).isEqualTo(result);
    } else {
      assertThat(reply.message()).isNotEmpty();
    }
    assertThat(reply.status() == 400 && reply.message().startsWith("not simulated: JavaScript"))
        .isEqualTo(id.equals("text"));
  }

  private static RawClient.Request execute(String id, String arguments) {
    return raw.request("POST", "/" + ORDERS + "/sprocs/" + id)
        .signed("sprocs", ORDERS + "/sprocs/" + id)
        .header("x-ms-documentdb-partitionkey", "[\"a\"]")
        .body(arguments);
  }

  @Test
  void isGoneOnceItsDefinitionIs() {
    register("echo", (_, _) -> JSON.nullNode());
    scripts.getStoredProcedure("echo").delete();

    assertStatus(404, 0, () -> scripts.getStoredProcedure("echo").execute(List.of(), on("a")));
  }

  @Test
  void runsForAReadWriteKeyOnly() {
    register("echo", (_, _) -> JSON.nullNode());
    scripts.getStoredProcedure("echo").execute(List.of(), on("a"));

    try (CosmosClient reader =
        running.sdk().key(running.simulator.access().key(KeyKind.PRIMARY_READONLY)).buildClient()) {
      CosmosScripts read = reader.getDatabase("shop").getContainer("orders").getScripts();

      assertStatus(401, 0, () -> read.getStoredProcedure("echo").execute(List.of(), on("a")));
      assertStatus(401, 0, () -> read.createStoredProcedure(definition("x", "1")));
      assertStatus(401, 0, () -> read.getStoredProcedure("echo").delete());
      assertThat(read.getStoredProcedure("echo").read().getStatusCode()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ALL  |         | a | true",
        "READ |         | a | false",
        "ALL  | [\"a\"] | a | true",
        "ALL  | [\"a\"] | b | false",
        "READ | [\"a\"] | a | false"
      })
  void runsForATokenOfAllOnItsOwnPartition(
      PermissionMode mode, String granted, String key, boolean allowed) {
    register("echo", (_, _) -> JSON.nullNode());
    String token =
        running
            .simulator
            .access()
            .mintResourceToken(
                mode,
                ORDERS,
                Optional.ofNullable(granted).flatMap(dev.ephemeris.cosmos.PartitionKey::parse),
                Duration.ofMinutes(1));
    try (CosmosClient holder =
        new CosmosClientBuilder()
            .endpoint(running.simulator.endpoint().toString())
            .resourceToken(token)
            .gatewayMode()
            .buildClient()) {
      CosmosScripts held = holder.getDatabase("shop").getContainer("orders").getScripts();
      if (allowed) {
        assertThat(held.getStoredProcedure("echo").execute(List.of(), on(key)).getStatusCode())
            .isEqualTo(200);
      } else {
        assertStatus(403, 0, () -> held.getStoredProcedure("echo").execute(List.of(), on(key)));
      }
    }
  }

  private static JsonNode find(String id) {
    return running.simulator.find("shop", "orders", id).orElseThrow();
  }

  private static CosmosException assertStatus(int status, int subStatus, Runnable call) {
    CosmosException thrown = catchThrowableOfType(CosmosException.class, call::run);
    assertThat(thrown).isNotNull();
    assertThat(thrown.getStatusCode()).isEqualTo(status);
    assertThat(thrown.getSubStatusCode()).isEqualTo(subStatus);
    return thrown;
  }
}
