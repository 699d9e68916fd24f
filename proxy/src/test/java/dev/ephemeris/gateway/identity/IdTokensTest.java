package dev.ephemeris.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.RSAKey;
import dev.ephemeris.config.Issuer;
import dev.ephemeris.gateway.SettableClock;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.yaml.YamlFile;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ID tokens, by which people sign in at the gateway (OpenID Connect Core 1.0 §3.1.3.7). */
class IdTokensTest {

  private static final RSAKey KEY = Signer.rsa("1");

  private final SettableClock clock = new SettableClock();
  private final TrustedIssuer issuer =
      trusted(
          "example.com/subject",
          """
          require: { tenant: [acme], typ: [Bearer] }
          refuse: { guest: ["true"] }
          idTokens: { subject: [oid], require: { typ: [ID] } }
          """);

  private TrustedIssuer trusted(String userAnnotation, String more) {
    Issuer settings =
        YamlFile.read(
            "issuer.yaml",
            """
            name: corp
            issuer: https://login.example.com
            subject: [uid]
            principal: person
            signIn: { clientId: gateway }
            userAnnotation: %s
            """
                    .formatted(userAnnotation)
                + more,
            Issuer.class);
    return Signer.trusted(settings, clock, KEY);
  }

  private JsonObject good() {
    long now = clock.instant().getEpochSecond();
    return new JsonObject()
        .put("iss", "https://login.example.com")
        .put("aud", "gateway")
        .put("sub", "pairwise")
        .put("oid", "alice")
        .put("nonce", "of this sign-in")
        .put("tenant", "acme")
        .put("typ", "ID")
        .put("sid", "s1")
        .put("iat", now)
        .put("auth_time", now - 60)
        .put("exp", now + 600);
  }

  private Verification<VerifiedToken> verify(TrustedIssuer by, String type, JsonObject claims) {
    String token = Signer.token(KEY, JWSAlgorithm.RS256, type, claims.encode());
    Optional<TokenHeader> header = TokenHeader.read(token);
    return header.isEmpty()
        ? new Verification.Refused<>("header")
        : by.verifyIdToken(token, header.get(), "gateway", "of this sign-in").await();
  }

  private static String refusal(Verification<VerifiedToken> verification) {
    return verification instanceof Verification.Refused<VerifiedToken>(String reason)
        ? reason
        : "it isn't refused: " + verification;
  }

  @Test
  void sayWhoSignedIn() {
    JsonObject claims = good();
    VerifiedToken said =
        verify(issuer, "JWT", claims) instanceof Verification.Verified<VerifiedToken>(var it)
            ? it
            : fail("it is refused");

    assertThat(said.principal()).hasToString("corp:alice");
    assertThat(said.kind()).isEqualTo(PrincipalKind.PERSON);
    assertThat(said.signedInAt()).contains(Instant.ofEpochSecond(claims.getLong("auth_time")));
    assertThat(said.atIssuer().subject()).contains("pairwise");
    assertThat(said.atIssuer().session()).contains("s1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"iss":"https://login.example.com/"} | it names another issuer
          {"aud":"another"}                    | it is for another audience
          {"aud":["gateway","another"]}        | it is for others than gateway too
          {"azp":"another"}                    | it is for others than gateway too
          {"nonce":"of another sign-in"}       | it is of another sign-in
          {"nonce":null}                       | it is of another sign-in
          {"exp":null}                         | it has no expiry
          {"exp":1}                            | it expired
          {"iat":99999999999}                  | it isn't valid yet
          {"tenant":"evil"}                    | its claim tenant
          {"typ":"Bearer"}                     | its claim typ
          {"guest":true}                       | its claim guest
          {"oid":null}                         | it has no subject
          """)
  void areForTheGatewayAndThisOneSignIn(String change, String reason) {
    JsonObject claims = good();
    new JsonObject(change)
        .forEach(
            claim -> {
              if (claim.getValue() == null) {
                claims.remove(claim.getKey());
              } else {
                claims.put(claim.getKey(), claim.getValue());
              }
            });

    assertThat(refusal(verify(issuer, "JWT", claims))).startsWith(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"at+jwt", "logout+jwt", "vnd.backstage.user"})
  void areOfNoOtherType(String type) {
    assertThat(refusal(verify(issuer, type, good()))).containsAnyOf("header", "its type is");
  }

  @Test
  void mayBeForTheGatewayInAList() {
    assertThat(verify(issuer, "JWT", good().put("aud", new JsonArray().add("gateway"))))
        .isInstanceOf(Verification.Verified.class);
  }

  /** Whatever else ID tokens have to hold: an address that isn't verified finds nobody. */
  @Test
  void findPeopleByVerifiedAddressesOnly() {
    TrustedIssuer byAddress =
        trusted(
            "spec.profile.email",
            """
            userClaim: email
            require: { email_verified: ["true"] }
            idTokens: { subject: [oid], require: { email_verified: ["*"] } }
            """);

    assertThat(
            refusal(
                verify(
                    byAddress,
                    "JWT",
                    good().put("email", "alice@acme.example").put("email_verified", false))))
        .contains("verified");
  }
}
