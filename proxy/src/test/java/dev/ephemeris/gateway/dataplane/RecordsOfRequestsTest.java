package dev.ephemeris.gateway.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.config.Account.Identifiers;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the journal has of a request, and what it hasn't: whose data it was about. */
class RecordsOfRequestsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ORDERS = "/dbs/shop/colls/orders/docs";
  private static final String KEY = "x-ms-documentdb-partitionkey: [\"customer-one\"]";

  private static DataPlaneFixture fixture;
  private static RawHttp hashed;
  private static RawHttp plain;
  private static String token;

  @BeforeAll
  static void start() throws Exception {
    fixture = new DataPlaneFixture("team-policy.yaml");
    hashed = new RawHttp(fixture.certificate().clientTls(), fixture.gateway());
    plain = new RawHttp(fixture.certificate().clientTls(), fixture.gateway(Identifiers.PLAIN));
    token = fixture.lease("orders-prod:/dbs/shop/colls/orders", "clerk").token().reveal();
    fixture.simulator().createDatabase("shop");
    fixture.simulator().createContainer("shop", "orders", "/customerId");
    for (String id : List.of("order-one", "order-two")) {
      fixture
          .simulator()
          .put(
              "shop",
              "orders",
              JSON.readTree("{\"id\":\"" + id + "\",\"customerId\":\"customer-one\"}"));
    }
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
  }

  private static RawHttp.Answer send(
      RawHttp http, String method, String target, List<String> headers, String body)
      throws Exception {
    return http.send(
        method,
        target,
        Stream.concat(
                Stream.of(
                    "authorization: " + URLEncoder.encode(token, StandardCharsets.UTF_8),
                    "x-ms-version: 2020-07-15"),
                headers.stream())
            .toList(),
        body.getBytes(StandardCharsets.UTF_8));
  }

  private static void query(String body) throws Exception {
    RawHttp.Answer answer =
        send(
            hashed,
            "POST",
            ORDERS,
            List.of(KEY, "content-type: application/query+json", "x-ms-documentdb-isquery: true"),
            body);
    assertThat(answer.status()).describedAs(answer.body()).isEqualTo(200);
  }

  /** The last intent and its outcome, which follows the answer. */
  private static Map<String, JsonNode> last() throws Exception {
    Instant end = Instant.now().plus(Duration.ofSeconds(10));
    while (true) {
      List<JsonNode> records = new ArrayList<>();
      for (String line : fixture.journal().lines().toList()) {
        JsonNode record = JSON.readTree(line);
        if (record.path("type").asText().startsWith("request")) {
          records.add(record);
        }
      }
      if (records.getLast().path("type").asText().equals("requestOutcome")) {
        return Map.of("intent", records.get(records.size() - 2), "outcome", records.getLast());
      }
      assertThat(Instant.now()).isBefore(end);
      Thread.sleep(10);
    }
  }

  @Test
  void aPointReadHasPseudonymsOfItsItemAndKey() throws Exception {
    send(hashed, "GET", ORDERS + "/order-one", List.of(KEY), "");
    JsonNode first = last().get("intent");
    send(hashed, "GET", ORDERS + "/order-two", List.of(KEY.replace("[\"", "[ \"")), "");
    JsonNode second = last().get("intent");

    assertThat(first.path("operation").asText()).isEqualTo("READ_ITEM");
    assertThat(first.path("itemId").asText()).matches("hmac-sha256:[0-9a-f]{64}");
    assertThat(first.path("partitionKey").asText()).matches("hmac-sha256:[0-9a-f]{64}");
    assertThat(second.path("itemId")).isNotEqualTo(first.path("itemId"));
    assertThat(second.path("partitionKey")).isEqualTo(first.path("partitionKey"));
    assertThat(Stream.of("queryShape", "queryFingerprint", "batchOperations"))
        .noneMatch(first::has);
  }

  @Test
  void whatIsAskedAboutIsNowhere() throws Exception {
    send(hashed, "GET", ORDERS + "/order-one", List.of(KEY), "");
    query("{\"query\":\"SELECT * FROM c WHERE c.name = 'Alice Cooper'\"}");
    JsonNode unused = last().get("outcome");

    assertThat(fixture.journal())
        .doesNotContain("order-two\"", "Alice Cooper")
        .doesNotContain("[\\\"customer-one\\\"]");
  }

  @Test
  void anAccountMayHaveThemPlain() throws Exception {
    send(plain, "GET", ORDERS + "/none", List.of("x-ms-documentdb-partitionkey: [ \"k-1\" ]"), "");
    JsonNode intent = last().get("intent");

    assertThat(intent.path("itemId").asText()).isEqualTo("none");
    assertThat(intent.path("partitionKey").asText()).isEqualTo("[\"k-1\"]");
    assertThat(last().get("outcome").has("itemCount")).isFalse();
  }

  @Test
  void aQueryHasItsShapeAndAFingerprint() throws Exception {
    query("{\"query\":\"SELECT c.id FROM c WHERE c.total > 100 -- of Alice\"}");
    JsonNode first = last().get("intent");
    query("{\"query\":\"select c.id from c where c['total'] > 7\",\"parameters\":[]}");
    JsonNode second = last().get("intent");

    assertThat(first.path("queryShape").asText())
        .isEqualTo("SELECT c[\"id\"] FROM c WHERE c[\"total\"] > ?");
    assertThat(first.path("queryFingerprint").asText()).matches("sha256:[0-9a-f]{64}");
    assertThat(second.path("queryShape")).isEqualTo(first.path("queryShape"));
    assertThat(second.path("queryFingerprint")).isEqualTo(first.path("queryFingerprint"));
    assertThat(first.has("itemId")).isFalse();
  }

  @Test
  void anOutcomeSaysHowManyItems() throws Exception {
    query("{\"query\":\"SELECT * FROM c\"}");

    assertThat(last().get("outcome").path("itemCount").intValue()).isEqualTo(2);
  }

  @Test
  void aBatchSaysHowManyOperationsGoOn() throws Exception {
    String read = "{\"operationType\":\"Read\",\"id\":\"order-one\"}";
    RawHttp.Answer answer =
        send(
            hashed,
            "POST",
            ORDERS,
            List.of(
                KEY,
                "content-type: application/json",
                "x-ms-cosmos-is-batch-request: true",
                "x-ms-cosmos-batch-atomic: false",
                "x-ms-cosmos-batch-continue-on-error: true"),
            "[" + read + "," + read + "," + read.replace("Read", "Delete") + "]");

    assertThat(answer.status()).describedAs(answer.body()).isEqualTo(207);
    assertThat(last().get("intent").path("batchOperations").intValue()).isEqualTo(2);
  }
}
