package dev.ephemeris.gateway.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The life of a lease, from outside. */
class LeasesTest {

  private final GatewayFixture fixture;

  LeasesTest() throws Exception {
    fixture = new GatewayFixture();
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  @Test
  void worksUntilItsEndAndNotAfter() throws Exception {
    var issued = fixture.lease();
    String token = issued.path("token").textValue();
    assertThat(fixture.readOrder(token).status()).isEqualTo(200);

    fixture.clock().advance(Duration.ofMinutes(61));

    Reply reply = fixture.readOrder(token);
    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.json().path("message").asText())
        .contains("expired at " + issued.at("/lease/expiresAt").asText());
  }

  @Test
  void outlivesARestartAsDoesItsEnding() throws Exception {
    var kept = fixture.lease();
    var ended = fixture.lease();
    revoke(ended.at("/lease/id").textValue());

    fixture.restart();

    assertThat(fixture.readOrder(kept.path("token").textValue()).status()).isEqualTo(200);
    assertThat(fixture.readOrder(ended.path("token").textValue()).status()).isEqualTo(401);
  }

  @Test
  void lastsNoLongerThanItsSession() throws Exception {
    String token = fixture.token(GatewayFixture.ALICE);
    String body = "{\"scope\":\"" + GatewayFixture.ORDERS + "\",\"ttlSeconds\":14400}";
    Instant sessionEnds =
        Instant.parse(
            fixture.api("GET", "/v1/me", token, "").json().at("/session/endsAt").asText());
    // Still accepted: the token was given for an hour, the session for twelve.
    String later =
        fixture
            .issuer()
            .accessToken(
                GatewayFixture.ALICE,
                GatewayFixture.CLIENT,
                claims ->
                    claims.expirationTime(
                        Date.from(fixture.clock().instant().plus(Duration.ofDays(1)))));
    Instant laterEnds =
        Instant.parse(
            fixture.api("GET", "/v1/me", later, "").json().at("/session/endsAt").asText());
    fixture.clock().advance(Duration.ofHours(11));

    var lease = fixture.api("POST", "/v1/leases", later, body).json();

    assertThat(sessionEnds).isBeforeOrEqualTo(laterEnds);
    assertThat(Instant.parse(lease.at("/lease/expiresAt").asText())).isEqualTo(laterEnds);
  }

  /** {@link LeaseStoreTest} does so to every column. */
  @Test
  void isNoneOnceItsRowWasChanged() throws Exception {
    var issued = fixture.lease();
    String id = issued.at("/lease/id").textValue();
    fixture.stopGateway();
    change("UPDATE lease SET scope = 'orders-prod:/' WHERE id = ?", id);
    fixture.restart();
    int received = fixture.account().received().size();

    Reply reply = fixture.readOrder(issued.path("token").textValue());

    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.json().path("message").asText())
        .contains("isn't one of this gateway's leases");
    assertThat(fixture.account().received()).hasSize(received);
    var refusal = fixture.journal("authenticationFailed").getLast();
    assertThat(refusal.path("plane").asText()).isEqualTo("dataPlane");
    assertThat(refusal.path("leaseId").asText()).isEqualTo(id);
    assertThat(refusal.path("reason").asText())
        .isEqualTo("The token or key isn't one of this gateway's leases.");
    assertThat(
            fixture
                .api("GET", "/v1/leases/" + id, fixture.token(GatewayFixture.ALICE), "")
                .status())
        .isEqualTo(404);
  }

  @Test
  void staysEndedThoughItsRowIsPutBack() throws Exception {
    var issued = fixture.lease();
    String id = issued.at("/lease/id").textValue();
    revoke(id);
    fixture.stopGateway();
    change("UPDATE lease SET revoked_at = NULL, revision = 0 WHERE id = ?", id);
    fixture.restart();

    assertThat(fixture.readOrder(issued.path("token").textValue()).status()).isEqualTo(401);
  }

  @Test
  void staysEndedThoughTheStoreDidNotTakeTheEnding() throws Exception {
    var issued = fixture.lease();
    String id = issued.at("/lease/id").textValue();
    String token = issued.path("token").textValue();
    assertThat(fixture.readOrder(token).status()).isEqualTo(200);
    fixture.sql(
        "CREATE TRIGGER full BEFORE UPDATE ON lease BEGIN SELECT RAISE(ABORT, 'full'); END");
    String path = "/v1/leases/" + id;
    String alice = fixture.token(GatewayFixture.ALICE);

    Reply failed = fixture.api("DELETE", path, alice, "");

    assertThat(failed.status()).isEqualTo(503);
    assertThat(failed.detail()).contains("the store doesn't answer");
    assertThat(fixture.readOrder(token).status()).isEqualTo(401);
    assertThat(fixture.api("DELETE", path, alice, "").status()).isEqualTo(503);

    fixture.sql("DROP TRIGGER full");
    assertThat(fixture.api("DELETE", path, alice, "").status()).isEqualTo(204);
    fixture.restart();
    assertThat(fixture.readOrder(token).status()).isEqualTo(401);
  }

  @Test
  void leavesTheBlockOfWhoeverEndedItThoughTheStoreTookItLater() throws Exception {
    String id = fixture.ownTokenLease();
    String opal = fixture.token(GatewayFixture.OPAL);
    String alice = fixture.token(GatewayFixture.ALICE);
    fixture.sql(
        "CREATE TRIGGER full BEFORE UPDATE ON lease BEGIN SELECT RAISE(ABORT, 'full'); END");
    assertThat(fixture.api("DELETE", "/v1/any/leases/" + id, opal, "").status()).isEqualTo(503);
    fixture.sql("DROP TRIGGER full");

    Reply again = fixture.api("DELETE", "/v1/leases/" + id, alice, "");

    assertThat(again.status()).isEqualTo(204);
    assertThat(fixture.api("DELETE", "/v1/blocks/b-" + id, alice, "").status()).isEqualTo(404);
    assertThat(fixture.api("DELETE", "/v1/any/blocks/b-" + id, opal, "").status()).isEqualTo(204);
  }

  @Test
  void isNoneOnceItsRowIsGone() throws Exception {
    var issued = fixture.lease();
    fixture.stopGateway();
    change("DELETE FROM lease WHERE id = ?", issued.at("/lease/id").textValue());
    fixture.restart();

    assertThat(fixture.readOrder(issued.path("token").textValue()).status()).isEqualTo(401);
  }

  @Test
  void endsWithItsRootKey() throws Exception {
    var issued = fixture.lease();
    fixture.stopGateway();
    Files.writeString(
        fixture.folder().resolve("root-a.key"), Base64.getEncoder().encodeToString(new byte[32]));
    fixture.configure(text -> text.replace("kid: a", "kid: b"));
    fixture.restart();

    assertThat(fixture.readOrder(issued.path("token").textValue()).status()).isEqualTo(401);
  }

  /** As wide as the rule and no wider, though a part of what is asked for were allowed. */
  @ParameterizedTest
  @CsvSource({
    "orders-prod:/, data-reader",
    "orders-prod:/dbs/shop, data-reader",
    "orders-prod:/dbs/shop/colls/payments, data-reader",
    "other:/dbs/shop/colls/orders, data-reader",
    "orders-prod:/dbs/shop/colls/orders, data-contributor",
  })
  void isNoWiderThanWhatTheRulesGive(String scope, String role) throws Exception {
    String alice = fixture.token(GatewayFixture.ALICE);

    Reply reply =
        fixture.api(
            "POST", "/v1/leases", alice, "{\"scope\":\"" + scope + "\",\"role\":\"" + role + "\"}");

    assertThat(reply.status()).isEqualTo(403);
    assertThat(fixture.journal("leaseIssued")).isEmpty();
    var decision = fixture.journal("decision").getLast();
    assertThat(decision.path("decision").asText()).isEqualTo("deny");
    assertThat(decision.path("scope").asText()).isEqualTo(scope);
  }

  @Test
  void isRecordedBeforeItIsGivenAndWhenItEnds() throws Exception {
    var issued = fixture.lease();
    String id = issued.at("/lease/id").textValue();
    revoke(id);

    assertThat(fixture.journal("leaseIssued"))
        .anySatisfy(
            record -> {
              assertThat(record.path("leaseId").asText()).isEqualTo(id);
              assertThat(record.path("principal").asText()).isEqualTo("corp:sub-alice");
              assertThat(record.path("rule").asText()).isEqualTo("the team reads orders");
              assertThat(record.path("scope").asText()).isEqualTo(GatewayFixture.ORDERS);
            });
    assertThat(fixture.journal("leaseRevoked"))
        .anySatisfy(record -> assertThat(record.path("leaseId").asText()).isEqualTo(id));
  }

  private void revoke(String id) throws Exception {
    assertThat(
            fixture
                .api("DELETE", "/v1/leases/" + id, fixture.token(GatewayFixture.ALICE), "")
                .status())
        .isEqualTo(204);
  }

  private void change(String sql, String id) throws Exception {
    try (Connection store = fixture.store();
        PreparedStatement update = store.prepareStatement(sql)) {
      update.setString(1, id);
      assertThat(update.executeUpdate()).isEqualTo(1);
    }
  }
}
