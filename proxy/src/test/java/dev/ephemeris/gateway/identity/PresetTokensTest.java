package dev.ephemeris.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import dev.ephemeris.config.Issuer;
import dev.ephemeris.gateway.SettableClock;
import dev.ephemeris.policy.yaml.YamlFile;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tokens as the providers document them, and such as differ in one thing, against the presets. The
 * keys are the test's own; nothing here has spoken with the providers.
 */
class PresetTokensTest {

  private static final JWK RSA = Signer.rsa("1");
  private static final JWK EC = Signer.ec("1", Curve.P_256);
  private static final String TENANT = "7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11";

  private final SettableClock clock = new SettableClock();

  private record Provider(String issuer, String needs, String claims) {}

  private static final Map<String, Provider> PROVIDERS =
      Map.of(
          "entra",
          new Provider(
              "https://login.microsoftonline.com/" + TENANT + "/v2.0",
              "clients: [client]",
              """
              {"oid":"oid-alice","sub":"pairwise","tid":"%s","azp":"client","azpacr":"0",
               "scp":"access offline","ver":"2.0","uti":"x","name":"Alice"}\
              """
                  .formatted(TENANT)),
          "entra-v1",
          new Provider(
              "https://sts.windows.net/" + TENANT + "/",
              "clients: [client]",
              """
              {"oid":"oid-alice","sub":"pairwise","tid":"%s","appid":"client","appidacr":"0",
               "scp":"access","ver":"1.0","amr":["pwd","mfa"],"name":"Alice"}\
              """
                  .formatted(TENANT)),
          "okta",
          new Provider(
              "https://acme.okta.com/oauth2/default",
              "clients: [client]",
              """
              {"uid":"00u-alice","sub":"alice@acme.example","cid":"client","ver":1,"jti":"AT.x",
               "scp":["openid","ephemeris"]}\
              """),
          "google",
          new Provider(
              "https://accounts.google.com",
              "clients: [client]\nrequire: { hd: [acme.example] }",
              """
              {"sub":"1234567890","azp":"client","hd":"acme.example","email":"alice@acme.example",
               "email_verified":true}\
              """),
          "keycloak",
          new Provider(
              "https://id.acme.example/realms/acme",
              "clients: [client]",
              """
              {"sub":"f3b1","azp":"client","sid":"s","typ":"Bearer","acr":"1",
               "preferred_username":"alice","groups":["/engineering/payments"]}\
              """),
          "github-actions",
          new Provider(
              "https://token.actions.githubusercontent.com",
              "require: { repository_owner_id: ['9919'] }",
              """
              {"sub":"repo:octo-org/octo-repo:ref:refs/heads/main","repository":"octo-org/octo-repo",
               "repository_id":"1296269","repository_owner":"octo-org","repository_owner_id":"9919",
               "event_name":"push","ref":"refs/heads/main","ref_protected":"true","jti":"j"}\
              """),
          "gitlab",
          new Provider(
              "https://gitlab.com",
              "require: { namespace_id: ['72'] }",
              """
              {"sub":"project_path:mygroup/my-project:ref_type:branch:ref:main","namespace_id":"72",
               "project_id":"20","pipeline_source":"push","ref":"main","ref_protected":"true"}\
              """),
          "kubernetes",
          new Provider(
              "https://kubernetes.default.svc.cluster.local",
              "claims: [/kubernetes.io/namespace]",
              """
              {"sub":"system:serviceaccount:shop:orders","kubernetes.io":{"namespace":"shop",
               "serviceaccount":{"name":"orders","uid":"uid-of-service-account"},
               "pod":{"name":"orders-1","uid":"uid-of-pod"}}}\
              """),
          "backstage",
          new Provider(
              "https://backstage.acme.example/api/auth",
              "",
              """
              {"sub":"user:default/alice","uip":"proof"}\
              """));

  private TrustedIssuer trusted(String preset, String more) {
    Provider provider = Objects.requireNonNull(PROVIDERS.get(preset));
    Issuer settings =
        YamlFile.read(
            "issuer.yaml",
            "name: it\npreset: "
                + preset
                + "\nissuer: "
                + provider.issuer()
                + "\naudiences: { api: "
                + audience(preset)
                + ", dataPlane: api://data }\n"
                + provider.needs()
                + "\n"
                + more,
            Issuer.class);
    return Signer.trusted(settings, clock, RSA, EC);
  }

  private static String audience(String preset) {
    return preset.equals("backstage") ? "backstage" : "api://ephemeris";
  }

  /** Times in a change are seconds from now; null takes a claim away. */
  private String token(String preset, Optional<String> change) {
    long now = clock.instant().getEpochSecond();
    Provider provider = Objects.requireNonNull(PROVIDERS.get(preset));
    JsonObject claims =
        new JsonObject(provider.claims())
            .put("iss", provider.issuer())
            .put(
                "aud",
                preset.equals("kubernetes")
                    ? new JsonArray().add(audience(preset))
                    : audience(preset))
            .put("iat", now)
            .put("nbf", now)
            .put("exp", now + 600);
    change
        .map(JsonObject::new)
        .ifPresent(
            changes ->
                changes.forEach(
                    entry -> {
                      Object value = entry.getValue();
                      if (value == null) {
                        claims.remove(entry.getKey());
                      } else if (entry.getKey().equals("exp")) {
                        claims.put("exp", now + ((Number) value).longValue());
                      } else {
                        claims.put(entry.getKey(), value);
                      }
                    }));
    return preset.equals("backstage")
        ? Signer.token(EC, JWSAlgorithm.ES256, "vnd.backstage.user", claims.encode())
        : Signer.token(RSA, JWSAlgorithm.RS256, "JWT", claims.encode());
  }

  private Verification<VerifiedToken> verify(TrustedIssuer issuer, String token) {
    return issuer.verify(token, TokenHeader.read(token).orElseThrow(), Audience.API).await();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvFileSource(
      resources = "preset-tokens.csv",
      delimiter = '|',
      numLinesToSkip = 1,
      quoteCharacter = '`')
  void judges(String preset, String what, String change, String expected) {
    Verification<VerifiedToken> verification =
        verify(trusted(preset, ""), token(preset, Optional.ofNullable(change)));

    switch (verification) {
      case Verification.Verified<VerifiedToken>(VerifiedToken token) ->
          assertThat(token.kind() + " " + token.principal().subject()).isEqualTo(expected);
      case Verification.Refused<VerifiedToken>(String reason) ->
          assertThat(reason).contains(expected);
      case Verification.NoKeys<VerifiedToken>(String reason) -> assertThat(reason).isNull();
    }
  }

  /**
   * A user token of Backstage's and an access token of an issuer's are told apart by type alone.
   */
  @Test
  void takesNoTypeForAnother() {
    String payload =
        new String(
            Base64.getUrlDecoder().decode(token("backstage", Optional.empty()).split("\\.", -1)[1]),
            StandardCharsets.UTF_8);

    for (String type : new String[] {"JWT", "at+jwt"}) {
      assertThat(
              verify(trusted("backstage", ""), Signer.token(EC, JWSAlgorithm.ES256, type, payload)))
          .isInstanceOf(Verification.Refused.class);
    }
    String entra = token("entra", Optional.empty()).split("\\.", -1)[1];
    String claims = new String(Base64.getUrlDecoder().decode(entra), StandardCharsets.UTF_8);
    assertThat(
            verify(
                trusted("entra", ""),
                Signer.token(RSA, JWSAlgorithm.RS256, "vnd.backstage.user", claims)))
        .isInstanceOf(Verification.Refused.class);
  }

  /** What one of them requires beside the preset. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "okta | require: { scp: [ephemeris] } | yes",
        "okta | require: { scp: [admin] } | no",
        "entra | require: { scp: [access] } | yes",
        "entra | require: { scp: ['access offline'] } | no",
        "keycloak | require: { groups: [/engineering/payments] } | yes",
        "keycloak | require: { groups: [/engineering] } | no",
        "kubernetes | require: { /kubernetes.io/namespace: [shop, web] } | yes",
        "kubernetes | require: { /kubernetes.io/namespace: [web] } | no",
        "entra | refuse: { tid: ['*'] } | no",
        "entra | maxLifetime: 5m | no",
      },
      quoteCharacter = '"')
  void requiresMore(String preset, String more, String accepted) {
    Verification<VerifiedToken> verification =
        verify(trusted(preset, more), token(preset, Optional.empty()));

    assertThat(verification instanceof Verification.Verified).isEqualTo(accepted.equals("yes"));
  }

  @Test
  void showsClaimsAndASecondFactor() {
    assertThat(good("kubernetes", "", Optional.empty()).claims())
        .isEqualTo(Map.of("/kubernetes.io/namespace", "shop"));
    assertThat(good("entra-v1", "", Optional.empty()).mfaUntil()).isPresent();
    assertThat(good("entra-v1", "", Optional.of("{\"amr\":[\"pwd\"]}")).mfaUntil()).isEmpty();
    assertThat(
            good("entra", "mfa: { acrs: [c1] }", Optional.of("{\"acrs\":[\"c1\",\"c2\"]}"))
                .mfaUntil())
        .isPresent();
  }

  private VerifiedToken good(String preset, String more, Optional<String> change) {
    return verify(trusted(preset, more), token(preset, change))
            instanceof Verification.Verified<VerifiedToken>(VerifiedToken token)
        ? token
        : fail("it is refused");
  }

  @ParameterizedTest
  @CsvSource({"0, yes", "1, no", "59, no"})
  void isGoodUntilItSaysAndNoLonger(int secondsLater, String accepted) {
    String token = token("okta", Optional.of("{\"exp\":1}"));
    TrustedIssuer issuer = trusted("okta", "");
    assertThat(verify(issuer, token)).isInstanceOf(Verification.Verified.class);

    clock.advance(Duration.ofSeconds(secondsLater));

    assertThat(verify(issuer, token) instanceof Verification.Verified)
        .isEqualTo(accepted.equals("yes"));
  }
}
