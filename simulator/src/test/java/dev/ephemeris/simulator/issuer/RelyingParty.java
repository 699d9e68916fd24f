package dev.ephemeris.simulator.issuer;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.text.ParseException;
import java.time.InstantSource;
import java.util.Date;
import java.util.Optional;
import java.util.Set;

/** A careful verifier that knows nothing of the issuer but its name and its published keys. */
record RelyingParty(String issuer, String audience, JWKSet keys, InstantSource clock) {

  Optional<JWTClaimsSet> accessToken(String token, Client client) {
    var expected =
        new JWTClaimsSet.Builder().issuer(issuer).claim("client_id", client.clientId()).build();
    return verify(token, new JOSEObjectType("at+jwt"), audience, expected);
  }

  Optional<JWTClaimsSet> idToken(String token, Client client) {
    var expected = new JWTClaimsSet.Builder().issuer(issuer).build();
    return verify(token, JOSEObjectType.JWT, client.clientId(), expected);
  }

  private Optional<JWTClaimsSet> verify(
      String token, JOSEObjectType type, String audience, JWTClaimsSet expected) {
    var processor = new DefaultJWTProcessor<SecurityContext>();
    processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(type));
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(JWSAlgorithm.RS256, new ImmutableJWKSet<>(keys)));
    processor.setJWTClaimsSetVerifier(
        new DefaultJWTClaimsVerifier<SecurityContext>(
            audience, expected, Set.of("sub", "exp", "iat")) {
          @Override
          protected Date currentTime() {
            return Date.from(clock.instant());
          }
        });
    try {
      return Optional.of(processor.process(token, null));
    } catch (ParseException | BadJOSEException | JOSEException e) {
      return Optional.empty();
    }
  }
}
