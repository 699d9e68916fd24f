package dev.ephemeris.gateway.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import dev.ephemeris.config.SigningAlgorithm;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The keys of one issuer that count for its tokens: public ones, for signatures, strong enough, of
 * an algorithm that the issuer may use. What else it publishes is passed over. Immutable.
 */
final class VerificationKeys {

  /** RFC 7518 §3.3. The longest are there so that nobody makes a check take seconds. */
  private static final int LEAST_RSA_BITS = 2048;

  private static final int MOST_RSA_BITS = 8192;

  private static final int MOST_KEYS = 100;

  /** Of a key. Certificates that come with it decide nothing. */
  private static final Set<String> READ =
      Set.of("kty", "use", "key_ops", "alg", "kid", "n", "e", "crv", "x", "y");

  private final List<JWK> keys;

  private VerificationKeys(List<JWK> keys) {
    this.keys = List.copyOf(keys);
  }

  /** What a signature is. */
  enum Check {
    GOOD,
    /** Not of the key that it names. */
    BAD,
    /** Of none of these keys; perhaps of a newer one. */
    UNKNOWN_KEY
  }

  /**
   * The keys of a set (RFC 7517 §5).
   *
   * @throws IllegalArgumentException if it isn't a set, or none of its keys counts
   */
  static VerificationKeys parse(String json, Set<SigningAlgorithm> algorithms) {
    JsonObject set =
        StrictJson.object(json)
            .orElseThrow(() -> new IllegalArgumentException("its keys aren't a JSON Web Key Set"));
    if (!(set.getValue("keys") instanceof JsonArray published)) {
      throw new IllegalArgumentException("its keys aren't a JSON Web Key Set");
    }
    if (published.size() > MOST_KEYS) {
      throw new IllegalArgumentException("it publishes more than " + MOST_KEYS + " keys");
    }
    List<JWK> keys = new ArrayList<>();
    for (Object each : published) {
      if (each instanceof JsonObject key) {
        try {
          JWK parsed = JWK.parse(read(key));
          if (counts(parsed, algorithms)) {
            keys.add(parsed);
          }
        } catch (ParseException | RuntimeException notAKeyThatWeRead) {
          // RFC 7517 §5: keys that aren't understood are ignored.
        }
      }
    }
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("it publishes no key that its tokens may be signed with");
    }
    return new VerificationKeys(keys);
  }

  int size() {
    return keys.size();
  }

  private static Map<String, Object> read(JsonObject key) {
    Map<String, Object> read = new HashMap<>(key.getMap());
    read.keySet().retainAll(READ);
    return read;
  }

  private static boolean counts(JWK key, Set<SigningAlgorithm> algorithms) {
    boolean forSignatures =
        (key.getKeyUse() == null || key.getKeyUse().equals(KeyUse.SIGNATURE))
            && (key.getKeyOperations() == null
                || key.getKeyOperations().contains(KeyOperation.VERIFY));
    return forSignatures && algorithms.stream().anyMatch(algorithm -> fits(key, algorithm));
  }

  /** RFC 7518 §3.1, RFC 8037 §3.1: each algorithm has its type of key, ECDSA's its curve too. */
  private static boolean fits(JWK key, SigningAlgorithm algorithm) {
    boolean named =
        key.getAlgorithm() == null || key.getAlgorithm().getName().equals(algorithm.jwaName());
    return named
        && switch (algorithm) {
          case RS256, RS384, RS512, PS256, PS384, PS512 ->
              key instanceof RSAKey rsa
                  && rsa.size() >= LEAST_RSA_BITS
                  && rsa.size() <= MOST_RSA_BITS;
          case ES256 -> key instanceof ECKey ec && ec.getCurve().equals(Curve.P_256);
          case ES384 -> key instanceof ECKey ec && ec.getCurve().equals(Curve.P_384);
          case ES512 -> key instanceof ECKey ec && ec.getCurve().equals(Curve.P_521);
          case EDDSA -> key instanceof OctetKeyPair okp && okp.getCurve().equals(Curve.Ed25519);
        };
  }

  /** Whether one of these keys signed this token, by this algorithm. */
  Check check(String token, SigningAlgorithm algorithm, String kid) {
    // A token that names no key may be of any.
    List<JWK> candidates =
        keys.stream()
            .filter(key -> kid.isEmpty() || kid.equals(key.getKeyID()))
            .filter(key -> fits(key, algorithm))
            .toList();
    if (candidates.stream().anyMatch(key -> signed(key, algorithm, token))) {
      return Check.GOOD;
    }
    return candidates.isEmpty() || kid.isEmpty() ? Check.UNKNOWN_KEY : Check.BAD;
  }

  private static boolean signed(JWK key, SigningAlgorithm algorithm, String token) {
    int end = token.lastIndexOf('.');
    byte[] input = token.substring(0, end).getBytes(StandardCharsets.US_ASCII);
    Base64URL signature = new Base64URL(token.substring(end + 1));
    try {
      return switch (algorithm) {
        case EDDSA -> ed25519(key.toOctetKeyPair(), input, signature.decode());
        case RS256, RS384, RS512, PS256, PS384, PS512 ->
            verified(new RSASSAVerifier(key.toRSAKey()), token, input, signature);
        case ES256, ES384, ES512 ->
            verified(new ECDSAVerifier(key.toECKey()), token, input, signature);
      };
    } catch (JOSEException | GeneralSecurityException | ParseException notOfThisKey) {
      return false;
    }
  }

  private static boolean verified(
      JWSVerifier verifier, String token, byte[] input, Base64URL signature)
      throws JOSEException, ParseException {
    JWSHeader header = JWSHeader.parse(new Base64URL(token.substring(0, token.indexOf('.'))));
    return verifier.verify(header, input, signature);
  }

  /** By the JDK: the library needs another one for it. */
  private static boolean ed25519(OctetKeyPair key, byte[] input, byte[] signature)
      throws GeneralSecurityException {
    byte[] point = key.getDecodedX();
    if (point.length != 32) {
      return false;
    }
    // RFC 8032 §5.1.2: little-endian, the last bit is the sign of x.
    byte[] bigEndian = new byte[point.length];
    for (int i = 0; i < point.length; i++) {
      bigEndian[i] = point[point.length - 1 - i];
    }
    boolean odd = (bigEndian[0] & 0x80) != 0;
    bigEndian[0] &= 0x7f;
    Signature verifier = Signature.getInstance("Ed25519");
    verifier.initVerify(
        KeyFactory.getInstance("Ed25519")
            .generatePublic(
                new EdECPublicKeySpec(
                    NamedParameterSpec.ED25519, new EdECPoint(odd, new BigInteger(1, bigEndian)))));
    verifier.update(input);
    return verifier.verify(signature);
  }

  @Override
  public String toString() {
    return Arrays.toString(keys.stream().map(JWK::getKeyID).toArray());
  }
}
