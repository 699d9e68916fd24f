package dev.ephemeris.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jwt.JWTClaimsSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What tokens and requests say of those who hold leases, from the token to the data. */
class HoldersTest {

  private static final String CLAIMS = "    claims: [tenant, purpose]\n";
  private static final String MFA = "    mfa: { amr: [mfa], acrs: [c1], maxAge: 8h }\n";

  private final GatewayFixture fixture;

  HoldersTest() throws Exception {
    fixture = new GatewayFixture();
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  /** The one rule, with these lines and for these; what the issuer's tokens are asked. */
  private void rule(String subjects, String lines, String ofIssuer) throws Exception {
    fixture.write(
        "policy.yaml",
        """
        apiVersion: ephemeris.dev/v1
        rules:
          - name: the rule
            for: %s
            role: data-reader
            scopes: ["orders-prod:/dbs/*/colls/*"]
            ttl: { default: 1h, max: 4h }
        %s\
        """
            .formatted(subjects, lines));
    Path file = fixture.folder().resolve("ephemeris.yaml");
    fixture.write(
        "ephemeris.yaml",
        Files.readString(file)
            .replace(CLAIMS, "")
            .replace(MFA, "")
            .replace(
                "    userAnnotation: example.com/subject\n",
                "    userAnnotation: example.com/subject\n" + ofIssuer));
    fixture.restart();
  }

  private GatewayFixture.Reply ask(String more, Consumer<JWTClaimsSet.Builder> claims)
      throws Exception {
    return fixture.api(
        "POST",
        "/v1/leases",
        fixture.issuer().accessToken(GatewayFixture.BOB, GatewayFixture.CLIENT, claims),
        "{\"scope\":\"" + GatewayFixture.ORDERS + "\"" + more + "}");
  }

  private static Consumer<JWTClaimsSet.Builder> claim(String name, Object value) {
    return claims -> claims.claim(name, value);
  }

  @Test
  void aRuleForAClaimIsForThoseOfWhomTheIssuerSaysIt() throws Exception {
    rule("{ issuer: corp, claims: { tenant: 'c*' } }", "", CLAIMS);

    GatewayFixture.Reply given = ask("", claim("tenant", "c1"));

    assertThat(given.status()).isEqualTo(201);
    String lease = given.json().path("token").textValue();
    assertThat(fixture.readOrder(lease).status()).isEqualTo(200);
    assertThat(ask("", claim("tenant", "d1")).status()).isEqualTo(403);
    assertThat(ask("", claim("tenant", List.of("c1"))).status()).isEqualTo(403);
    assertThat(ask("", claim("tenant", 1)).status()).isEqualTo(403);
    assertThat(ask("", claim("other", "c1")).status()).isEqualTo(403);
    // The claims of one's tokens go for one's leases, and not for another token's.
    fixture.restart();
    assertThat(fixture.readOrder(lease).status()).isEqualTo(200);
  }

  @Test
  void aPartitionKeyOfAClaimHoldsLeasesToIt() throws Exception {
    rule(
        "{ issuer: corp, claims: { tenant: '*' } }",
        "    partitionKey: [\"${claims.tenant}\"]\n",
        CLAIMS);

    GatewayFixture.Reply own = ask(",\"partitionKey\":[\"c1\"]", claim("tenant", "c1"));

    assertThat(own.status()).isEqualTo(201);
    assertThat(fixture.readOrder(own.json().path("token").textValue()).status()).isEqualTo(200);
    assertThat(ask("", claim("tenant", "c1")).status()).isEqualTo(403);
    assertThat(ask(",\"partitionKey\":[\"c2\"]", claim("tenant", "c1")).status()).isEqualTo(403);
    assertThat(ask(",\"partitionKey\":[\"\"]", claim("tenant", "")).status()).isEqualTo(403);
    assertThat(ask(",\"partitionKey\":[\"${claims.tenant}\"]", claims -> {}).status())
        .isEqualTo(403);
    String other =
        ask(",\"partitionKey\":[\"c2\"]", claim("tenant", "c2")).json().path("token").textValue();
    assertThat(fixture.readOrder(other).status()).isEqualTo(403);
  }

  @Test
  void aSecondFactorCountsAsTheConfigurationHasItAndGrowsOld() throws Exception {
    rule("{ principal: person }", "    when: { mfa: true }\n", MFA);
    Instant now = Instant.now();
    Consumer<JWTClaimsSet.Builder> fresh = signedIn(now, "amr", List.of("pwd", "mfa"));

    GatewayFixture.Reply given = ask("", fresh);

    assertThat(given.status()).isEqualTo(201);
    String lease = given.json().path("token").textValue();
    assertThat(fixture.readOrder(lease).status()).isEqualTo(200);
    assertThat(ask("", signedIn(now, "acrs", "c1")).status()).isEqualTo(201);
    assertThat(ask("", signedIn(now, "amr", List.of("pwd"))).status()).isEqualTo(403);
    assertThat(ask("", signedIn(now, "acr", "mfa")).status()).isEqualTo(403);
    assertThat(ask("", signedIn(now.minusSeconds(9 * 3600), "amr", List.of("mfa"))).status())
        .isEqualTo(403);
    assertThat(
            ask("", claims -> claims.claim("amr", List.of("mfa")).claim("auth_time", null))
                .status())
        .isEqualTo(403);
    String old =
        ask("", signedIn(now.minusSeconds(8 * 3600 - 600), "amr", List.of("mfa")))
            .json()
            .path("token")
            .textValue();
    assertThat(fixture.readOrder(old).status()).isEqualTo(200);
    fixture.clock().advance(Duration.ofMinutes(11));
    assertThat(fixture.readOrder(old).status()).isEqualTo(403);
    assertThat(fixture.readOrder(lease).status()).isEqualTo(200);
  }

  private static Consumer<JWTClaimsSet.Builder> signedIn(Instant at, String claim, Object value) {
    return claims ->
        claims
            .claim("amr", List.of("pwd"))
            .claim(claim, value)
            .claim("auth_time", at.getEpochSecond());
  }

  @Test
  void aRuleMayWantATicketAndAReasonAndAClient() throws Exception {
    rule(
        "{ principal: person }",
        "    when: { ticket: 'OPS-[0-9]+', reason: '.{8,}', clients: [ephemeris-cli] }\n",
        "");

    GatewayFixture.Reply given =
        ask(",\"ticket\":\"OPS-17\",\"reason\":\"refund stuck\"", claims -> {});

    assertThat(given.status()).isEqualTo(201);
    assertThat(fixture.readOrder(given.json().path("token").textValue()).status()).isEqualTo(200);
    JsonNode issued = fixture.journal("leaseIssued").getLast();
    assertThat(issued.path("ticket").textValue()).isEqualTo("OPS-17");
    assertThat(issued.path("reason").textValue()).isEqualTo("refund stuck");
    assertThat(ask("", claims -> {}).status()).isEqualTo(403);
    assertThat(ask(",\"ticket\":\"XOPS-17\",\"reason\":\"refund stuck\"", claims -> {}).status())
        .isEqualTo(403);
    assertThat(
            ask(",\"ticket\":\"OPS-17\",\"reason\":\"two\\nlines of it\"", claims -> {}).status())
        .isEqualTo(400);
    rule("{ principal: person }", "    when: { clients: [another] }\n", "");
    assertThat(ask("", claims -> {}).status()).isEqualTo(403);
  }

  @Test
  void ownersGetWhatTheCatalogSaysIsTheirs() throws Exception {
    rule("{ owners: true }", "", "");
    String token = fixture.token(GatewayFixture.ALICE);
    String asked = "{\"scope\":\"" + GatewayFixture.ORDERS + "\"}";
    assertThat(fixture.api("POST", "/v1/leases", token, asked).status()).isEqualTo(403);

    fixture.append(
        "org.yaml",
        """
        ---
        apiVersion: backstage.io/v1alpha1
        kind: Resource
        metadata:
          name: orders
          annotations:
            ephemeris.dev/scopes: |
              *:/dbs/shop/colls/orders
        spec: { type: cosmos-container, owner: team }
        """);
    fixture.restart();

    assertThat(fixture.api("POST", "/v1/leases", token, asked).status()).isEqualTo(201);
    assertThat(
            fixture
                .api("POST", "/v1/leases", token, asked.replace("/colls/orders", "/colls/other"))
                .status())
        .isEqualTo(403);
    assertThat(ask("", claims -> {}).status()).isEqualTo(403);
  }

  /** Clients of one sign-in may share a session; each token counts for the client that it is of. */
  @Test
  void aClientIsThatOfTheToken() throws Exception {
    fixture.configure(
        text -> text.replace("clients: [ephemeris-cli]", "clients: [ephemeris-cli, portal]"));
    rule("{ principal: person }", "    when: { clients: [ephemeris-cli] }\n", "");
    Consumer<JWTClaimsSet.Builder> cli = claim("sid", "one");
    Consumer<JWTClaimsSet.Builder> portal = cli.andThen(claim("client_id", "portal"));

    assertThat(ask("", cli).status()).isEqualTo(201);
    assertThat(ask("", portal).status()).isEqualTo(403);
  }

  /** The first token of a sign-in opens the lease; each counts for what it says itself. */
  @Test
  void aTokenOfOnesOwnCountsForItself() throws Exception {
    rule("{ issuer: corp, claims: { tenant: c1 } }", "    when: { mfa: true }\n", CLAIMS + MFA);
    Instant now = Instant.now();
    Consumer<JWTClaimsSet.Builder> whole =
        signedIn(now, "amr", List.of("mfa"))
            .andThen(claim("tenant", "c1"))
            .andThen(claim("sid", "one"));

    assertThat(byOwnToken(whole).status()).isEqualTo(200);
    assertThat(byOwnToken(whole.andThen(claim("tenant", "c2"))).status()).isEqualTo(403);
    assertThat(byOwnToken(whole.andThen(claim("amr", List.of("pwd")))).status()).isEqualTo(403);
    assertThat(byOwnToken(whole).status()).isEqualTo(200);
  }

  private GatewayFixture.Reply byOwnToken(Consumer<JWTClaimsSet.Builder> claims) throws Exception {
    return fixture.readOrder(
        "type=aad&ver=1.0&sig="
            + fixture
                .issuer()
                .accessToken(
                    GatewayFixture.BOB,
                    GatewayFixture.CLIENT,
                    claims.andThen(token -> token.audience("api://ephemeris-data"))));
  }

  @Test
  void aRuleMaySayHowCredentialsAreHandedOver() throws Exception {
    rule("{ principal: person }", "    deliver: [env, file]\n", "");

    GatewayFixture.Reply byItself = ask("", claims -> {});

    assertThat(byItself.status()).isEqualTo(400);
    assertThat(byItself.detail())
        .contains("“the rule”", "handed over as env, file", "token was asked for");
    assertThat(ask(",\"deliver\":\"connectionString\"", claims -> {}).status()).isEqualTo(400);
    assertThat(ask(",\"deliver\":\"mail\"", claims -> {}).status()).isEqualTo(400);
    assertThat(ask(",\"deliver\":\"env\"", claims -> {}).status()).isEqualTo(201);
  }

  @Test
  void aPolicyWithObligationsThatNobodySeesToIsRefused() {
    assertThat(
            catchThrowable(
                () -> rule("{ principal: person }", "    mask: [/email]\n    notify: [ops]\n", "")))
        .hasStackTraceContaining(
            "The rule 'the rule' has mask, which this version of the gateway can't see to.")
        .hasStackTraceContaining(
            "The rule 'the rule' tells people by the channel 'ops', which the configuration doesn't"
                + " have under notifications; it has none.");
  }

  /** A rule that denies by a claim that nobody keeps would deny nothing. */
  @Test
  void aPolicyThatAsksForWhatIsNotKeptIsRefused() throws Exception {
    fixture.write(
        "policy.yaml",
        """
        apiVersion: ephemeris.dev/v1
        rules:
          - name: not for tests
            effect: deny
            for: { issuer: corp, claims: { purpose: test } }
            actions: [reads]
        """);

    assertThat(catchThrowable(fixture::restart))
        .hasStackTraceContaining(
            "The rule 'not for tests' asks issuer 'corp' for the claim 'purpose'");

    rule("{ principal: person }", "", CLAIMS);
  }
}
