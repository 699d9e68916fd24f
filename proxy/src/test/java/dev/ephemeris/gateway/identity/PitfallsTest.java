package dev.ephemeris.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import dev.ephemeris.config.Issuer;
import dev.ephemeris.gateway.SettableClock;
import dev.ephemeris.policy.yaml.YamlFile;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.Signature;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ways in which verifiers of tokens have been fooled (RFC 8725), each against an issuer of ours.
 */
class PitfallsTest {

  private static final RSAKey KEY = Signer.rsa("1");
  private final SettableClock clock = new SettableClock();
  private final TrustedIssuer issuer = trusted("corp", "https://login.example.com", KEY);

  private TrustedIssuer trusted(String name, String url, RSAKey key) {
    Issuer settings =
        YamlFile.read(
            "issuer.yaml",
            """
            name: %s
            issuer: %s
            audiences: { api: api://ephemeris, dataPlane: api://data }
            tokenTypes: [at+jwt, JWT]
            clients: [cli]
            principal: person
            userAnnotation: example.com/subject
            """
                .formatted(name, url),
            Issuer.class);
    return Signer.trusted(settings, clock, key);
  }

  /** A good token's claims, with AUD, NOW and MORE for a case to fill in. */
  private String claims(String audience, String more) {
    Instant now = clock.instant();
    return """
    {"iss":"https://login.example.com","aud":%s,"client_id":"cli","sub":"alice",
     "iat":%d,"exp":%d%s}\
    """
        .formatted(audience, now.getEpochSecond(), now.getEpochSecond() + 600, more);
  }

  private static String sign(RSAKey key, String claims) {
    return Signer.token(key, JWSAlgorithm.RS256, "at+jwt", claims);
  }

  private Verification<VerifiedToken> verify(TrustedIssuer by, String token, Audience wanted) {
    Optional<TokenHeader> header = TokenHeader.read(token);
    return header.isEmpty()
        ? new Verification.Refused<>("header")
        : by.verify(token, header.get(), wanted).await();
  }

  private Verification<VerifiedToken> verify(String token) {
    return verify(issuer, token, Audience.API);
  }

  @Test
  void takesAGoodOne() {
    assertThat(verify(sign(KEY, claims("\"api://ephemeris\"", ""))))
        .isInstanceOf(Verification.Verified.class);
  }

  /** A key is looked up at the issuer that a token names, whoever else has one of its id. */
  @Test
  void takesNoKeyOfAnotherIssuer() {
    RSAKey others = Signer.rsa("1");
    TrustedIssuer another = trusted("other", "https://other.example.com", others);
    String forged = sign(others, claims("\"api://ephemeris\"", ""));

    assertThat(verify(forged))
        .isEqualTo(new Verification.Refused<>("no key of its issuer signed it"));
    assertThat(verify(another, forged, Audience.API))
        .isEqualTo(new Verification.Refused<>("it names another issuer"));
  }

  /** The audiences are never taken for one another. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"api://ephemeris\" | API | yes",
        "\"api://ephemeris\" | DATA_PLANE | no",
        "\"api://data\" | DATA_PLANE | yes",
        "\"api://data\" | API | no",
        "[\"api://data\"] | API | no",
        "[\"x\",\"api://ephemeris\"] | API | yes",
        "[\"api://ephemeris\",\"https://cosmos.azure.com\"] | API | no",
        "\"api://ephemeris/\" | API | no",
        "\"API://ephemeris\" | API | no",
        "\"api://ephemeris api://data\" | API | no",
        "[[\"api://ephemeris\"]] | API | no",
        "{\"0\":\"api://ephemeris\"} | API | no",
        "[] | API | no",
        "null | API | no",
        "\"cli\" | API | no",
      },
      quoteCharacter = '\'')
  void comparesAudiences(String audience, Audience wanted, String accepted) {
    assertThat(
            verify(issuer, sign(KEY, claims(audience, "")), wanted)
                instanceof Verification.Verified)
        .isEqualTo(accepted.equals("yes"));
  }

  /** What reads the last of two may be fooled by what read the first. */
  @ParameterizedTest
  @ValueSource(strings = {",\"sub\":\"bob\"", ",\"aud\":\"x\"", ",\"x\":{\"y\":1,\"y\":2}"})
  void refusesClaimsThatStandThereTwice(String twice) {
    assertThat(verify(sign(KEY, claims("\"api://ephemeris\"", twice))))
        .isEqualTo(new Verification.Refused<>("its claims can't be read in one way only"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"alg\":\"RS256\",\"alg\":\"none\",\"typ\":\"at+jwt\",\"kid\":\"1\"}",
        "{\"alg\":\"RS256\",\"typ\":\"at+jwt\",\"kid\":\"1\",\"jku\":\"https://evil.example/jwks\"}",
        "{\"alg\":\"RS256\",\"typ\":\"at+jwt\",\"kid\":\"1\",\"x5u\":\"https://evil.example/x\"}",
        "{\"alg\":\"RS256\",\"typ\":\"at+jwt\",\"kid\":\"1\",\"x5c\":[]}",
        "{\"alg\":\"RS256\",\"typ\":\"at+jwt\",\"kid\":\"1\",\"jwk\":null}",
        "{\"alg\":\"RS256\",\"typ\":\"at+jwt\",\"kid\":\"1\",\"crit\":[]}",
        "{\"alg\":\"RS256\",\"typ\":\"at+jwt\",\"kid\":\"1\",\"b64\":true}",
        "{\"alg\":\"RS256\",\"typ\":\"logout+jwt\",\"kid\":\"1\"}",
        "{\"alg\":\"RS256\",\"typ\":\"dpop+jwt\",\"kid\":\"1\"}",
        "{\"alg\":\"RS256\",\"typ\":\"vnd.backstage.user\",\"kid\":\"1\"}",
        "{\"alg\":\"rs256\",\"typ\":\"at+jwt\",\"kid\":\"1\"}",
        "{\"alg\":\"HS512\",\"typ\":\"JWT\",\"kid\":\"1\"}",
        "{\"typ\":\"at+jwt\",\"kid\":\"1\"}",
      })
  void refusesHeaders(String header) throws Exception {
    // Signed rightly over a header that says what it shouldn't.
    String input =
        Base64URL.encode(header) + "." + Base64URL.encode(claims("\"api://ephemeris\"", ""));
    Signature signer = Signature.getInstance("SHA256withRSA");
    signer.initSign(KEY.toPrivateKey());
    signer.update(input.getBytes(StandardCharsets.US_ASCII));

    assertThat(verify(input + "." + Base64URL.encode(signer.sign())))
        .isInstanceOf(Verification.Refused.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"iat\":30} | yes",
        "{\"iat\":90} | no",
        "{\"nbf\":30} | yes",
        "{\"nbf\":90} | no",
        "{\"nbf\":\"soon\"} | no",
        "{\"iat\":\"now\"} | no",
        "{\"exp\":1} | yes",
        "{\"exp\":0} | no",
        "{\"exp\":-30} | no",
        "{\"exp\":\"never\"} | no",
        "{\"exp\":1e300} | no",
        "{\"exp\":null} | no",
        "{\"sub\":\"\"} | no",
        "{\"sub\":7} | no",
        "{\"sub\":[\"alice\"]} | no",
        "{\"client_id\":null} | no",
        "{\"client_id\":[\"cli\"]} | no",
        "{\"client_id\":\"stranger\",\"azp\":\"cli\"} | no",
        "{\"client_id\":null,\"azp\":\"cli\"} | yes",
        "{\"iss\":\"https://login.example.com/\"} | no",
        "{\"iss\":\"https://LOGIN.example.com\"} | no",
        "{\"iss\":\"http://login.example.com\"} | no",
        "{\"iss\":[\"https://login.example.com\"]} | no",
      },
      quoteCharacter = '\'')
  void judgesClaims(String change, String accepted) {
    JsonObject claims = new JsonObject(claims("\"api://ephemeris\"", ""));
    new JsonObject(change)
        .forEach(
            entry -> {
              boolean time = entry.getKey().matches("iat|nbf|exp");
              if (time && entry.getValue() instanceof Integer seconds) {
                claims.put(entry.getKey(), clock.instant().getEpochSecond() + seconds);
              } else if (entry.getValue() == null) {
                claims.remove(entry.getKey());
              } else {
                claims.put(entry.getKey(), entry.getValue());
              }
            });

    assertThat(verify(sign(KEY, claims.encode())) instanceof Verification.Verified)
        .isEqualTo(accepted.equals("yes"));
  }

  /** One character of a signature has several spellings; only the header and claims count. */
  @Test
  void refusesATokenWhoseSignedPartWasTouched() {
    String good = sign(KEY, claims("\"api://ephemeris\"", ""));
    String[] parts = good.split("\\.", -1);
    JWSHeader other =
        new JWSHeader.Builder(JWSAlgorithm.RS256)
            .keyID("1")
            .type(new JOSEObjectType("at+jwt"))
            .customParam("x", "y")
            .build();

    assertThat(verify(other.toBase64URL() + "." + parts[1] + "." + parts[2]))
        .isEqualTo(new Verification.Refused<>("no key of its issuer signed it"));
    assertThat(verify(parts[0] + "." + parts[1] + "A." + parts[2]))
        .isInstanceOf(Verification.Refused.class);
    assertThat(verify(parts[0] + "." + parts[1] + ".")).isInstanceOf(Verification.Refused.class);
  }

  /** RFC 8693 §4.1: shown alone it would make the one who acts into whom they act for. */
  @Test
  void takesNoTokenWithWhichSomebodyElseActs() {
    assertThat(
            verify(
                issuer,
                sign(KEY, claims("\"api://ephemeris\"", ",\"act\":{\"sub\":\"copilot\"}")),
                Audience.API))
        .isEqualTo(
            new Verification.Refused<>("it says “act”: somebody acts with it for whom it is of"));
  }
}
