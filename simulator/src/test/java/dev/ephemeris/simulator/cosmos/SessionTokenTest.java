package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.cosmos.ConsistencyLevel;
import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosItemRequestOptions;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

/** Session consistency: what a client has seen, it sees again. */
class SessionTokenTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Keys of partition 0 and of partition 1. */
  private static final String FIRST = keyIn(true);

  private static final String SECOND = keyIn(false);

  private static RunningSimulator running;
  private static RawClient raw;
  private static int made;

  /** New in each test: a RID of an earlier one's would have come further already. */
  private String id;

  private String link;

  SessionTokenTest() {
    id = "orders" + ++made;
    link = "dbs/shop/colls/" + id;
  }

  private static String keyIn(boolean first) {
    KeyDefinition definition = KeyDefinition.of(KeyPath.parse("/pk").orElseThrow());
    return IntStream.range(0, 100)
        .mapToObj(i -> "p" + i)
        .filter(
            key ->
                first
                    == definition
                            .epk(
                                dev.ephemeris.cosmos.PartitionKey.parse("[\"" + key + "\"]")
                                    .orElseThrow())
                            .compareTo("1F")
                        < 0)
        .findFirst()
        .orElseThrow();
  }

  @BeforeAll
  static void start() throws Exception {
    running = new RunningSimulator();
    raw = new RawClient(running);
    running.simulator.createDatabase("shop");
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  @BeforeEach
  void newContainer() {
    running.simulator.createContainer("shop", id, "/pk");
  }

  private static ObjectNode item(String itemId, String key) {
    return JSON.createObjectNode().put("id", itemId).put("pk", key);
  }

  private void put(String itemId, String key) {
    running.simulator.put("shop", id, item(itemId, key));
  }

  private RawClient.Request request(String method, String path, String key) {
    ResourcePath parsed = ResourcePath.parse("/" + link + path);
    RawClient.Request request =
        raw.request(method, "/" + link + path).signed(parsed.resourceType(), parsed.link());
    return key.isEmpty()
        ? request
        : request.header(CosmosHeaders.PARTITION_KEY, "[\"" + key + "\"]");
  }

  private RawClient.Reply read(String itemId, String key, String token) throws Exception {
    return request("GET", "/docs/" + itemId, key).header(CosmosHeaders.SESSION_TOKEN, token).send();
  }

  @ParameterizedTest(name = "{0}")
  @CsvFileSource(resources = "session-tokens.csv", numLinesToSkip = 1)
  void isHeldAgainstThePartitionThatIsRead(String token, int status, String subStatus)
      throws Exception {
    put("1", FIRST);
    put("2", FIRST);

    RawClient.Reply reply = read("1", FIRST, token);

    assertThat(reply.status()).isEqualTo(status);
    switch (status) {
      case 200 -> assertThat(reply.header(CosmosHeaders.SESSION_TOKEN)).isEqualTo("0:-1#3");
      case 404 -> {
        assertThat(reply.header("x-ms-substatus")).isEqualTo(subStatus);
        assertThat(reply.message())
            .startsWith("The read session is not available for the input session token.");
      }
      default -> {
        assertThat(reply.header("x-ms-substatus")).isEqualTo(subStatus);
        assertThat(reply.message())
            .startsWith("The session token provided '" + token + "' is invalid.");
      }
    }
  }

  @Test
  void movesWithEveryWriteAndWithNothingElse() throws Exception {
    RawClient.Reply created =
        request("POST", "/docs", FIRST).body("{'id': '1', 'pk': '" + FIRST + "'}").send();
    assertThat(created.header(CosmosHeaders.SESSION_TOKEN)).isEqualTo("0:-1#2");
    assertThat(created.header("lsn")).isEqualTo("2");
    assertThat(created.header(CosmosHeaders.PARTITION_KEY_RANGE_ID)).isEqualTo("0");

    assertThat(token(request("PUT", "/docs/1", FIRST).body("{'id': '1', 'pk': '" + FIRST + "'}")))
        .isEqualTo("0:-1#3");
    assertThat(
            token(
                request("PATCH", "/docs/1", FIRST)
                    .body("[{'op': 'set', 'path': '/x', 'value': 1}]")))
        .isEqualTo("0:-1#4");
    assertThat(token(request("GET", "/docs/1", FIRST))).isEqualTo("0:-1#4");
    assertThat(
            token(
                request("POST", "/docs", "")
                    .header(CosmosHeaders.IS_QUERY, "true")
                    .body("{'query': 'SELECT * FROM c'}")))
        .isEqualTo("0:-1#4,1:-1#1");
    assertThat(token(request("GET", "/docs", ""))).isEqualTo("0:-1#4,1:-1#1");
    assertThat(token(request("DELETE", "/docs/1", FIRST))).isEqualTo("0:-1#5");
    assertThat(token(request("GET", "", ""))).isEqualTo("0:-1#5,1:-1#1");
    put("2", SECOND);
    assertThat(token(request("GET", "/docs/2", SECOND))).isEqualTo("1:-1#2");
    assertThat(token(request("POST", "/operations/partitionkeydelete", SECOND)))
        .isEqualTo("1:-1#3");
  }

  private static String token(RawClient.Request request) throws Exception {
    return request.send().header(CosmosHeaders.SESSION_TOKEN);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST | /docs   | 409 | {'id': '1', 'pk': 'FIRST'}",
        "GET  | /docs/9 | 404 | ",
        "PUT  | /docs/1 | 412 | {'id': '1', 'pk': 'FIRST'}"
      })
  void comesWithTheseFailuresToo(String method, String path, int status, String body)
      throws Exception {
    put("1", FIRST);

    RawClient.Reply reply =
        request(method, path, FIRST)
            .header(CosmosHeaders.IF_MATCH, "\"another\"")
            .body(body == null ? "" : body.replace("FIRST", FIRST))
            .send();

    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.header(CosmosHeaders.SESSION_TOKEN)).isEqualTo("0:-1#2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "GET    | /docs/1                        | first  | -       | 404",
        "POST   | /docs                          | first  | query   | 404",
        "POST   | /docs                          | second | query   | 200",
        "POST   | /docs                          | -      | query   | 404",
        "POST   | /docs                          | -      | query 0 | 404",
        "POST   | /docs                          | -      | query 1 | 200",
        "POST   | /docs                          | first  | plan    | 200",
        "GET    | /docs                          | -      | -       | 404",
        "GET    | /docs                          | -      | feed    | 404",
        "POST   | /docs                          | first  | upsert  | 200",
        "PUT    | /docs/1                        | first  | -       | 200",
        "DELETE | /docs/1                        | first  | -       | 204",
        "POST   | /sprocs/s                      | first  | -       | 200",
        "GET    |                                | -      | -       | 200",
        "GET    | /pkranges                      | -      | -       | 200",
      })
  void countsForReadsOfItemsOnly(
      String method, String path, String key, String selector, int status) throws Exception {
    running.simulator.register("shop", id, "s", (_, _) -> JSON.nullNode());
    put("1", FIRST);
    RawClient.Request request =
        request(
                method,
                path == null ? "" : path,
                key == null ? "" : key.equals("first") ? FIRST : SECOND)
            .header(CosmosHeaders.SESSION_TOKEN, "0:-1#99");
    String body = method.equals("PUT") ? item("1", FIRST).toString() : "";
    for (String one : selector == null ? new String[0] : selector.split(" ", -1)) {
      switch (one) {
        case "query" -> request.header(CosmosHeaders.IS_QUERY, "true");
        case "plan" -> request.header(CosmosHeaders.IS_QUERY_PLAN, "true");
        case "feed" -> request.header(CosmosHeaders.A_IM, "Incremental feed");
        case "upsert" -> request.header(CosmosHeaders.IS_UPSERT, "true");
        default -> request.header(CosmosHeaders.PARTITION_KEY_RANGE_ID, one);
      }
      body =
          one.equals("upsert")
              ? item("1", FIRST).toString()
              : one.equals("feed") ? "" : "{'query': 'SELECT * FROM c'}";
    }
    if (path != null && path.equals("/sprocs/s")) {
      body = "[]";
    }

    RawClient.Reply reply = request.body(body).send();

    assertThat(reply.status()).isEqualTo(status);
    if (status == 404) {
      assertThat(reply.header("x-ms-substatus")).isEqualTo("1002");
    }
  }

  @ParameterizedTest
  @CsvSource({"Session,404", "Eventual,200", "ConsistentPrefix,200"})
  void countsInSessionsOnly(String level, int status) throws Exception {
    put("1", FIRST);

    for (String header :
        new String[] {"x-ms-consistency-level", "x-ms-cosmos-read-consistency-strategy"}) {
      RawClient.Reply reply =
          request("GET", "/docs/1", FIRST)
              .header(CosmosHeaders.SESSION_TOKEN, "0:-1#99")
              .header(header, level)
              .send();
      assertThat(reply.status()).as(header).isEqualTo(status);
    }
  }

  @ParameterizedTest
  @CsvSource({"POST,/docs", "PUT,/docs/1", "DELETE,/docs/1", "POST,/sprocs/s"})
  void mustBeOneOnWritesToo(String method, String path) throws Exception {
    running.simulator.register("shop", id, "s", (_, _) -> JSON.nullNode());
    put("1", FIRST);

    RawClient.Reply reply =
        request(method, path, FIRST)
            .header(CosmosHeaders.SESSION_TOKEN, "nonsense")
            .body(path.equals("/sprocs/s") ? "[]" : item("1", FIRST).toString())
            .send();

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.message()).startsWith("The session token provided 'nonsense' is invalid.");
    assertThat(running.simulator.find("shop", id, "1")).isPresent();
  }

  @Test
  void ofARangeFromBeforeASplitCountsForItsParts() throws Exception {
    put("1", FIRST);
    put("2", FIRST);
    running.simulator.split("shop", id);

    assertThat(read("1", FIRST, "0:-1#3").status()).isEqualTo(200);
    assertThat(read("1", FIRST, "0:-1#3,1:-1#9").status()).isEqualTo(200);
    RawClient.Reply ahead = read("1", FIRST, "0:-1#4");
    assertThat(ahead.status()).isEqualTo(404);
    assertThat(ahead.header("x-ms-substatus")).isEqualTo("1002");

    put("3", FIRST);
    assertThat(read("1", FIRST, "0:-1#4").status()).isEqualTo(200);
    assertThat(read("1", FIRST, "0:-1#4").header(CosmosHeaders.SESSION_TOKEN)).matches("[23]:-1#4");
  }

  @Test
  void fromBeforeAResetIsStillTaken() throws Exception {
    try (RunningSimulator other = new RunningSimulator();
        CosmosClient client = other.sdkClient()) {
      other.resetWithContainer();
      CosmosContainer orders = client.getDatabase("shop").getContainer("orders");
      IntStream.range(0, 5).forEach(i -> orders.createItem(item("i" + i, FIRST)));
      other.resetWithContainer();
      other.put(item("1", FIRST).toString());

      assertThat(orders.readItem("1", new PartitionKey(FIRST), JsonNode.class).getStatusCode())
          .isEqualTo(200);
      assertThat(other.simulator.received())
          .extracting(ReceivedRequest::statusCode)
          .doesNotContain(404);
    }
  }

  @Test
  void carriesAnSdkThroughWritesReadsQueriesAndSplits() {
    try (CosmosClient client =
        running.sdk().consistencyLevel(ConsistencyLevel.SESSION).buildClient()) {
      CosmosContainer orders = client.getDatabase("shop").getContainer(id);
      for (int i = 0; i < 12; i++) {
        orders.createItem(item("i" + i, "p" + i));
      }
      assertThat(count(orders)).isEqualTo(12);
      running.simulator.split("shop", id);
      for (int i = 0; i < 12; i++) {
        assertThat(
                orders.readItem("i" + i, new PartitionKey("p" + i), JsonNode.class).getStatusCode())
            .isEqualTo(200);
        orders.upsertItem(item("i" + i, "p" + i));
      }
      assertThat(count(orders)).isEqualTo(12);

      assertThat(sentTokens()).isNotEmpty().anyMatch(token -> token.matches("[2345]:-1#\\d+.*"));
      assertThat(received())
          .noneMatch(request -> request.statusCode() == 404 || request.statusCode() == 400);
    }
  }

  private List<ReceivedRequest> received() {
    return running.simulator.received().stream()
        .filter(request -> request.target().startsWith("/" + link))
        .toList();
  }

  private List<String> sentTokens() {
    return received().stream()
        .flatMap(request -> request.header(CosmosHeaders.SESSION_TOKEN).stream())
        .toList();
  }

  private static long count(CosmosContainer orders) {
    return orders
        .queryItems("SELECT * FROM c", new CosmosQueryRequestOptions(), JsonNode.class)
        .stream()
        .count();
  }

  @Test
  void isHandedFromOneClientToAnother() {
    try (CosmosClient writer = running.sdkClient();
        CosmosClient reader = running.sdkClient()) {
      String token =
          writer
              .getDatabase("shop")
              .getContainer(id)
              .createItem(item("1", FIRST))
              .getSessionToken();
      CosmosContainer orders = reader.getDatabase("shop").getContainer(id);

      orders.readItem(
          "1",
          new PartitionKey(FIRST),
          new CosmosItemRequestOptions().setSessionToken(token),
          JsonNode.class);

      assertThat(sentTokens()).contains(token);
      CosmosException thrown =
          catchThrowableOfType(
              CosmosException.class,
              () ->
                  orders.readItem(
                      "1",
                      new PartitionKey(FIRST),
                      new CosmosItemRequestOptions().setSessionToken("0:-1#77"),
                      JsonNode.class));
      assertThat(thrown.getStatusCode()).isEqualTo(404);
      assertThat(thrown.getSubStatusCode()).isEqualTo(1002);
      assertThat(received())
          .filteredOn(request -> request.statusCode() == 404)
          .hasSizeGreaterThan(1); // it tries again
    }
  }
}
