package dev.ephemeris.gateway.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.simulator.issuer.Person;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The caller's own access token as a credential: it opens a lease, and ending that holds. */
class OwnTokenTest {

  private static final String DATA = "api://ephemeris-data";

  private GatewayFixture fixture;

  @BeforeEach
  void start() throws Exception {
    fixture = new GatewayFixture();
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  @Test
  void opensOneLeaseForItsSession() throws Exception {
    String token = token(GatewayFixture.ALICE);

    assertThat(read(token).status()).isEqualTo(200);
    assertThat(read(token).status()).isEqualTo(200);

    JsonNode leases = leases(GatewayFixture.ALICE);
    assertThat(leases).hasSize(1);
    JsonNode lease = leases.get(0);
    assertThat(lease.path("credential").asText()).isEqualTo("own-token");
    assertThat(lease.path("scope").asText()).isEqualTo("orders-prod:/");
    assertThat(lease.path("actions")).extracting(JsonNode::asText).contains("items/read");
    assertThat(lease.path("actions")).extracting(JsonNode::asText).doesNotContain("items/create");
    assertThat(Duration.between(time(lease, "issuedAt"), time(lease, "expiresAt")))
        .isEqualTo(Duration.ofHours(4));
    assertThat(fixture.journal("leaseIssued"))
        .singleElement()
        .satisfies(
            record -> {
              assertThat(record.path("credential").asText()).isEqualTo("own-token");
              assertThat(record.path("leaseId")).isEqualTo(lease.path("id"));
            });
    assertThat(fixture.journal("requestIntent"))
        .hasSize(2)
        .allSatisfy(record -> assertThat(record.path("leaseId")).isEqualTo(lease.path("id")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"type=aad&ver=1.0&sig=%s", "type=AAD&ver=1.0&sig=%s", "Bearer %s"})
  void isTakenRawAndEncoded(String form) throws Exception {
    String header = form.formatted(token(GatewayFixture.ALICE));

    assertThat(send(header).status()).isEqualTo(200);
    assertThat(send(URLEncoder.encode(header, StandardCharsets.UTF_8).replace("+", "%20")).status())
        .isEqualTo(200);
  }

  @Test
  void isDecidedOnRequestByRequest() throws Exception {
    Reply reply =
        fixture.send(
            HttpRequest.newBuilder(
                    fixture.gateway().dataPlane().resolve("/dbs/shop/colls/orders/docs/o1"))
                .header("authorization", "type=aad&ver=1.0&sig=" + token(GatewayFixture.ALICE))
                .header("x-ms-documentdb-partitionkey", "[\"c1\"]")
                .DELETE());

    assertThat(reply.status()).isEqualTo(403);
    assertThat(reply.header("x-ms-substatus")).isEqualTo("5301");
    assertThat(fixture.account().find("shop", "orders", "o1")).isPresent();
  }

  @Test
  void isForThePurposeThatItsAudienceNames() throws Exception {
    String forApi = fixture.token(GatewayFixture.ALICE);
    String forData = token(GatewayFixture.ALICE);

    assertRefused(read(forApi), "another audience");
    assertThat(fixture.api("GET", "/v1/me", forData, "").status()).isEqualTo(401);
    assertThat(fixture.api("GET", "/v1/me", forApi, "").status()).isEqualTo(200);
    assertThat(read(forData).status()).isEqualTo(200);
    // What was accepted for the one before still isn't for the other.
    assertRefused(read(forApi), "another audience");
    assertThat(fixture.api("GET", "/v1/me", forData, "").status()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://cosmos.azure.com",
        "https://cosmos.azure.com/",
        "https://orders-prod.documents.azure.com",
        "https://orders-prod.documents.azure.com:443/",
        "a232010e-820c-4083-83bb-3ace5fc29d0b"
      })
  void isRefusedIfItIsGoodAtCosmosItself(String audience) throws Exception {
    assertRefused(
        read(token(GatewayFixture.ALICE, claims -> claims.audience(List.of(DATA, audience)))),
        "Cosmos DB itself");
  }

  @Test
  void isRefusedWhenItHasExpired() throws Exception {
    String token = token(GatewayFixture.ALICE);
    assertThat(read(token).status()).isEqualTo(200);

    fixture.clock().advance(Duration.ofHours(1).plusMinutes(2));

    assertRefused(read(token), "expired");
  }

  @Test
  void givesNothingThatNoRuleGives() throws Exception {
    Reply reply = read(token(GatewayFixture.BOB));

    assertThat(reply.status()).isEqualTo(403);
    assertThat(reply.header("x-ms-substatus")).isEqualTo("5301");
    assertThat(reply.json().path("message").asText()).contains("no rule gives corp:sub-bob");
    assertThat(fixture.journal("leaseIssued")).isEmpty();
    assertThat(fixture.journal("authenticationFailed")).hasSize(1);
  }

  @Test
  void staysOutOnceItsLeaseIsRevoked() throws Exception {
    String token = token(GatewayFixture.ALICE);
    assertThat(read(token).status()).isEqualTo(200);

    revoke();

    assertRefused(read(token), "was revoked");
    // Another token, and with it another session, of the same identity.
    assertRefused(read(token(GatewayFixture.ALICE)), "block b-");
    fixture.restart();
    assertRefused(read(token), "was revoked");
    assertRefused(read(token(GatewayFixture.ALICE)), "block b-");
    assertThat(leases(GatewayFixture.ALICE)).hasSize(1);
  }

  @Test
  void isLetInAgainAfterALaterSignIn() throws Exception {
    assertThat(read(token(GatewayFixture.ALICE)).status()).isEqualTo(200);
    revoke();
    Instant before = fixture.clock().instant().minusSeconds(60);
    Instant after = fixture.clock().instant().plusSeconds(30);

    assertRefused(read(signedIn(before)), "block b-");
    assertThat(read(signedIn(after)).status()).isEqualTo(200);
    assertRefused(read(signedIn(before)), "block b-");
  }

  @Test
  void isLetInAgainWhenTheBlockIsLifted() throws Exception {
    assertThat(read(token(GatewayFixture.ALICE)).status()).isEqualTo(200);
    String block = "b-" + revoke();
    String alice = fixture.token(GatewayFixture.ALICE);
    assertThat(
            fixture
                .api("DELETE", "/v1/blocks/" + block, fixture.token(GatewayFixture.BOB), "")
                .status())
        .isEqualTo(404);
    assertRefused(read(token(GatewayFixture.ALICE)), "block " + block);

    assertThat(fixture.api("DELETE", "/v1/blocks/" + block, alice, "").status()).isEqualTo(204);
    assertThat(fixture.api("DELETE", "/v1/blocks/" + block, alice, "").status()).isEqualTo(204);

    assertThat(read(token(GatewayFixture.ALICE)).status()).isEqualTo(200);
    assertThat(fixture.journal("blockLifted")).hasSize(1);
    assertThat(fixture.journal("leaseRevoked").getFirst().path("blockId").asText())
        .isEqualTo(block);
    assertThat(fixture.api("GET", "/v1/blocks", alice, "").json().path("blocks"))
        .singleElement()
        .satisfies(found -> assertThat(found.has("liftedAt")).isTrue());
  }

  @Test
  void opensOneLeaseHoweverManyRequestsComeFirst() throws Exception {
    String token = token(GatewayFixture.ALICE);
    List<Callable<Integer>> requests = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      requests.add(() -> read(token).status());
    }

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> answer : threads.invokeAll(requests)) {
        assertThat(answer.get()).isEqualTo(200);
      }
    }

    assertThat(fixture.journal("leaseIssued")).hasSize(1);
    assertThat(fixture.journal("sessionStarted")).hasSize(1);
  }

  @Test
  void opensNothingThatTheJournalDoesNotTake() throws Exception {
    String token = token(GatewayFixture.ALICE);
    fixture.loseJournal();

    assertThat(read(token).status()).isEqualTo(503);

    fixture.findJournal();
    assertThat(leases(GatewayFixture.ALICE)).isEmpty();
    assertThat(read(token).status()).isEqualTo(200);
  }

  /** Revokes Alice's lease over the API; the result is its id. */
  private String revoke() throws Exception {
    String id = leases(GatewayFixture.ALICE).get(0).path("id").asText();
    Reply reply =
        fixture.api("DELETE", "/v1/leases/" + id, fixture.token(GatewayFixture.ALICE), "");
    assertThat(reply.status()).isEqualTo(204);
    return id;
  }

  private JsonNode leases(Person person) throws Exception {
    return fixture.api("GET", "/v1/leases", fixture.token(person), "").json().path("leases");
  }

  private static Instant time(JsonNode lease, String field) {
    return Instant.parse(lease.path(field).asText());
  }

  private String signedIn(Instant at) {
    return token(
        GatewayFixture.ALICE,
        claims -> claims.audience(DATA).claim("auth_time", at.getEpochSecond()));
  }

  /** Of a sign-in some time before, as the issuer would tell it. */
  private String token(Person person) {
    return token(
        person,
        claims ->
            claims
                .audience(DATA)
                .claim("auth_time", fixture.clock().instant().minusSeconds(600).getEpochSecond()));
  }

  private String token(Person person, Consumer<JWTClaimsSet.Builder> change) {
    return fixture.issuer().accessToken(person, GatewayFixture.CLIENT, change);
  }

  private Reply read(String token) throws Exception {
    return fixture.readOrder("type=aad&ver=1.0&sig=" + token);
  }

  private Reply send(String authorization) throws Exception {
    return fixture.send(
        HttpRequest.newBuilder(
                fixture.gateway().dataPlane().resolve("/dbs/shop/colls/orders/docs/o1"))
            .header("authorization", authorization)
            .header("x-ms-documentdb-partitionkey", "[\"c1\"]"));
  }

  private static void assertRefused(Reply reply, String why) {
    assertThat(reply.status()).as(reply.body()).isEqualTo(401);
    assertThat(reply.json().path("message").asText()).contains(why);
  }
}
