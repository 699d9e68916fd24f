package dev.ephemeris.gateway.lease;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.gateway.OrgYaml;
import dev.ephemeris.simulator.issuer.Person;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Renewing a lease, from outside. The rule gives an hour, four at most; a session has twelve. */
class RenewalTest {

  private final GatewayFixture fixture;
  private final String alice;

  RenewalTest() throws Exception {
    fixture = new GatewayFixture();
    alice = token(GatewayFixture.ALICE, claims -> {});
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  @Test
  void keepsWhatWasShownGood() throws Exception {
    JsonNode issued = fixture.lease();
    String token = issued.path("token").textValue();
    fixture.clock().advance(Duration.ofMinutes(50));

    Reply renewal = renew(issued, "{}");

    assertThat(renewal.status()).isEqualTo(200);
    assertThat(renewal.json().at("/lease/expiresAt").asText())
        .isEqualTo(renewedAt().plus(Duration.ofHours(1)).toString());
    fixture.clock().advance(Duration.ofMinutes(50));
    assertThat(fixture.readOrder(token).status()).isEqualTo(200);
    fixture.restart();
    assertThat(fixture.readOrder(token).status()).isEqualTo(200);
    fixture.clock().advance(Duration.ofMinutes(11));
    assertThat(fixture.readOrder(token).status()).isEqualTo(401);
  }

  @Test
  void isOnRecord() throws Exception {
    JsonNode issued = fixture.lease();
    fixture.clock().advance(Duration.ofMinutes(50));

    JsonNode renewed = renew(issued, "{\"ttlSeconds\":7200}").json();

    JsonNode record = fixture.journal("leaseRenewed").getLast();
    assertThat(record.path("leaseId").asText()).isEqualTo(issued.at("/lease/id").asText());
    assertThat(record.path("principal").asText()).isEqualTo("corp:sub-alice");
    assertThat(record.path("rule").asText()).isEqualTo("the team reads orders");
    assertThat(record.path("expiresAt").asText())
        .isEqualTo(renewed.at("/lease/expiresAt").asText());
  }

  @Test
  void isNoneWithoutARecord() throws Exception {
    JsonNode issued = fixture.lease();
    fixture.clock().advance(Duration.ofMinutes(50));

    fixture.loseJournal();
    Reply renewal = renew(issued, "{}");
    fixture.findJournal();

    assertThat(renewal.status()).isEqualTo(503);
    fixture.clock().advance(Duration.ofMinutes(11));
    assertThat(fixture.readOrder(issued.path("token").textValue()).status()).isEqualTo(401);
    assertThat(read(issued).path("expiresAt")).isEqualTo(issued.at("/lease/expiresAt"));
  }

  @Test
  void comesToTheMaximumAfterTheFirstIssueAndNoFurther() throws Exception {
    JsonNode issued = fixture.lease();
    Instant latest = issuedAt(issued).plus(Duration.ofHours(4));

    Reply renewal = renewed(issued, 5, Duration.ofMinutes(50));

    assertThat(renewal.status()).isEqualTo(409);
    assertThat(renewal.detail())
        .contains(
            "ends at " + latest + " at the latest",
            "rule “the team reads orders” gives at most 4h from its issue at " + issuedAt(issued));
    assertThat(read(issued).path("expiresAt").asText()).isEqualTo(latest.toString());
    assertThat(fixture.journal("leaseRenewed")).hasSize(4);
  }

  /** The last answer of several renewals, so long after each other. */
  private Reply renewed(JsonNode issued, int times, Duration apart) throws Exception {
    for (int i = 1; i < times; i++) {
      fixture.clock().advance(apart);
      renew(issued, "{}");
    }
    return renew(issued, "{}");
  }

  @Test
  void goesByWhatTheRulesGiveNow() throws Exception {
    JsonNode issued = fixture.lease();
    fixture.clock().advance(Duration.ofMinutes(50));
    policy("ttl: { default: 30m, max: 90m }");

    assertThat(renew(issued, "{}").json().at("/lease/expiresAt").asText())
        .isEqualTo(renewedAt().plus(Duration.ofMinutes(30)).toString());
    assertThat(renew(issued, "{\"ttlSeconds\":3600}").json().at("/lease/expiresAt").asText())
        .isEqualTo(issuedAt(issued).plus(Duration.ofMinutes(90)).toString());

    policy("ttl: { default: 8h, max: 10h }");
    assertThat(renew(issued, "{}").json().at("/lease/expiresAt").asText())
        .as("what was the most when it was issued")
        .isEqualTo(issuedAt(issued).plus(Duration.ofHours(4)).toString());
  }

  @Test
  void neverShortens() throws Exception {
    JsonNode issued = fixture.lease();

    Reply renewal = renew(issued, "{\"ttlSeconds\":60}");

    assertThat(renewal.status()).isEqualTo(200);
    assertThat(renewal.json().path("lease")).isEqualTo(issued.path("lease"));
    assertThat(fixture.journal("leaseRenewed")).isEmpty();
  }

  @Test
  void isNotGivenOnceNoRuleGivesTheLease() throws Exception {
    JsonNode issued = fixture.lease();
    fixture.write("org.yaml", OrgYaml.group("team"));
    fixture.restart();

    Reply renewal = renew(issued, "{}");

    assertThat(renewal.status()).isEqualTo(403);
    assertThat(renewal.json().path("reason").asText()).isEqualTo("no-rule");
    assertThat(fixture.journal("decision").getLast().path("decision").asText()).isEqualTo("deny");
    assertThat(read(issued).path("expiresAt")).isEqualTo(issued.at("/lease/expiresAt"));
  }

  /** A condition of the rule holds at the renewal as it did at the issue, or there is none. */
  @Test
  void isNotGivenToWhomTheConditionsDoNotHoldForNow() throws Exception {
    fixture.configure(
        text ->
            text.replace("    userAnnotation:", "    mfa: { amr: [mfa] }\n    userAnnotation:"));
    policy("when: { mfa: true }");
    String withoutMfa = token(GatewayFixture.ALICE, claims -> claims.claim("amr", null));
    JsonNode issued = fixture.lease();
    fixture.clock().advance(Duration.ofMinutes(10));

    assertThat(renew(issued, "{}", withoutMfa).status()).isEqualTo(403);
    assertThat(renew(issued, "{}").status()).isEqualTo(200);
  }

  @Test
  void keepsTheReasonThatTheRuleWants() throws Exception {
    policy("when: { reason: \"incident .*\" }");
    String body = "{\"scope\":\"" + GatewayFixture.ORDERS + "\",\"reason\":\"incident 17\"}";
    JsonNode issued = fixture.api("POST", "/v1/leases", alice, body).json();
    assertThat(issued.at("/lease/id").asText()).isNotEmpty();
    fixture.clock().advance(Duration.ofMinutes(10));

    assertThat(renew(issued, "{}").status()).isEqualTo(200);
    assertThat(fixture.readOrder(issued.path("token").textValue()).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "14401, 400, gives at most 4h",
    "0, 400, ",
    "-1, 400, ",
  })
  void isNotForAnyTime(long ttl, int status, String message) throws Exception {
    Reply renewal = renew(fixture.lease(), "{\"ttlSeconds\":" + ttl + "}");

    assertThat(renewal.status()).isEqualTo(status);
    assertThat(renewal.detail()).contains(message == null ? "" : message);
  }

  @Test
  void isForNobodyElse() throws Exception {
    JsonNode issued = fixture.lease();

    for (Person person : List.of(GatewayFixture.BOB, GatewayFixture.OPAL)) {
      assertThat(renew(issued, ttl(2), fixture.token(person)).status()).isEqualTo(404);
    }
    assertThat(read(issued).path("expiresAt")).isEqualTo(issued.at("/lease/expiresAt"));
  }

  @Test
  void isNotForWhatHasEnded() throws Exception {
    JsonNode revoked = fixture.lease();
    JsonNode expired = fixture.lease();
    revoke(revoked);
    fixture.clock().advance(Duration.ofMinutes(61));

    assertThat(renew(revoked, "{}").status()).isEqualTo(409);
    assertThat(renew(revoked, "{}").detail()).contains("was revoked at");
    assertThat(renew(expired, "{}").status()).isEqualTo(409);
    assertThat(renew(expired, "{}").detail()).contains("expired at");
    assertThat(fixture.readOrder(expired.path("token").textValue()).status()).isEqualTo(401);
    assertThat(fixture.journal("leaseRenewed")).isEmpty();
  }

  @Test
  void isNotForTheLeaseOfOnesOwnToken() throws Exception {
    String id = fixture.ownTokenLease();

    Reply renewal = fixture.api("POST", "/v1/leases/" + id + "/renewals", alice, "{}");

    assertThat(renewal.status()).isEqualTo(409);
    assertThat(renewal.detail()).contains("is that of an access token");
  }

  /** Whichever comes first, the ending wins; and the store has it. */
  @Test
  void losesAgainstAnEndingAtTheSameTime() throws Exception {
    for (int round = 0; round < 20; round++) {
      JsonNode issued = fixture.lease();
      try (ExecutorService threads = Executors.newFixedThreadPool(5)) {
        List<Callable<Integer>> calls =
            IntStream.range(0, 5)
                .<Callable<Integer>>mapToObj(
                    i -> () -> i == 2 ? revoke(issued) : renew(issued, ttl(i)).status())
                .toList();
        for (Future<Integer> answer : threads.invokeAll(calls)) {
          assertThat(answer.get()).isIn(200, 204, 409);
        }
      }
      assertThat(fixture.readOrder(issued.path("token").textValue()).status()).isEqualTo(401);
      assertThat(read(issued).path("state").asText()).isEqualTo("revoked");
    }
    String last = fixture.journal("leaseRevoked").getLast().path("leaseId").asText();
    fixture.restart();
    assertThat(fixture.api("GET", "/v1/leases/" + last, alice, "").json().path("state").asText())
        .isEqualTo("revoked");
  }

  private static String ttl(int i) {
    return "{\"ttlSeconds\":" + (3600 + 60 * i) + "}";
  }

  private void policy(String more) throws Exception {
    fixture.write(
        "policy.yaml",
        """
        apiVersion: ephemeris.dev/v1
        rules:
          - name: the team reads orders
            for: { groups: [group:default/team] }
            role: data-reader
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
            %s
        """
            .formatted(more));
    fixture.restart();
  }

  private static Instant issuedAt(JsonNode issued) {
    return Instant.parse(issued.at("/lease/issuedAt").asText());
  }

  private Instant renewedAt() throws Exception {
    return Instant.parse(fixture.journal("leaseRenewed").getLast().path("at").asText());
  }

  private JsonNode read(JsonNode issued) throws Exception {
    return fixture.api("GET", path(issued), alice, "").json();
  }

  private int revoke(JsonNode issued) throws Exception {
    return fixture.api("DELETE", path(issued), alice, "").status();
  }

  private Reply renew(JsonNode issued, String body) throws Exception {
    return renew(issued, body, alice);
  }

  private Reply renew(JsonNode issued, String body, String token) throws Exception {
    return fixture.api("POST", path(issued) + "/renewals", token, body);
  }

  /** One that goes on as long as a session: issuers' clocks don't advance with the gateway's. */
  private String token(Person person, Consumer<JWTClaimsSet.Builder> change) {
    return fixture
        .issuer()
        .accessToken(
            person,
            GatewayFixture.CLIENT,
            claims -> {
              claims.expirationTime(
                  Date.from(fixture.clock().instant().plus(Duration.ofHours(12))));
              change.accept(claims);
            });
  }

  private static String path(JsonNode issued) {
    return "/v1/leases/" + issued.at("/lease/id").asText();
  }
}
