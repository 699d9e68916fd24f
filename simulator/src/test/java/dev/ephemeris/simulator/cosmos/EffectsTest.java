package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.ephemeris.cosmos.HttpDate;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EffectsTest {

  private static final String ORDERS = "dbs/shop/colls/orders";

  private static RunningSimulator running;
  private static RawClient client;

  @BeforeAll
  static void start() throws Exception {
    running = new RunningSimulator();
    client = new RawClient(running);
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  @BeforeEach
  void oneItem() {
    running.resetWithContainer();
    running.put("{'id': '1', 'pk': 'a'}");
  }

  private static RawClient.Request request(String method, String target) {
    ResourcePath path = ResourcePath.parse(target);
    Instant now = Instant.now();
    return client
        .request(method, target)
        .header("x-ms-date", HttpDate.format(now))
        .header(
            "authorization", RunningSimulator.sign(method, path.resourceType(), path.link(), now))
        .header("x-ms-documentdb-partitionkey", "[\"a\"]");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "POST   | /dbs                        |        | {'id': 'new'}            | CREATE_DATABASE"
            + "  | dbs/new",
        "DELETE | /dbs/shop                   |        |                          | DELETE_DATABASE"
            + "  | dbs/shop",
        "POST   | /dbs/shop/colls             |        | {'id': 'n', 'partitionKey': {'paths':"
            + " ['/pk']}} | CREATE_CONTAINER | dbs/shop/colls/n",
        "DELETE | /dbs/shop/colls/orders      |        |                          |"
            + " DELETE_CONTAINER | dbs/shop/colls/orders",
        "POST   | /dbs/shop/colls/orders/docs |        | {'id': '2', 'pk': 'a'}   | CREATE_ITEM    "
            + "  | dbs/shop/colls/orders/docs/2",
        "POST   | /dbs/shop/colls/orders/docs | upsert | {'id': '1', 'pk': 'a'}   | UPSERT_ITEM    "
            + "  | dbs/shop/colls/orders/docs/1",
        "PUT    | /dbs/shop/colls/orders/docs/1 |      | {'id': '1', 'pk': 'a'}   | REPLACE_ITEM   "
            + "  | dbs/shop/colls/orders/docs/1",
        "PATCH  | /dbs/shop/colls/orders/docs/1 |      | [{'op': 'set', 'path': '/x', 'value': 1}]"
            + " | PATCH_ITEM | dbs/shop/colls/orders/docs/1",
        "DELETE | /dbs/shop/colls/orders/docs/1 |      |                          | DELETE_ITEM    "
            + "  | dbs/shop/colls/orders/docs/1",
      })
  void recordsEachChangeWithItsActivity(
      String method, String target, String selector, String body, String operation, String link)
      throws Exception {
    String activity = UUID.randomUUID().toString();
    RawClient.Request request = request(method, target).header("x-ms-activity-id", activity);
    if (selector != null) {
      request.header("x-ms-documentdb-is-upsert", "true");
    }

    RawClient.Reply reply = request.body(body == null ? "" : body).send();

    assertThat(running.simulator.effects())
        .singleElement()
        .satisfies(
            effect -> {
              assertThat(effect.order()).isEqualTo(1);
              assertThat(effect.activityId()).isEqualTo(activity);
              assertThat(effect.operation()).isEqualTo(operation);
              assertThat(effect.resource()).isEqualTo(link);
              assertThat(effect.partitionKey()).isEqualTo("[\"a\"]");
              assertThat(effect.statusCode()).isEqualTo(reply.status()).isLessThan(300);
            });
  }

  @Test
  void recordsThemInTheirOrder() throws Exception {
    for (int i = 2; i < 5; i++) {
      request("POST", "/" + ORDERS + "/docs").body("{'id': '" + i + "', 'pk': 'a'}").send();
    }

    List<Effect> effects = running.simulator.effects();
    assertThat(effects).extracting(Effect::order).containsExactly(1L, 2L, 3L);
    assertThat(effects)
        .extracting(Effect::resource)
        .containsExactly(ORDERS + "/docs/2", ORDERS + "/docs/3", ORDERS + "/docs/4");
    assertThat(effects).extracting(Effect::at).isSorted();
  }

  @Test
  void recordsTheActivityThatTheAnswerNames() throws Exception {
    RawClient.Reply reply = request("DELETE", "/" + ORDERS + "/docs/1").send();

    assertThat(running.simulator.effects())
        .extracting(Effect::activityId)
        .containsExactly(reply.header("x-ms-activity-id"));
  }

  @Test
  void recordsNothingThatReadsOrFails() throws Exception {
    request("GET", "/" + ORDERS + "/docs/1").send();
    request("POST", "/" + ORDERS + "/docs")
        .header("x-ms-documentdb-isquery", "true")
        .body("{'query': 'SELECT * FROM c'}")
        .send();
    request("POST", "/" + ORDERS + "/docs").body("{'id': '1', 'pk': 'a'}").send(); // 409
    request("DELETE", "/" + ORDERS + "/docs/9").send(); // 404
    request("DELETE", "/" + ORDERS + "/docs/1").header("if-match", "\"x\"").send(); // 412
    client.request("DELETE", "/" + ORDERS + "/docs/1").send(); // 401
    running.put("{'id': '7', 'pk': 'a'}");

    assertThat(running.simulator.effects()).isEmpty();
  }

  @Test
  void namesTheContainerOfAPathOfRids() throws Exception {
    String self =
        running.simulator.find("shop", "orders", "1").orElseThrow().path("_self").textValue();
    String rid = self.split("/", -1)[5];

    client
        .request("DELETE", "/" + self)
        .signed("docs", rid.toLowerCase(Locale.ROOT))
        .header("x-ms-documentdb-partitionkey", "[\"a\"]")
        .send();

    assertThat(running.simulator.effects())
        .extracting(Effect::resource)
        .containsExactly(ORDERS + "/docs/" + rid);
  }

  @Test
  void startsAnewAfterAReset() throws Exception {
    request("DELETE", "/" + ORDERS + "/docs/1").send();
    oneItem();
    assertThat(running.simulator.effects()).isEmpty();

    request("DELETE", "/" + ORDERS + "/docs/1").send();

    assertThat(running.simulator.effects()).extracting(Effect::order).containsExactly(1L);
  }

  /** A batch's own answer says what became of each operation; reads change nothing. */
  @Test
  void recordsWhatSucceededOfABatch() {
    Account account = new Account(Instant::now);
    account.createContainer(
        account.createDatabase("shop"),
        "orders",
        KeyDefinition.of(KeyPath.parse("/pk").orElseThrow()),
        UniqueKeys.parse(Json.object()).orElseThrow(),
        Optional.empty(),
        Json.object());
    String operations =
        """
        [{"operationType": "Create", "resourceBody": {"id": "1"}, "partitionKey": "[\\"a\\"]"},
         {"operationType": "Read", "id": "2"},
         {"operationType": "Patch", "id": "3", "resourceBody": {"operations": []}},
         {"operationType": "Delete", "id": "4"}]
        """;
    Call call =
        Call.of(
            "POST",
            "/" + ORDERS + "/docs",
            MultiMap.caseInsensitiveMultiMap()
                .add("x-ms-cosmos-is-batch-request", "True")
                .add("x-ms-documentdb-partitionkey", "[\"b\"]"),
            operations.getBytes(StandardCharsets.UTF_8),
            "127.0.0.1");
    EffectLog log = new EffectLog(Instant::now);

    log.record(
        call,
        CallKind.of(call),
        Target.of(call, account),
        Answer.of(
            207,
            "[{\"statusCode\":201},{\"statusCode\":200},{\"statusCode\":200},{\"statusCode\":404}]"
                .getBytes(StandardCharsets.UTF_8)));

    assertThat(log.all())
        .extracting(Effect::operation, Effect::resource, Effect::partitionKey, Effect::statusCode)
        .containsExactly(
            tuple("CREATE_ITEM", ORDERS + "/docs/1", "[\"a\"]", 201),
            tuple("PATCH_ITEM", ORDERS + "/docs/3", "[\"b\"]", 200));
  }
}
