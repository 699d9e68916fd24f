package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CosmosSimulatorTest {

  private static final String ORDERS = "dbs/shop/colls/orders";
  private static final String KEY = "x-ms-documentdb-partitionkey";

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
  void emptyContainer() {
    running.resetWithContainer();
  }

  @Test
  void describesOneRegionAtItsOwnEndpoint() throws Exception {
    JsonNode account = client.request("GET", "/").signed("", "").send().json();

    assertThat(account.path("id").textValue()).isEqualTo("orders-prod");
    for (String locations : List.of("writableLocations", "readableLocations")) {
      assertThat(account.path(locations)).hasSize(1);
      assertThat(account.path(locations).path(0).path("databaseAccountEndpoint").textValue())
          .isEqualTo(running.simulator.endpoint().toString());
    }
    assertThat(account.path("queryEngineConfiguration").isTextual()).isTrue();
    assertThat(account.has("thinClientReadableLocations")).isFalse();
  }

  @Test
  void namesThinClientEndpointsToWhoAsks() throws Exception {
    JsonNode account =
        client
            .request("GET", "/")
            .signed("", "")
            .header("x-ms-cosmos-use-thinclient", "true")
            .send()
            .json();

    assertThat(account.path("thinClientReadableLocations")).hasSize(1);
    assertThat(account.path("thinClientWritableLocations")).hasSize(1);
  }

  @Test
  void givesTwoRunsOfTheSameCallsTheSameAnswers() throws Exception {
    assertThat(run()).isEqualTo(run());
  }

  private static List<String> run() throws Exception {
    running.resetWithContainer();
    running.put("{'id': '1', 'pk': 'a'}");
    List<String> answers = new ArrayList<>();
    for (String method : List.of("GET", "HEAD", "GET")) {
      RawClient.Reply reply = item(method, "1", "a").send();
      answers.add(reply.response().body().replaceAll("\"_ts\":\\d+", ""));
      answers.add(reply.header("etag") + reply.header("lsn") + reply.header("x-ms-session-token"));
    }
    answers.add(query("SELECT * FROM c").send().response().body().replaceAll("\"_ts\":\\d+", ""));
    return answers;
  }

  @Test
  void recordsRequestsAsTheyArrived() throws Exception {
    client
        .request("POST", "/dbs//shop?x")
        .header("X-Twice", "1")
        .header("x-twice", "2")
        .body("{}")
        .send();

    ReceivedRequest request = running.simulator.received().getLast();

    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.target()).isEqualTo("/dbs//shop?x");
    assertThat(request.headers("x-twice")).containsExactly("1", "2");
    assertThat(request.body().toString()).isEqualTo("{}");
    assertThat(request.statusCode()).isEqualTo(401);
    assertThat(request).hasToString("ReceivedRequest[POST /dbs//shop?x 401]");
  }

  @Test
  void keepsTheLatestThousandRequests() {
    Received received = new Received();
    for (int i = 0; i <= 1000; i++) {
      received.add(new ReceivedRequest("GET", "/" + i, List.of(), Buffer.buffer(), 200));
    }

    assertThat(received.all()).hasSize(1000);
    assertThat(received.all().getFirst().target()).isEqualTo("/1");
  }

  @Test
  void refusesSeedDataThatHasNoPlace() {
    CosmosSimulator simulator = running.simulator;

    assertThatIllegalArgumentException().isThrownBy(() -> simulator.createDatabase("shop"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> simulator.createContainer("shop", "orders", "/pk"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> simulator.createContainer("none", "orders", "/pk"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> simulator.createContainer("shop", "x", "pk"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> simulator.put("shop", "none", RunningSimulator.json("{'id': '1'}")));
    assertThatIllegalArgumentException().isThrownBy(() -> running.put("{}"));
  }

  @Test
  void echoesAnActivityIdOnlyIfItIsAGuid() throws Exception {
    String guid = UUID.randomUUID().toString();

    assertThat(withActivityId(guid)).isEqualTo(guid);
    assertThat(withActivityId("evil")).isNotEqualTo("evil").hasSize(36);
  }

  private static String withActivityId(String id) throws Exception {
    return item("GET", "1", "a").header("x-ms-activity-id", id).send().header("x-ms-activity-id");
  }

  @Test
  void describesAContainersPlace() throws Exception {
    RawClient.Reply reply = client.request("GET", "/" + ORDERS).signed("colls", ORDERS).send();

    assertThat(reply.header("x-ms-alt-content-path")).isEqualTo("dbs/shop");
    assertThat(reply.header("x-ms-content-path")).hasSize(8);
    assertThat(reply.json().path("_rid").textValue())
        .hasSize(12)
        .startsWith(reply.header("x-ms-content-path").substring(0, 5));
  }

  @Test
  void tellsPartitionsUntilNothingIsNew() throws Exception {
    RawClient.Reply first =
        client
            .request("GET", "/" + ORDERS + "/pkranges")
            .signed("pkranges", ORDERS)
            .header("a-im", "Incremental Feed")
            .send();
    RawClient.Reply second =
        client
            .request("GET", "/" + ORDERS + "/pkranges")
            .signed("pkranges", ORDERS)
            .header("a-im", "Incremental Feed")
            .header("if-none-match", first.header("etag"))
            .send();

    JsonNode ranges = first.json().path("PartitionKeyRanges");
    assertThat(ranges).hasSize(2);
    assertThat(ranges.path(0).path("minInclusive").textValue()).isEmpty();
    assertThat(ranges.path(0).path("maxExclusive")).isEqualTo(ranges.path(1).path("minInclusive"));
    assertThat(ranges.path(1).path("maxExclusive").textValue()).isEqualTo("FF");
    assertThat(second.status()).isEqualTo(304);
  }

  @Test
  void leavesTheBodyOutWhenAsked() throws Exception {
    RawClient.Reply reply =
        create("{'id': '1', 'pk': 'a'}", "[\"a\"]").header("prefer", "return=minimal").send();

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.response().body()).isEmpty();
    assertThat(reply.header("etag")).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "{'pk': 'a'}~400~0",
        "{'id': '', 'pk': 'a'}~400~0",
        "{'id': 1, 'pk': 'a'}~400~0",
        "{'id': 'a/b', 'pk': 'a'}~400~0",
        "{'id': 'a#', 'pk': 'a'}~400~0",
        "[]~400~0",
        "{~400~0",
        "{} {}~400~0",
        "{'id': '1', 'pk': 'b'}~400~1001",
        "{'id': '1'}~400~1001",
      },
      quoteCharacter = '`')
  void refusesItemsThatAreNone(String body, int status, String subStatus) throws Exception {
    RawClient.Reply reply = create(body, "[\"a\"]").send();

    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.header("x-ms-substatus")).isEqualTo(subStatus);
    assertThat(reply.header("content-length"))
        .isEqualTo(Integer.toString(reply.response().body().length()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "[", "[\"a\",\"b\"]", "[[1]]"})
  void refusesKeysThatAreNone(String key) throws Exception {
    assertThat(create("{'id': '1', 'pk': 'a'}", key).send().status()).isEqualTo(400);
  }

  @Test
  void needsAKey() throws Exception {
    String link = ORDERS + "/docs/1";

    assertThat(client.request("GET", "/" + link).signed("docs", link).send().status())
        .isEqualTo(400);
    assertThat(
            client
                .request("POST", "/" + ORDERS + "/docs")
                .signed("docs", ORDERS)
                .body("{'id': '1', 'pk': 'a'}")
                .send()
                .status())
        .isEqualTo(400);
  }

  @Test
  void refusesItemsBeyondTwoMegabytes() throws Exception {
    String body = "{'id': '1', 'pk': 'a', 'x': '" + "x".repeat(2 * 1024 * 1024) + "'}";

    assertThat(create(body, "[\"a\"]").send().status()).isEqualTo(413);
  }

  @Test
  void refusesWhatWasMeantForAnEarlierContainer() throws Exception {
    RawClient.Reply reply =
        item("GET", "1", "a").header("x-ms-cosmos-intended-collection-rid", "AAAAAIAAAAA=").send();

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.header("x-ms-substatus")).isEqualTo("1024");
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/dbs/none,404,0",
    "GET,/dbs/none/colls,404,1003",
    "GET,/dbs/shop/colls/none,404,0",
    "GET,/dbs/shop/colls/none/docs/1,404,1003",
    "GET,/dbs/shop/colls/orders/docs/1/attachments,404,0",
    "GET,/media,404,0",
    "PUT,/dbs,405,0",
    "PATCH,/dbs/shop,405,0",
    "GET,/dbs/shop/users/none,404,0",
    "GET,/dbs/shop/users/none/permissions,404,1003",
    "GET,/dbs/shop/colls/orders/sprocs/none,404,0",
    "GET,/dbs/shop/colls/orders/conflicts/none,404,0",
    "GET,/dbs/shop/clientencryptionkeys/none,404,0",
    "DELETE,/dbs/shop/clientencryptionkeys,405,0",
    "GET,/dbs/shop/colls/orders/triggers/none,404,0",
    "GET,/dbs/shop/colls/orders/udfs/none,404,0",
    "POST,/dbs/shop/colls/orders/triggers/none,404,0",
    "PUT,/dbs/shop/colls/orders/udfs,405,0",
    "GET,/offers/none,404,0",
  })
  void refusesWhatIsNotThere(String method, String target, int status, String subStatus)
      throws Exception {
    ResourcePath path = ResourcePath.parse(target);

    RawClient.Reply reply =
        client.request(method, target).signed(path.resourceType(), path.link()).send();

    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.header("x-ms-substatus")).isEqualTo(subStatus);
    assertThat(reply.message()).isNotEmpty();
  }

  @Test
  void saysSoWhereItSimulatesNothing() throws Exception {
    RawClient.Reply reply = create("{'id': '1', 'pk': 'a'}", "[\"a\"]").header("a-im", "x").send();

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.message()).startsWith("not simulated: ");
  }

  @Test
  void showsARangeItsItemsOnly() throws Exception {
    for (int i = 0; i < 20; i++) {
      running.put("{'id': '1', 'pk': 'p" + i + "'}");
    }

    int inFirst =
        count(query("SELECT * FROM c").header("x-ms-documentdb-partitionkeyrangeid", "0"));
    int inSecond =
        count(query("SELECT * FROM c").header("x-ms-documentdb-partitionkeyrangeid", "x,1"));
    int below =
        count(
            query("SELECT * FROM c")
                .header("x-ms-start-epk", "")
                .header("x-ms-end-epk", "1FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"));

    assertThat(inFirst).isBetween(1, 19).isEqualTo(below);
    assertThat(inFirst + inSecond).isEqualTo(20);
    assertThat(
            query("SELECT * FROM c")
                .header("x-ms-documentdb-partitionkeyrangeid", "2")
                .send()
                .status())
        .isEqualTo(410);
  }

  private static int count(RawClient.Request query) throws Exception {
    return query.send().json().path("Documents").size();
  }

  @Test
  void continuesOnlyWhereThePageEnded() throws Exception {
    for (int i = 0; i < 3; i++) {
      running.put("{'id': '" + i + "', 'pk': 'a'}");
    }
    String rid =
        client
            .request("GET", "/" + ORDERS)
            .signed("colls", ORDERS)
            .send()
            .json()
            .path("_rid")
            .asText();

    String token =
        query("SELECT * FROM c")
            .header("x-ms-max-item-count", "2")
            .send()
            .header("x-ms-continuation");

    assertThat(token).isEqualTo("-RID:~" + Rid.item(rid, 2) + "#RT:1#TRC:2");
    assertThat(count(query("SELECT * FROM c").header("x-ms-continuation", token))).isEqualTo(1);
    for (String bad :
        List.of(
            token.replace(Rid.item(rid, 2), Rid.item("AAAAAIAAAAA=", 2)),
            "x",
            token + "x",
            token + "#RTD:W3t9XQ")) {
      assertThat(query("SELECT * FROM c").header("x-ms-continuation", bad).send().status())
          .isEqualTo(400);
    }
  }

  @Test
  void readsTheFeedOfAllItems() throws Exception {
    running.put("{'id': '1', 'pk': 'a'}");
    running.put("{'id': '1', 'pk': 'b'}");

    JsonNode feed =
        client.request("GET", "/" + ORDERS + "/docs").signed("docs", ORDERS).send().json();

    assertThat(feed.path("Documents")).hasSize(2);
  }

  @Test
  void asksForAPlanWhereRangesMustBeMerged() throws Exception {
    RawClient.Reply reply = query("SELECT VALUE COUNT(1) FROM c").send();

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.header("x-ms-substatus")).isEqualTo("1004");
    JsonNode plan = RunningSimulator.json(reply.json().path("additionalErrorInfo").textValue());
    assertThat(plan.path("queryInfo").path("aggregates").path(0).textValue()).isEqualTo("Count");
  }

  private static RawClient.Request item(String method, String id, String key) {
    String link = ORDERS + "/docs/" + id;
    return client.request(method, "/" + link).signed("docs", link).header(KEY, "[\"" + key + "\"]");
  }

  private static RawClient.Request create(String body, String key) {
    return client
        .request("POST", "/" + ORDERS + "/docs")
        .signed("docs", ORDERS)
        .header(KEY, key)
        .body(body);
  }

  private static RawClient.Request query(String text) {
    ObjectNode body = Json.object().put("query", text);
    return client
        .request("POST", "/" + ORDERS + "/docs")
        .signed("docs", ORDERS)
        .header("x-ms-documentdb-isquery", "True")
        .header("content-type", "application/query+json")
        .body(body.toString());
  }
}
