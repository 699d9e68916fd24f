package dev.ephemeris.gateway.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.opts.AllowWeakRSAKey;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import dev.ephemeris.config.Issuer;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/** Signs whatever it is given, as an issuer with these keys would. */
final class Signer {

  private Signer() {}

  static RSAKey rsa(String kid) {
    return rsa(kid, 2048);
  }

  static RSAKey rsa(String kid, int bits) {
    try {
      return new RSAKeyGenerator(bits, true).keyID(kid).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  static ECKey ec(String kid, Curve curve) {
    try {
      return new ECKeyGenerator(curve).keyID(kid).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  static String published(JWK... keys) {
    return new JWKSet(List.of(keys)).toPublicJWKSet().toString();
  }

  /** An issuer with these keys, which are there without being fetched. */
  static TrustedIssuer trusted(Issuer settings, InstantSource clock, JWK... keys) {
    return new TrustedIssuer(
        settings,
        new IssuerKeys(
            () ->
                Future.succeededFuture(
                    VerificationKeys.parse(published(keys), settings.algorithms())),
            clock),
        clock);
  }

  /** A token of this payload, byte for byte. */
  static String token(JWK key, JWSAlgorithm algorithm, String type, String payload) {
    return signed(
        key,
        new JWSHeader.Builder(algorithm)
            .keyID(key.getKeyID())
            .type(new JOSEObjectType(type))
            .build(),
        payload);
  }

  /** The same under a header of the caller's own. */
  static String signed(JWK key, JWSHeader header, String payload) {
    String input = header.toBase64URL() + "." + Base64URL.encode(payload);
    try {
      JWSSigner signer =
          key instanceof ECKey ec
              ? new ECDSASigner(ec)
              : new RSASSASigner(key.toRSAKey(), Set.of(AllowWeakRSAKey.getInstance()));
      return input + "." + signer.sign(header, input.getBytes(StandardCharsets.US_ASCII));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }
}
