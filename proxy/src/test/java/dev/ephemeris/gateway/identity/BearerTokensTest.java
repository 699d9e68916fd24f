package dev.ephemeris.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.gateway.journal.folder.TestJournals;
import dev.ephemeris.simulator.issuer.TokenFault;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The API's bearer tokens against a real issuer. */
class BearerTokensTest {

  private static GatewayFixture fixture;

  @BeforeAll
  static void start() throws Exception {
    fixture = new GatewayFixture();
  }

  @AfterAll
  static void stop() throws IOException {
    fixture.close();
  }

  @Test
  void knowsWhoATokenIsOfAndWhichGroupsTheyAreIn() throws Exception {
    var me = me(fixture.token(GatewayFixture.ALICE)).json();

    assertThat(me.at("/principal/issuer").asText()).isEqualTo("corp");
    assertThat(me.at("/principal/subject").asText()).isEqualTo("sub-alice");
    assertThat(me.at("/principal/kind").asText()).isEqualTo("person");
    assertThat(me.at("/groups/0").asText()).isEqualTo("group:default/team");
  }

  @Test
  void takesOneTokenForOneSession() throws Exception {
    String token = fixture.token(GatewayFixture.ALICE);
    String another = fixture.token(GatewayFixture.ALICE);

    String session = me(token).json().at("/session/id").asText();

    assertThat(me(token).json().at("/session/id").asText()).isEqualTo(session);
    assertThat(me(another).json().at("/session/id").asText()).isNotEqualTo(session);
    assertThat(fixture.journal("sessionStarted"))
        .filteredOn(started -> started.path("sessionId").asText().equals(session))
        .hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(TokenFault.class)
  void refuses(TokenFault fault) throws Exception {
    String token = fixture.issuer().faultyToken(fault, GatewayFixture.ALICE, GatewayFixture.CLIENT);
    int failures = fixture.journal("authenticationFailed").size();
    int sessions = fixture.journal("sessionStarted").size();

    Reply reply = me(token);

    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.body()).doesNotContain(token, token.substring(token.length() - 20));
    assertThat(fixture.journal("authenticationFailed")).hasSize(failures + 1);
    assertThat(fixture.journal("authenticationFailed").getLast().path("reason").asText())
        .contains(reason(fault));
    assertThat(fixture.journal("sessionStarted")).hasSize(sessions);
    assertThat(TestJournals.text(fixture.folder().resolve("journal"))).doesNotContain(token);
  }

  /** What the journal has of each; there is no default, so that a new fault is thought about. */
  private static String reason(TokenFault fault) {
    return switch (fault) {
      case ALG_NONE, HS256_WITH_PUBLIC_KEY, OTHER_ALGORITHM -> "its algorithm isn't one";
      case WRONG_KEY_SAME_KID, UNKNOWN_KID, TAMPERED_PAYLOAD -> "no key of its issuer signed it";
      case EXPIRED -> "it expired at";
      case NOT_YET_VALID -> "it isn't valid yet";
      case WRONG_AUDIENCE, NO_AUDIENCE -> "it is for another audience";
      case CRITICAL_HEADER, EMBEDDED_KEY -> "it isn't a signed access token";
      case WRONG_ISSUER, ISSUER_WITH_TRAILING_SLASH -> "its issuer isn't one";
      case ID_TOKEN, WRONG_TYPE -> "its type is";
      case NO_EXPIRY -> "it has no expiry";
      case NO_SUBJECT -> "it has no subject";
      case FOREIGN_CLIENT -> "a client that isn't allowed here";
    };
  }

  /** A token for the API is none for the data plane, in whichever form it comes. */
  @ParameterizedTest
  @ValueSource(strings = {"Bearer %s", "type=aad&ver=1.0&sig=%s", "type=resource&ver=1.0&sig=%s"})
  void areNoCredentialsOfTheDataPlane(String form) throws Exception {
    int received = fixture.account().received().size();

    Reply reply = fixture.readOrder(form.formatted(fixture.token(GatewayFixture.ALICE)));

    assertThat(reply.status()).isEqualTo(401);
    assertThat(fixture.account().received()).hasSize(received);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Basic YWxpY2U6c2VjcmV0",
        "Bearer",
        "Bearer  ",
        "Bearer a b",
        "Bearer a,Bearer b",
        "type=aad&ver=1.0&sig=x"
      })
  void refusesOtherHeaders(String header) throws Exception {
    Reply reply =
        fixture.send(
            java.net.http.HttpRequest.newBuilder(fixture.gateway().api().resolve("/v1/me"))
                .header("authorization", header));

    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.detail()).contains("isn't one “Bearer” and a token");
  }

  @Test
  void refusesTwoHeadersThoughEachWereGood() throws Exception {
    String token = fixture.token(GatewayFixture.ALICE);

    Reply reply =
        fixture.send(
            java.net.http.HttpRequest.newBuilder(fixture.gateway().api().resolve("/v1/me"))
                .header("authorization", "Bearer " + token)
                .header("authorization", "Bearer " + token));

    assertThat(reply.status()).isEqualTo(401);
  }

  @Test
  void refusesATokenThatIsTooLongToBeOne() throws Exception {
    String payload =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                ("{\"iss\":\""
                        + fixture.issuer().issuer()
                        + "\",\"x\":\""
                        + "x".repeat(13_000)
                        + "\"}")
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8));

    assertThat(me("eyJhbGciOiJSUzI1NiJ9." + payload + ".AAAA").status()).isEqualTo(401);
  }

  @Test
  void refusesATokenOnceItHasExpired() throws Exception {
    try (GatewayFixture own = new GatewayFixture()) {
      String token = own.token(GatewayFixture.ALICE);
      assertThat(own.api("GET", "/v1/me", token, "").status()).isEqualTo(200);

      own.clock().advance(Duration.ofMinutes(61));

      Reply reply = own.api("GET", "/v1/me", token, "");
      assertThat(reply.status()).isEqualTo(401);
      assertThat(reply.detail()).contains("expired");
    }
  }

  @Test
  void endsASessionAfterTwelveHoursWhateverTheTokenSays() throws Exception {
    try (GatewayFixture own = new GatewayFixture()) {
      String token =
          own.issuer()
              .accessToken(
                  GatewayFixture.ALICE,
                  GatewayFixture.CLIENT,
                  claims ->
                      claims.expirationTime(
                          java.util.Date.from(own.clock().instant().plus(Duration.ofDays(2)))));
      assertThat(own.api("GET", "/v1/me", token, "").status()).isEqualTo(200);

      own.clock().advance(Duration.ofHours(12));

      Reply reply = own.api("GET", "/v1/me", token, "");
      assertThat(reply.status()).isEqualTo(401);
      assertThat(reply.detail()).contains("its session ended");
    }
  }

  @Test
  void followsTheIssuersKeys() throws Exception {
    try (GatewayFixture own = new GatewayFixture()) {
      String before = own.token(GatewayFixture.ALICE);
      assertThat(own.api("GET", "/v1/me", before, "").status()).isEqualTo(200);

      own.issuer().rotateKeys();
      own.clock().advance(Duration.ofSeconds(31));

      assertThat(own.api("GET", "/v1/me", own.token(GatewayFixture.ALICE), "").status())
          .isEqualTo(200);
      assertThat(own.api("GET", "/v1/me", before, "").status()).isEqualTo(200);
    }
  }

  @Test
  void goesOnWithTheKeysItHasWhenTheIssuerIsDown() throws Exception {
    try (GatewayFixture own = new GatewayFixture()) {
      List<String> tokens =
          List.of(own.token(GatewayFixture.ALICE), own.token(GatewayFixture.ALICE));
      assertThat(own.api("GET", "/v1/me", tokens.get(0), "").status()).isEqualTo(200);

      own.issuer().close().await();

      assertThat(own.api("GET", "/v1/me", tokens.get(1), "").status()).isEqualTo(200);
    }
  }

  /** What can't be verified now must not take away what can. */
  @Test
  void keepsTheKeysItHasWhenForgedTokensMakeItAskADownIssuer() throws Exception {
    try (GatewayFixture own = new GatewayFixture()) {
      List<String> tokens =
          List.of(own.token(GatewayFixture.ALICE), own.token(GatewayFixture.ALICE));
      String forged =
          own.issuer()
              .faultyToken(TokenFault.UNKNOWN_KID, GatewayFixture.ALICE, GatewayFixture.CLIENT);
      assertThat(own.api("GET", "/v1/me", tokens.get(0), "").status()).isEqualTo(200);

      own.issuer().close().await();
      own.clock().advance(Duration.ofSeconds(31));

      Reply asked = own.api("GET", "/v1/me", forged, "");
      assertThat(asked.status()).isEqualTo(503);
      assertThat(asked.detail()).contains("issuer corp");
      assertThat(own.api("GET", "/v1/me", tokens.get(1), "").status()).isEqualTo(200);
    }
  }

  @Test
  void saysThatTheIssuerIsDownWhenItHasNoKeys() throws Exception {
    try (GatewayFixture own = new GatewayFixture()) {
      String token = own.token(GatewayFixture.ALICE);
      own.issuer().close().await();

      Reply reply = own.api("GET", "/v1/me", token, "");

      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.detail()).contains("issuer corp");
    }
  }

  private static Reply me(String token) throws Exception {
    return fixture.api("GET", "/v1/me", token, "");
  }
}
