package dev.ephemeris.gateway.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.gateway.lease.Issuance;
import dev.ephemeris.policy.PolicySource;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the limits of a rule do to requests. */
class WithinBudgetTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ORDER = "/dbs/shop/colls/orders/docs/o-1";
  private static final String SINGLE = "/dbs/shop/colls/single/docs/o-1";
  private static final String SMALL = "/dbs/shop/colls/small/docs";
  private static final String KEY = "x-ms-documentdb-partitionkey: [\"a\"]";
  private static final String FEED = "a-im: Incremental Feed";

  private static DataPlaneFixture fixture;
  private static RecordingUpstream upstream;
  private static URI simulated;
  private static URI recorded;

  @BeforeAll
  static void start() throws Exception {
    fixture =
        new DataPlaneFixture(
            new PolicySource(
                "limits.yaml",
                """
                apiVersion: ephemeris.dev/v1
                rules:
                  - name: a unit a second
                    for: { groups: [group:default/team] }
                    role: data-reader
                    scopes: ["orders-prod:/dbs/shop/colls/orders"]
                    limits: { requestUnitsPerMinute: 60 }
                  - name: one at a time
                    for: { groups: [group:default/team] }
                    role: data-contributor
                    scopes: ["orders-prod:/dbs/shop/colls/single"]
                    limits: { concurrentRequests: 1 }
                  - name: small requests and pages
                    for: { groups: [group:default/team] }
                    role: data-contributor
                    scopes: ["orders-prod:/dbs/shop/colls/small"]
                    limits: { requestBytes: 100, itemsPerPage: 50 }
                  - name: one key at a time
                    for: { groups: [group:default/team] }
                    role: data-contributor
                    scopes: ["orders-prod:/dbs/shop/colls/bykey"]
                    limits: { crossPartition: deny }
                  - name: everything else in the shop
                    for: { groups: [group:default/team] }
                    role: data-contributor
                    scopes: ["orders-prod:/dbs/shop"]
                """));
    simulated = fixture.gateway();
    upstream = fixture.recordingUpstream();
    recorded = fixture.gateway(steps -> steps, 20_000, upstream.endpoint());
    fixture.simulator().createDatabase("shop");
    fixture.simulator().createContainer("shop", "orders", "/pk");
    fixture.simulator().put("shop", "orders", JSON.readTree("{\"id\":\"o-1\",\"pk\":\"a\"}"));
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
  }

  @BeforeEach
  void forget() {
    upstream.taken();
  }

  @Test
  void requestUnitsAreUsedUp() throws Exception {
    Issuance.Issued lease = reader();
    RawHttp.Answer last = send(simulated, lease, "GET", ORDER, List.of(KEY), "");
    assertThat(last.status()).isEqualTo(200);
    // Ten seconds' worth is there, and reading it up takes much less.
    for (int i = 0; i < 1_000 && last.status() == 200; i++) {
      last = send(simulated, lease, "GET", ORDER, List.of(KEY), "");
    }

    assertThat(last.status()).as(last.body()).isEqualTo(429);
    assertThat(last.header("x-ms-retry-after-ms").map(Long::parseLong).orElseThrow())
        .isBetween(1L, 10_000L);
    assertThat(last.body()).contains("a unit a second", lease.lease().id().value(), "60");
    // Another lease has a budget of its own.
    assertThat(send(simulated, reader(), "GET", ORDER, List.of(KEY), "").status()).isEqualTo(200);
    assertThat(fixture.journal()).contains("\"reason\":\"over-budget\"");
  }

  /** The SDK waits as long as it is told, and sees nothing of it. */
  @Test
  void theSdkComesAgainByItself() {
    System.setProperty("COSMOS.EMULATOR_SERVER_CERTIFICATE_VALIDATION_DISABLED", "true");
    try (CosmosClient client =
        new CosmosClientBuilder()
            .endpoint(simulated.toString())
            .key(reader().token().reveal())
            .gatewayMode()
            .buildClient()) {
      CosmosContainer orders = client.getDatabase("shop").getContainer("orders");
      int waited = 0;
      for (int i = 0; i < 14; i++) {
        var read = orders.readItem("o-1", new PartitionKey("a"), ObjectNode.class);
        assertThat(read.getStatusCode()).isEqualTo(200);
        waited += read.getDiagnostics().toString().contains("\"statusCode\":429") ? 1 : 0;
      }
      assertThat(waited).isPositive();
    }
  }

  @Test
  void oneIsOnItsWayAtATime() throws Exception {
    Issuance.Issued lease = lease("single");
    RecordingUpstream.Held held = upstream.hold();
    CompletableFuture<RawHttp.Answer> first = CompletableFuture.supplyAsync(() -> quietly(lease));
    held.awaitOne();

    RawHttp.Answer second = send(recorded, lease, "GET", SINGLE, List.of(KEY), "");

    assertThat(second.status()).as(second.body()).isEqualTo(429);
    assertThat(second.header("x-ms-retry-after-ms")).isPresent();
    assertThat(second.body()).contains("one at a time", "1 requests are on their way");
    held.release();
    assertThat(first.get().status()).isEqualTo(200);
    assertReadable(lease);
  }

  /** However a request ends, it is no longer on its way. */
  @Test
  void whatHasEndedIsNotCounted() throws Exception {
    Issuance.Issued lease = lease("single");
    assertThat(send(recorded, lease, "GET", SINGLE, List.of(KEY), "").status()).isEqualTo(200);

    // The client goes while the account is thinking.
    RecordingUpstream.Held held = upstream.hold();
    try (Socket socket =
        fixture
            .certificate()
            .clientTls()
            .getSocketFactory()
            .createSocket(recorded.getHost(), recorded.getPort())) {
      socket.getOutputStream().write(request(lease).getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      held.awaitOne();
    }
    held.release();
    assertReadable(lease);
    // The account breaks the connection.
    upstream.breakNext();
    assertThat(send(recorded, lease, "GET", SINGLE, List.of(KEY), "").status()).isEqualTo(503);
    assertReadable(lease);
    // It is refused further on.
    fixture.loseJournal(true);
    assertThat(send(recorded, lease, "GET", SINGLE, List.of(KEY), "").status()).isEqualTo(503);
    fixture.loseJournal(false);
    assertReadable(lease);
  }

  private static void assertReadable(Issuance.Issued lease) throws Exception {
    RawHttp.Answer answer = send(recorded, lease, "GET", SINGLE, List.of(KEY), "");
    for (int tries = 0; answer.status() == 429 && tries < 100; tries++) {
      Thread.sleep(50); // the end of a connection is noticed, not told
      answer = send(recorded, lease, "GET", SINGLE, List.of(KEY), "");
    }
    assertThat(answer.status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({"-, 50", "-1, 50", "0, 50", "10, 10", "50, 50", "1000, 50"})
  void pagesAreNoLonger(String asked, String sent) throws Exception {
    List<String> headers = new ArrayList<>(List.of(FEED, KEY));
    if (!asked.equals("-")) {
      headers.add("x-ms-max-item-count: " + asked);
    }

    send(recorded, lease("small"), "GET", SMALL, headers, "");

    assertThat(upstream.taken().getFirst().values("x-ms-max-item-count")).containsExactly(sent);
  }

  @ParameterizedTest
  @CsvSource({"60, 200", "100, 200", "101, 413", "2000, 413"})
  void requestsAreNoLonger(int length, int status) throws Exception {
    List<String> item = List.of(KEY, "content-type: application/json");
    List<String> batch = new ArrayList<>(item);
    batch.add("x-ms-cosmos-is-batch-request: true");
    batch.add("x-ms-cosmos-batch-atomic: true");

    assertThat(
            send(recorded, lease("small"), "POST", SMALL, item, padded(length, "{\"id\":\"%s\"}")))
        .extracting(RawHttp.Answer::status)
        .isEqualTo(status);
    assertThat(
            send(
                recorded,
                lease("small"),
                "POST",
                SMALL,
                batch,
                padded(length, "[{\"operationType\":\"Read\",\"id\":\"%s\"}]")))
        .extracting(RawHttp.Answer::status)
        .isEqualTo(status);
  }

  private static String padded(int length, String body) {
    return body.formatted("x".repeat(length - body.length() + 2));
  }

  /** The rule with the narrowest scope lets a request, with its limits; a wider one has its own. */
  @Test
  void theNarrowestRulesLimitsHold() throws Exception {
    Issuance.Issued wide = fixture.lease("orders-prod:/dbs/shop", "data-contributor");

    send(recorded, wide, "GET", SMALL, List.of(FEED), "");
    send(recorded, wide, "GET", SMALL.replace("small", "other"), List.of(FEED), "");

    List<RecordingUpstream.Sent> sent = upstream.taken();
    assertThat(sent.getFirst().values("x-ms-max-item-count")).containsExactly("50");
    assertThat(sent.getLast().values("x-ms-max-item-count")).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a query of one key        | POST | query, key         | true
          a query of all            | POST | query              | false
          a query by a range        | POST | query, range       | false
          a query by hashes         | POST | query, hashes      | false
          a feed of one key         | GET  | key                | true
          a feed of all             | GET  | -                  | false
          a change feed of one key  | GET  | changes, key       | true
          a change feed of a range  | GET  | changes, range     | false
          a new item                | POST | item, key          | true
          """)
  void readsGoToOneKeyAtATime(String what, String method, String parts, boolean goes)
      throws Exception {
    List<String> headers = new ArrayList<>();
    String body = "";
    for (String part : parts.split(", ", -1)) {
      switch (part) {
        case "query" -> {
          headers.add("x-ms-documentdb-isquery: true");
          headers.add("content-type: application/query+json");
          body = "{\"query\":\"SELECT * FROM c\"}";
        }
        case "item" -> {
          headers.add("content-type: application/json");
          body = "{\"id\":\"x\"}";
        }
        case "key" -> headers.add(KEY);
        case "range" -> headers.add("x-ms-documentdb-partitionkeyrangeid: 0");
        case "hashes" -> {
          headers.add("x-ms-documentdb-partitionkeyrangeid: 0");
          headers.add("x-ms-start-epk: 00");
          headers.add("x-ms-end-epk: FF");
          headers.add("x-ms-read-key-type: EffectivePartitionKeyRange");
        }
        case "changes" -> headers.add(FEED);
        default -> assertThat(part).isEqualTo("-");
      }
    }

    RawHttp.Answer answer =
        send(recorded, lease("bykey"), method, "/dbs/shop/colls/bykey/docs", headers, body);

    assertThat(upstream.taken()).hasSize(goes ? 1 : 0);
    if (!goes) {
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.body()).contains("“one key at a time”", "one partition key at a time");
      assertThat(fixture.journal())
          .contains("\"reason\":\"outside-partition-key\",\"rule\":\"one key at a time\"");
    }
  }

  private static Issuance.Issued reader() {
    return fixture.lease("orders-prod:/dbs/shop/colls/orders", "data-reader");
  }

  private static Issuance.Issued lease(String container) {
    return fixture.lease("orders-prod:/dbs/shop/colls/" + container, "data-contributor");
  }

  private static RawHttp.Answer quietly(Issuance.Issued lease) {
    try {
      return send(recorded, lease, "GET", SINGLE, List.of(KEY), "");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static String request(Issuance.Issued lease) {
    return "GET %s HTTP/1.1\r\nhost: %s\r\n%s\r\n%s\r\n\r\n"
        .formatted(SINGLE, recorded.getRawAuthority(), authorization(lease), KEY);
  }

  private static String authorization(Issuance.Issued lease) {
    return "authorization: " + URLEncoder.encode(lease.token().reveal(), StandardCharsets.UTF_8);
  }

  private static RawHttp.Answer send(
      URI to,
      Issuance.Issued lease,
      String method,
      String target,
      List<String> headers,
      String body)
      throws Exception {
    List<String> lines = new ArrayList<>(headers);
    lines.add(authorization(lease));
    return new RawHttp(fixture.certificate().clientTls(), to)
        .send(method, target, lines, body.getBytes(StandardCharsets.US_ASCII));
  }
}
