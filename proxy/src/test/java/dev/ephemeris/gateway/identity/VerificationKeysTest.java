package dev.ephemeris.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import dev.ephemeris.config.SigningAlgorithm;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.EdECPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which of the keys that an issuer publishes count, and for what. */
class VerificationKeysTest {

  private static final RSAKey RSA = Signer.rsa("1");
  private static final ECKey P256 = Signer.ec("1", Curve.P_256);
  private static final ECKey P384 = Signer.ec("1", Curve.P_384);
  private static final Set<SigningAlgorithm> ALL = EnumSet.allOf(SigningAlgorithm.class);

  private static VerificationKeys.Check check(
      String keys, String token, SigningAlgorithm algorithm) {
    return VerificationKeys.parse(keys, ALL).check(token, algorithm, "1");
  }

  private static String token(JWK key, String algorithm) {
    return Signer.token(key, JWSAlgorithm.parse(algorithm), "JWT", "{}");
  }

  private static String changed(JWK key, JsonObject change) {
    JsonObject changed =
        new JsonObject(Signer.published(key)).getJsonArray("keys").getJsonObject(0).mergeIn(change);
    return new JsonObject().put("keys", new JsonArray().add(changed)).encode();
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
  void takesRsa(String algorithm) {
    assertThat(
            check(
                Signer.published(RSA), token(RSA, algorithm), SigningAlgorithm.valueOf(algorithm)))
        .isEqualTo(VerificationKeys.Check.GOOD);
  }

  @ParameterizedTest
  @CsvSource({"ES256, P-256", "ES384, P-384", "ES512, P-521"})
  void takesEllipticCurves(String algorithm, String curve) {
    ECKey key = Signer.ec("1", Curve.parse(curve));

    assertThat(
            check(
                Signer.published(key), token(key, algorithm), SigningAlgorithm.valueOf(algorithm)))
        .isEqualTo(VerificationKeys.Check.GOOD);
  }

  /** RFC 8037 A.4: by another's hand than the library's. */
  @Test
  void takesEdwardsCurves() throws Exception {
    for (int i = 0; i < 8; i++) {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      // The end of its encoding is the key itself (RFC 8410 §4).
      byte[] encoded = ((EdECPublicKey) pair.getPublic()).getEncoded();
      String x = base64(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
      String input =
          base64("{\"alg\":\"EdDSA\",\"kid\":\"1\"}".getBytes(StandardCharsets.US_ASCII)) + ".e30";
      Signature signer = Signature.getInstance("Ed25519");
      signer.initSign(pair.getPrivate());
      signer.update(input.getBytes(StandardCharsets.US_ASCII));
      String keys =
          new JsonObject()
              .put(
                  "keys",
                  new JsonArray()
                      .add(
                          new JsonObject()
                              .put("kty", "OKP")
                              .put("crv", "Ed25519")
                              .put("kid", "1")
                              .put("x", x)))
              .encode();

      String signature = base64(signer.sign());

      assertThat(check(keys, input + "." + signature, SigningAlgorithm.EDDSA))
          .isEqualTo(VerificationKeys.Check.GOOD);
      assertThat(check(keys, input + "A." + signature, SigningAlgorithm.EDDSA))
          .isEqualTo(VerificationKeys.Check.BAD);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** RFC 7518 §3.3: whoever can factor 1024 bits signs as the issuer. */
  @Test
  void passesOverShortKeys() {
    RSAKey weak = Signer.rsa("1", 1024);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> check(Signer.published(weak), "", SigningAlgorithm.RS256));
    assertThat(
            VerificationKeys.parse(Signer.published(weak, Signer.rsa("2")), ALL)
                .check(token(weak, "RS256"), SigningAlgorithm.RS256, "1"))
        .isEqualTo(VerificationKeys.Check.UNKNOWN_KEY);
  }

  /** One key of an issuer may be for other things: to encrypt to it, or to sign with it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"use\":\"sig\"} | yes",
        "{\"use\":\"sig\",\"key_ops\":[\"verify\"]} | yes",
        "{\"key_ops\":[\"sign\",\"verify\"]} | yes",
        "{\"alg\":\"RS256\"} | yes",
        "{\"use\":\"enc\"} | no",
        "{\"key_ops\":[\"encrypt\"]} | no",
        "{\"key_ops\":[]} | no",
        "{\"alg\":\"PS256\"} | no",
        "{\"alg\":\"RSA-OAEP\"} | no",
        "{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"} | no",
        "{\"kid\":\"2\"} | no",
        "{\"kid\":null} | no",
      },
      quoteCharacter = '\'')
  void takesKeysForWhatTheyAre(String change, String taken) {
    String keys = changed(RSA, new JsonObject(change));
    String beside = Signer.published(Signer.rsa("3"));
    JsonObject both = new JsonObject(keys);
    both.getJsonArray("keys").addAll(new JsonObject(beside).getJsonArray("keys"));

    assertThat(check(both.encode(), token(RSA, "RS256"), SigningAlgorithm.RS256))
        .isEqualTo(
            taken.equals("yes") ? VerificationKeys.Check.GOOD : VerificationKeys.Check.UNKNOWN_KEY);
  }

  /** What the configuration doesn't let an issuer use, no key of it is for. */
  @Test
  void takesNoKeyForAnotherAlgorithm() {
    String keys = Signer.published(RSA, Signer.ec("2", Curve.P_256));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> VerificationKeys.parse(keys, Set.of(SigningAlgorithm.ES384)));
    assertThat(
            VerificationKeys.parse(keys, Set.of(SigningAlgorithm.ES256))
                .check(token(RSA, "RS256"), SigningAlgorithm.ES256, "1"))
        .isEqualTo(VerificationKeys.Check.UNKNOWN_KEY);
  }

  /** RFC 7518 §3.4: each algorithm has its curve; the header's word isn't enough. */
  @Test
  void takesNoCurveForAnotherAlgorithm() {
    assertThat(check(Signer.published(P384), token(P384, "ES384"), SigningAlgorithm.ES256))
        .isEqualTo(VerificationKeys.Check.UNKNOWN_KEY);
    assertThat(check(Signer.published(P256), token(P256, "ES256"), SigningAlgorithm.ES384))
        .isEqualTo(VerificationKeys.Check.UNKNOWN_KEY);
  }

  /** A certificate beside a key decides nothing, be it broken or another's. */
  @Test
  void readsNoCertificates() {
    String keys = changed(RSA, new JsonObject().put("x5c", new JsonArray().add("bm90IG9uZQ==")));

    assertThat(check(keys, token(RSA, "RS256"), SigningAlgorithm.RS256))
        .isEqualTo(VerificationKeys.Check.GOOD);
  }

  /** A token that names no key may be of any of the issuer's, and of no other's. */
  @Test
  void triesAllKeysOnATokenThatNamesNone() {
    VerificationKeys keys =
        VerificationKeys.parse(Signer.published(Signer.rsa("0"), RSA, P256), ALL);
    JWSHeader unnamed = new JWSHeader(JWSAlgorithm.RS256);

    assertThat(keys.check(Signer.signed(RSA, unnamed, "{}"), SigningAlgorithm.RS256, ""))
        .isEqualTo(VerificationKeys.Check.GOOD);
    assertThat(
            keys.check(Signer.signed(Signer.rsa("1"), unnamed, "{}"), SigningAlgorithm.RS256, ""))
        .isEqualTo(VerificationKeys.Check.UNKNOWN_KEY);
  }

  /** Text that means something to files, to SQL or to paths is an id like any other. */
  @ParameterizedTest
  @ValueSource(strings = {"../../etc/passwd", "' OR 1=1 --", "http://evil.example/jwks", "*"})
  void looksIdsUpAsTheyAre(String kid) {
    RSAKey named = Signer.rsa(kid);

    assertThat(
            VerificationKeys.parse(Signer.published(named), ALL)
                .check(token(named, "RS256"), SigningAlgorithm.RS256, kid))
        .isEqualTo(VerificationKeys.Check.GOOD);
    assertThat(
            VerificationKeys.parse(Signer.published(RSA), ALL)
                .check(token(named, "RS256"), SigningAlgorithm.RS256, kid))
        .isEqualTo(VerificationKeys.Check.UNKNOWN_KEY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "[]",
        "{}",
        "{\"keys\":{}}",
        "{\"keys\":[]}",
        "{\"keys\":[],\"keys\":[]}",
        "{\"keys\":[1,null,{}]}",
        "{\"keys\":[{\"kty\":\"RSA\"}]}"
      })
  void refuses(String keys) {
    assertThatIllegalArgumentException().isThrownBy(() -> VerificationKeys.parse(keys, ALL));
  }

  @Test
  void refusesMoreKeysThanAnIssuerHas() {
    JsonObject set = new JsonObject(Signer.published(RSA));
    JsonObject key = set.getJsonArray("keys").getJsonObject(0);
    for (int i = 0; i < 100; i++) {
      set.getJsonArray("keys").add(key);
    }

    assertThatIllegalArgumentException()
        .isThrownBy(() -> VerificationKeys.parse(set.encode(), ALL))
        .withMessage("it publishes more than 100 keys");
  }
}
