package dev.ephemeris.gateway;

import static dev.ephemeris.gateway.GatewayFixture.ALICE;
import static dev.ephemeris.gateway.GatewayFixture.BOB;
import static dev.ephemeris.gateway.GatewayFixture.OPAL;
import static dev.ephemeris.gateway.GatewayFixture.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Access that is ended by force, and by signing out, from outside. */
class KillsTest {

  private final GatewayFixture fixture;
  private final String alice;
  private final String opal;

  KillsTest() throws Exception {
    fixture = new GatewayFixture();
    alice = fixture.token(ALICE);
    opal = fixture.token(OPAL);
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"user\":\"user:default/alice\"",
        "\"principal\":\"corp:sub-alice\"",
        "\"group\":\"group:default/team\""
      })
  void endWhatSomebodyHasAndWhatTheyMightShowAgain(String whose) throws Exception {
    String lease = lease(alice);
    String own = own();
    assertThat(me(alice)).isEqualTo(200);
    assertThat(fixture.readOrder(own).status()).isEqualTo(200);
    String neverShown = fixture.token(ALICE);
    String neverShownOwn = own();

    Reply killed = kill(whose);

    assertThat(killed.status()).isEqualTo(200);
    assertThat(killed.json().path("sessions").intValue()).isEqualTo(2);
    assertThat(killed.json().path("leases").intValue()).isEqualTo(2);
    for (boolean restarted : List.of(false, true)) {
      assertThat(me(alice)).as("restarted: %s", restarted).isEqualTo(401);
      assertThat(me(neverShown)).as("restarted: %s", restarted).isEqualTo(401);
      for (String shown : List.of(lease, own, neverShownOwn)) {
        assertThat(fixture.readOrder(shown).status()).isEqualTo(401);
      }
      assertThat(me(opal)).isEqualTo(200);
      fixture.restart();
    }
    assertThat(fixture.api("GET", "/v1/me", alice, "").detail()).contains("sign in again");
    assertThat(fixture.journal("sessionStarted")).as("Alice's two before, and Opal's").hasSize(3);

    later();
    String signedInAgain = fixture.token(ALICE);
    assertThat(me(signedInAgain)).isEqualTo(200);
    assertThat(fixture.readOrder(lease(signedInAgain)).status()).isEqualTo(200);
    assertThat(fixture.readOrder(own()).status()).isEqualTo(200);
    assertThat(fixture.readOrder(lease).status()).isEqualTo(401);
  }

  @Test
  void areOnRecord() throws Exception {
    lease(alice);
    String block = kill("\"user\":\"user:default/alice\"").json().path("block").asText();

    JsonNode ended = fixture.journal("accessEnded").getLast();
    assertThat(ended.path("blockId").asText()).isEqualTo(block);
    assertThat(ended.path("target").asText()).isEqualTo("user:default/alice");
    assertThat(ended.path("by").asText()).isEqualTo("corp:sub-opal");
    assertThat(ended.path("reason").asText()).isEqualTo("a look");
    for (String type : List.of("sessionEnded", "leaseRevoked")) {
      assertThat(fixture.journal(type))
          .singleElement()
          .satisfies(
              record -> {
                assertThat(record.path("principal").asText()).isEqualTo("corp:sub-alice");
                assertThat(record.path("by").asText()).isEqualTo("corp:sub-opal");
                assertThat(record.path("blockId").asText()).isEqualTo(block);
              });
    }
    assertThat(sessions(opal, "/v1/any/sessions?principal=corp:sub-alice"))
        .allSatisfy(session -> assertThat(session.path("state").asText()).isEqualTo("ended"));
  }

  @Test
  void areOfWhoeverHasTheirTokenByAClient() throws Exception {
    String lease = lease(alice);

    assertThat(kill("\"client\":\"corp:" + GatewayFixture.CLIENT + "\"").status()).isEqualTo(200);

    assertThat(List.of(me(alice), me(opal))).containsExactly(401, 401);
    assertThat(fixture.readOrder(lease).status()).isEqualTo(401);
    later();
    assertThat(me(fixture.token(OPAL))).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ",\"user\":\"user:default/alice\"", ",\"group\":\"group:default/team\""})
  void ofAnAccountLeaveTheRestAlone(String whose) throws Exception {
    String lease = lease(alice);
    String own = own();
    assertThat(fixture.readOrder(own).status()).isEqualTo(200);

    Reply killed = kill("\"account\":\"orders-prod\"" + whose);

    assertThat(killed.json().path("sessions").intValue()).isZero();
    assertThat(killed.json().path("leases").intValue()).isEqualTo(2);
    assertThat(me(alice)).isEqualTo(200);
    for (String shown : List.of(lease, own, own())) {
      assertThat(fixture.readOrder(shown).status()).isEqualTo(401);
    }
    Reply asked = ask(alice);
    assertThat(asked.status()).isEqualTo(403);
    assertThat(asked.json().path("type").asText()).isEqualTo("urn:ephemeris:problem:kept-out");
    assertThat(asked.detail()).contains("user:default/alice out of orders-prod", "Sign in again");
    later();
    assertThat(ask(fixture.token(ALICE)).status()).isEqualTo(201);
    assertThat(fixture.readOrder(own()).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"account\":\"ordrs-prod\"",
        "\"principal\":\"crop:sub-alice\"",
        "\"client\":\"crop:ephemeris-cli\"",
        "\"user\":\"user:default/alice\",\"account\":\"other\""
      })
  void areNotForNamesThatNothingHas(String whose) throws Exception {
    String lease = lease(alice);

    Reply killed = kill(whose);

    assertThat(killed.status()).isEqualTo(400);
    assertThat(killed.detail()).contains("unknown ");
    assertThat(fixture.readOrder(lease).status()).isEqualTo(200);
    assertThat(fixture.journal("accessEnded")).isEmpty();
  }

  /** What somebody has done to themselves isn't all that is to be said of them. */
  @Test
  void areNotHiddenByABlockOfOnesOwn() throws Exception {
    fixture.block();
    assertThat(ask(alice).status()).isEqualTo(201);

    kill("\"user\":\"user:default/alice\",\"account\":\"orders-prod\"");

    assertThat(ask(alice).status()).isEqualTo(403);
  }

  /** The issuer's session is one for all clients, and who came first tells nothing of a lease. */
  @Test
  void ofAClientEndWhatItWasGivenInASessionThatAnotherBegan() throws Exception {
    fixture.configure(
        text -> text.replace("clients: [ephemeris-cli]", "clients: [ephemeris-cli, portal]"));
    fixture.restart();
    String first = ofSession("sid-1");
    String portal = by("portal");
    String kept = lease(first);
    String stolen = lease(portal);
    assertThat(session(portal)).isEqualTo(session(first));

    Reply killed = kill("\"client\":\"corp:portal\"");

    assertThat(killed.json().path("leases").intValue()).isEqualTo(1);
    assertThat(List.of(me(first), me(portal))).containsExactly(200, 401);
    assertThat(fixture.readOrder(stolen).status()).isEqualTo(401);
    assertThat(fixture.readOrder(kept).status()).isEqualTo(200);
  }

  private String by(String client) {
    return fixture
        .issuer()
        .accessToken(
            ALICE,
            GatewayFixture.CLIENT,
            claims -> claims.claim("sid", "sid-1").claim("client_id", client).claim("azp", client));
  }

  /** By an issuer that doesn't say when, nobody would be let in again but by who is let in. */
  @Test
  void nobodyShutsThemselvesOutForGood() throws Exception {
    String undated =
        fixture
            .issuer()
            .accessToken(OPAL, GatewayFixture.CLIENT, claims -> claims.claim("auth_time", null));
    String mine = body("\"client\":\"corp:" + GatewayFixture.CLIENT + "\"");

    Reply killed = fixture.api("POST", "/v1/any/kills", undated, mine);

    assertThat(killed.status()).isEqualTo(400);
    assertThat(me(undated)).isEqualTo(200);
  }

  /** Of an account too, and what was given before isn't given more time. */
  @Test
  void ofAnAccountHoldThoughTheStoreDoesNotTakeThem() throws Exception {
    String own = own();
    assertThat(fixture.readOrder(own).status()).isEqualTo(200);
    JsonNode lease = ask(alice).json();
    fixture.sql(
        "CREATE TRIGGER full BEFORE INSERT ON block BEGIN SELECT RAISE(ABORT, 'full'); END");

    assertThat(kill("\"account\":\"orders-prod\"").status()).isEqualTo(503);

    assertThat(fixture.readOrder(own).status()).isEqualTo(401);
    Reply renewed =
        fixture.api(
            "POST",
            "/v1/leases/" + lease.at("/lease/id").asText() + "/renewals",
            alice,
            "{\"ttlSeconds\":7200}");
    assertThat(renewed.status()).isEqualTo(403);
    assertThat(renewed.json().path("type").asText()).isEqualTo("urn:ephemeris:problem:kept-out");
  }

  @Test
  void canBeLiftedThoughTheStoreDidNotTakeThem() throws Exception {
    fixture.sql(
        "CREATE TRIGGER full BEFORE INSERT ON block BEGIN SELECT RAISE(ABORT, 'full'); END");
    assertThat(suspend("\"user\":\"user:default/alice\"").status()).isEqualTo(503);
    fixture.sql("DROP TRIGGER full");
    JsonNode held = fixture.api("GET", "/v1/any/blocks", opal, "").json().at("/blocks/0");
    assertThat(held.path("target").asText()).isEqualTo("user:default/alice");

    String path = "/v1/any/blocks/" + held.path("id").asText();
    assertThat(fixture.api("DELETE", path, opal, "").status()).isEqualTo(204);

    assertThat(me(alice)).isEqualTo(200);
  }

  /** The same session at the issuer, and a lease that its owner's first sign-in lost. */
  @Test
  void ofAnAccountLetInWhoeverSignsInAgainInTheIssuersSameSession() throws Exception {
    String before = ownOfSession();
    assertThat(fixture.readOrder(before).status()).isEqualTo(200);
    kill("\"account\":\"orders-prod\"");
    assertThat(fixture.readOrder(before).status()).isEqualTo(401);

    later();

    String again = ownOfSession();
    assertThat(fixture.readOrder(again).status()).isEqualTo(200);
    assertThat(fixture.readOrder(before).status()).isEqualTo(401);
  }

  private String ownOfSession() {
    return "type=aad&ver=1.0&sig="
        + fixture
            .issuer()
            .accessToken(
                ALICE,
                GatewayFixture.CLIENT,
                claims -> claims.audience("api://ephemeris-data").claim("sid", "sid-1"));
  }

  @Test
  void aSuspensionHoldsUntilItIsLifted() throws Exception {
    Reply suspended = suspend("\"user\":\"user:default/alice\"");
    String block = suspended.json().path("block").asText();

    later();
    String again = fixture.token(ALICE);
    assertThat(suspended.status()).isEqualTo(200);
    assertThat(me(again)).isEqualTo(401);
    assertThat(fixture.api("GET", "/v1/me", again, "").detail())
        .contains("until block " + block + " is lifted");
    assertThat(fixture.readOrder(own()).status()).isEqualTo(401);
    fixture.restart();
    assertThat(me(again)).isEqualTo(401);

    assertThat(fixture.api("DELETE", "/v1/any/blocks/" + block, opal, "").status()).isEqualTo(204);

    assertThat(me(again)).isEqualTo(200);
    assertThat(fixture.journal("blockLifted").getLast().path("target").asText())
        .isEqualTo("user:default/alice");
    fixture.restart();
    assertThat(me(again)).isEqualTo(200);
  }

  @Test
  void nobodySuspendsThemselves() throws Exception {
    for (String whom :
        List.of("\"user\":\"user:default/opal\"", "\"principal\":\"corp:sub-opal\"")) {
      assertThat(suspend(whom).status()).isEqualTo(400);
    }
    assertThat(me(opal)).isEqualTo(200);
    assertThat(fixture.journal("accessEnded")).isEmpty();
  }

  /** Workloads sign in all the time: it would mean nothing. */
  @Test
  void holdForWorkloadsUntilTheyAreLifted() throws Exception {
    fixture.configure(text -> text.replace("principal: person", "principal: workload"));
    fixture.restart();
    String block = kill("\"principal\":\"corp:sub-alice\"").json().path("block").asText();

    later();
    String again = fixture.token(ALICE);
    assertThat(me(again)).isEqualTo(401);

    assertThat(fixture.api("DELETE", "/v1/any/blocks/" + block, opal, "").status()).isEqualTo(204);
    assertThat(me(again)).isEqualTo(200);
  }

  /** What is here refuses at once, though nothing is in the store. */
  @Test
  void holdThoughTheStoreDoesNotTakeThem() throws Exception {
    assertThat(me(alice)).isEqualTo(200);
    fixture.sql(
        "CREATE TRIGGER full BEFORE INSERT ON block BEGIN SELECT RAISE(ABORT, 'full'); END");

    assertThat(kill("\"user\":\"user:default/alice\"").status()).isEqualTo(503);

    assertThat(me(alice)).isEqualTo(401);
    fixture.sql("DROP TRIGGER full");
    assertThat(kill("\"user\":\"user:default/alice\"").status()).isEqualTo(200);
    fixture.restart();
    assertThat(me(alice)).isEqualTo(401);
  }

  @Test
  void areNoneWithoutARecord() throws Exception {
    fixture.loseJournal();
    Reply killed = kill("\"user\":\"user:default/alice\"");
    fixture.findJournal();

    assertThat(killed.status()).isEqualTo(503);
    assertThat(me(alice)).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lifted_at = 1",
        "at = 0",
        "suspends = 0",
        "account = 'other'",
        "mac = x'00'",
      })
  void holdThoughSomebodyChangedThemInTheStore(String change) throws Exception {
    suspend("\"user\":\"user:default/alice\"");
    fixture.stopGateway();
    fixture.sql("UPDATE block SET " + change);
    fixture.restart();
    later();

    assertThat(me(fixture.token(ALICE))).isEqualTo(401);
  }

  @Test
  void areForThoseWhoAreGivenThem() throws Exception {
    for (String path : List.of("/v1/any/kills", "/v1/any/suspensions")) {
      Reply reply = fixture.api("POST", path, alice, body("\"user\":\"user:default/opal\""));
      assertThat(reply.status()).isEqualTo(403);
    }
    assertThat(me(opal)).isEqualTo(200);
    assertThat(fixture.api("GET", "/v1/any/sessions", alice, "").status()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"reason\":\"a look\"}",
        "{\"user\":\"user:default/alice\"}",
        "{\"user\":\"user:default/alice\",\"reason\":\" \"}",
        "{\"user\":\"user:default/alice\",\"reason\":\"a\\nlook\"}",
        "{\"user\":\"group:default/team\",\"reason\":\"a look\"}",
        "{\"group\":\"user:default/alice\",\"reason\":\"a look\"}",
        "{\"principal\":\"sub-alice\",\"reason\":\"a look\"}",
        "{\"client\":\"cli\",\"reason\":\"a look\"}",
        "{\"user\":\"user:default/alice\",\"group\":\"group:default/team\",\"reason\":\"a look\"}",
        "{\"user\":\"user:default/alice\",\"suspends\":true,\"reason\":\"a look\"}",
      })
  void areNotForWhatCannotBeRead(String body) throws Exception {
    assertThat(fixture.api("POST", "/v1/any/kills", opal, body).status()).isEqualTo(400);
    assertThat(me(alice)).isEqualTo(200);
    assertThat(fixture.journal("accessEnded")).isEmpty();
  }

  @Test
  void signingOutEndsASessionWithItsLeasesAndNoOther() throws Exception {
    String other = fixture.token(ALICE);
    String lease = lease(alice);
    String othersLease = lease(other);
    String session = session(alice);

    Reply byBob = fixture.api("DELETE", "/v1/sessions/" + session, fixture.token(BOB), "");
    Reply byAlice = fixture.api("DELETE", "/v1/sessions/" + session, alice, "");

    assertThat(byBob.status()).isEqualTo(404);
    assertThat(byAlice.status()).isEqualTo(204);
    assertThat(me(alice)).isEqualTo(401);
    assertThat(fixture.readOrder(lease).status()).isEqualTo(401);
    assertThat(me(other)).isEqualTo(200);
    assertThat(fixture.readOrder(othersLease).status()).isEqualTo(200);
    assertThat(fixture.journal("sessionEnded"))
        .singleElement()
        .satisfies(
            record -> {
              assertThat(record.path("sessionId").asText()).isEqualTo(session);
              assertThat(record.path("by").asText()).isEqualTo("corp:sub-alice");
              assertThat(record.has("blockId")).isFalse();
            });
    fixture.restart();
    assertThat(me(alice)).isEqualTo(401);
    assertThat(sessions(other, "/v1/sessions"))
        .anySatisfy(
            ended -> {
              assertThat(ended.path("id").asText()).isEqualTo(session);
              assertThat(ended.path("state").asText()).isEqualTo("ended");
            });
  }

  /** Some issuers go on with their session and give out tokens of it after a new sign-in. */
  @Test
  void aLaterSignInOfTheIssuersSameSessionIsAnotherOne() throws Exception {
    String first = ofSession("sid-1");
    String before = session(first);
    fixture.api("DELETE", "/v1/sessions/" + before, first, "");
    assertThat(me(ofSession("sid-1", fixture.clock().instant().minusSeconds(60).getEpochSecond())))
        .as("a refreshed token of the sign-in that was ended")
        .isEqualTo(401);

    later();
    String again = ofSession("sid-1");

    assertThat(me(again)).isEqualTo(200);
    assertThat(session(again)).isNotEqualTo(before);
    assertThat(me(first)).isEqualTo(401);
  }

  private String ofSession(String sid) {
    return ofSession(sid, fixture.clock().instant().getEpochSecond());
  }

  private String ofSession(String sid, long authTime) {
    return fixture
        .issuer()
        .accessToken(
            ALICE,
            GatewayFixture.CLIENT,
            claims -> claims.claim("sid", sid).claim("auth_time", authTime));
  }

  /** A sign-in is told by the second. */
  private void later() {
    fixture.clock().advance(Duration.ofSeconds(2));
  }

  private Reply kill(String whose) throws Exception {
    return fixture.api("POST", "/v1/any/kills", opal, body(whose));
  }

  private Reply suspend(String whom) throws Exception {
    return fixture.api("POST", "/v1/any/suspensions", opal, body(whom));
  }

  private static String body(String members) {
    return "{" + members + ",\"reason\":\"a look\"}";
  }

  private int me(String token) throws Exception {
    return fixture.api("GET", "/v1/me", token, "").status();
  }

  private String session(String token) throws Exception {
    return fixture.api("GET", "/v1/me", token, "").json().at("/session/id").asText();
  }

  private List<JsonNode> sessions(String token, String path) throws Exception {
    return fixture.api("GET", path, token, "").json().path("sessions").valueStream().toList();
  }

  private Reply ask(String token) throws Exception {
    return fixture.api("POST", "/v1/leases", token, "{\"scope\":\"" + ORDERS + "\"}");
  }

  private String lease(String token) throws Exception {
    return ask(token).json().path("token").textValue();
  }

  /** Alice's own token for the data plane, of a sign-in of its own. */
  private String own() {
    return "type=aad&ver=1.0&sig="
        + fixture
            .issuer()
            .accessToken(
                ALICE, GatewayFixture.CLIENT, claims -> claims.audience("api://ephemeris-data"));
  }
}
