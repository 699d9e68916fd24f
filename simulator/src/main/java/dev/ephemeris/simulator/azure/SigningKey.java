package dev.ephemeris.simulator.azure;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.ephemeris.simulator.jwk.RsaKeys;
import java.util.concurrent.atomic.AtomicBoolean;

/** The key that signs the tenant's tokens. In memory only. */
final class SigningKey {
  private final RSAKey key = RsaKeys.take();
  private final AtomicBoolean givenBack = new AtomicBoolean();

  /** The public half. */
  JWKSet published() {
    return new JWKSet(key).toPublicJWKSet();
  }

  /** Once nothing is to be signed with it any more. */
  void giveBack() {
    if (givenBack.compareAndSet(false, true)) {
      RsaKeys.giveBack(key);
    }
  }

  String sign(JWTClaimsSet claims) {
    var header =
        new JWSHeader.Builder(JWSAlgorithm.RS256)
            .type(JOSEObjectType.JWT)
            .keyID(key.getKeyID())
            .build();
    var token = new SignedJWT(header, claims);
    try {
      token.sign(new RSASSASigner(key));
    } catch (JOSEException e) {
      throw new IllegalStateException("A key of this tenant's own can't sign", e);
    }
    return token.serialize();
  }
}
