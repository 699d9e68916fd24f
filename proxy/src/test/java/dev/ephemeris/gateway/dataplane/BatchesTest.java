package dev.ephemeris.gateway.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.gateway.lease.Issuance;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches of which the lease allows some operations: a clerk creates and reads, and no more. */
class BatchesTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CREATE =
      "{'operationType': 'Create', 'partitionKey': '[\\\"c1\\\"]',"
          + " 'resourceBody': {'id': '%s', 'customerId': 'c1', 'n': 1.50}}";
  private static final String READ =
      "{'operationType': 'Read', 'partitionKey': '[\\\"c1\\\"]', 'id': 'o1'}";
  private static final String DELETE =
      "{'operationType': 'Delete', 'partitionKey': '[\\\"c1\\\"]', 'id': 'o1'}";

  private static DataPlaneFixture fixture;
  private static RawHttp http;
  private static String clerk;

  @BeforeAll
  static void start() throws Exception {
    fixture = new DataPlaneFixture("team-policy.yaml");
    http = new RawHttp(fixture.certificate().clientTls(), fixture.gateway());
    clerk = fixture.lease("orders-prod:/dbs/shop/colls/orders", "clerk").token().reveal();
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
  }

  @BeforeEach
  void fill() throws Exception {
    fixture.simulator().reset();
    fixture.simulator().createDatabase("shop");
    fixture.simulator().createContainer("shop", "orders", "/customerId");
    fixture
        .simulator()
        .put("shop", "orders", JSON.readTree("{\"id\":\"o1\",\"customerId\":\"c1\"}"));
  }

  @Test
  void ofABulkRequestWhatIsAllowedGoesOnAndTheRestIsRefusedInItsPlace() throws Exception {
    RawHttp.Answer answer =
        send(false, DELETE, CREATE.formatted("new"), DELETE, READ, CREATE.formatted("o1"), DELETE);

    assertThat(answer.status()).isEqualTo(207);
    assertThat(statuses(answer)).containsExactly(403, 201, 403, 200, 409, 403);
    JsonNode first = JSON.readTree(answer.body()).get(0);
    assertThat(first.path("subStatusCode").intValue()).isEqualTo(5301);
    assertThat(isThere("new")).isTrue();
    assertThat(isThere("o1")).isTrue();
    JsonNode sent = JSON.readTree(fixture.simulator().received().getLast().body().getBytes());
    assertThat(sent)
        .extracting(one -> one.path("operationType").textValue())
        .containsExactly("Create", "Read", "Create");
  }

  @Test
  void whatGoesOnIsByteForByteWhatCame() throws Exception {
    send(false, CREATE.formatted("new"), DELETE);

    assertThat(fixture.simulator().received().getLast().body().toString())
        .isEqualTo("[" + CREATE.formatted("new").replace('\'', '"') + "]");
  }

  @Test
  void aBulkRequestOfWhichNothingIsAllowedIsAnsweredHere() throws Exception {
    int before = fixture.simulator().received().size();

    RawHttp.Answer answer = send(false, DELETE, DELETE);

    assertThat(answer.status()).isEqualTo(207);
    assertThat(statuses(answer)).containsExactly(403, 403);
    assertThat(answer.header("content-length")).isPresent();
    assertThat(fixture.simulator().received()).hasSize(before);
  }

  @Test
  void aTransactionalBatchIsRefusedWhole() throws Exception {
    int before = fixture.simulator().received().size();

    RawHttp.Answer answer = send(true, CREATE.formatted("new"), DELETE);

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.subStatus()).isEqualTo(5301);
    assertThat(JSON.readTree(answer.body()).path("message").textValue())
        .contains("may not take items/delete on orders-prod:/dbs/shop/colls/orders");
    assertThat(fixture.simulator().received()).hasSize(before);
  }

  @Test
  void aBatchThatDoesNotSayWhichKindItIsIsTakenForTheOneThatIsRefusedWhole() throws Exception {
    RawHttp.Answer answer = send(List.of(), CREATE.formatted("new"), DELETE);

    assertThat(answer.status()).isEqualTo(403);
    assertThat(isThere("new")).isFalse();
  }

  @Test
  void aBatchThatIsAllowedGoesThrough() throws Exception {
    RawHttp.Answer answer = send(true, CREATE.formatted("new"), READ);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(statuses(answer)).containsExactly(201, 200);
  }

  @Test
  void refusalsAreOnRecordWithTheActionThatWasMissing() throws Exception {
    send(false, CREATE.formatted("new"), DELETE);

    List<String> decisions =
        fixture.journal().lines().filter(line -> line.contains("outside-lease")).toList();
    assertThat(decisions.getLast()).contains("\"items/delete\"").doesNotContain("items/create");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "[{'operationType': 'Read', 'operationType': 'Delete', 'id': 'o1'}]",
        "[{'operationType': 'Drop', 'id': 'o1'}]",
        "[{'operationType': 'Create', 'id': 'a', 'resourceBody': {'id': 'b'}}]",
        "[{'operationType': 'Read', 'id': 'o1', 'extra': 1}]"
      })
  void whatTwoReadersCouldReadInTwoWaysIsRefused(String body) throws Exception {
    int before = fixture.simulator().received().size();

    RawHttp.Answer answer = post(List.of("x-ms-cosmos-batch-atomic: false"), body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("The batch's operations can't be read: ");
    assertThat(fixture.simulator().received()).hasSize(before);
  }

  @Test
  void hybridRowIsRefused() throws Exception {
    RawHttp.Answer answer =
        http.send(
            "POST", "/dbs/shop/colls/orders/docs", headers(List.of()), new byte[] {(byte) 0x81, 0});

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("isn't JSON text");
  }

  @Test
  void aLeaseOnAnotherContainerHasNoBatches() throws Exception {
    fixture.simulator().createContainer("shop", "carts", "/customerId");
    Issuance.Issued other = fixture.lease("orders-prod:/dbs/shop/colls/carts", "owner");

    RawHttp.Answer answer =
        http.send(
            "POST",
            "/dbs/shop/colls/orders/docs",
            headers(other.token().reveal(), List.of("x-ms-cosmos-batch-atomic: false")),
            ("[" + READ.replace('\'', '"') + "]").getBytes(StandardCharsets.UTF_8));

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.subStatus()).isEqualTo(5301);
  }

  private static List<Integer> statuses(RawHttp.Answer answer) throws Exception {
    return StreamSupport.stream(JSON.readTree(answer.body()).spliterator(), false)
        .map(result -> result.path("statusCode").intValue())
        .toList();
  }

  private static boolean isThere(String id) {
    return fixture.simulator().find("shop", "orders", id).isPresent();
  }

  private static RawHttp.Answer send(boolean atomic, String... operations) throws Exception {
    return send(List.of("x-ms-cosmos-batch-atomic: " + atomic), operations);
  }

  private static RawHttp.Answer send(List<String> headers, String... operations) throws Exception {
    return post(headers, "[" + String.join(",", operations) + "]");
  }

  private static RawHttp.Answer post(List<String> headers, String body) throws Exception {
    return http.send(
        "POST",
        "/dbs/shop/colls/orders/docs",
        headers(headers),
        body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> headers(List<String> more) {
    return headers(clerk, more);
  }

  private static List<String> headers(String token, List<String> more) {
    return Stream.concat(
            Stream.of(
                "authorization: " + URLEncoder.encode(token, StandardCharsets.UTF_8),
                "x-ms-version: 2020-07-15",
                "content-type: application/json",
                "x-ms-cosmos-is-batch-request: true",
                "x-ms-cosmos-batch-continue-on-error: true",
                "x-ms-documentdb-partitionkey: [\"c1\"]"),
            more.stream())
        .toList();
  }
}
