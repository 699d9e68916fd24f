package dev.ephemeris.simulator.azure;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.ephemeris.simulator.azure.ServicePrincipal.Proof;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/** Whether a client assertion shows that somebody is a service principal (RFC 7523 §3). */
final class Assertions {
  private static final Set<JWSAlgorithm> CERTIFICATES =
      Set.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256);

  private final InstantSource clock;

  Assertions(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Why it doesn't, in Entra ID's words; empty if it does.
   *
   * @param endpoint whom an assertion of the principal's own must be meant for
   */
  Optional<EntraError> refusal(ServicePrincipal principal, String assertion, String endpoint) {
    try {
      var jwt = SignedJWT.parse(assertion);
      var claims = jwt.getJWTClaimsSet();
      var proof =
          principal.proofs().stream()
              .filter(one -> isOf(one, claims, principal, endpoint))
              .findFirst();
      if (proof.isEmpty()) {
        return Optional.of(EntraError.noFederation(claims));
      }
      if (!isSigned(jwt, proof.get())) {
        return Optional.of(EntraError.badSignature());
      }
      return isCurrent(claims) ? Optional.empty() : Optional.of(EntraError.notCurrent());
    } catch (ParseException | JOSEException notAToken) {
      return Optional.of(EntraError.malformedAssertion());
    }
  }

  private static boolean isOf(
      Proof proof, JWTClaimsSet claims, ServicePrincipal principal, String endpoint) {
    return switch (proof) {
      case Proof.Federated(var issuer, var subject, var audience, _) ->
          issuer.equals(claims.getIssuer())
              && subject.equals(claims.getSubject())
              && claims.getAudience().contains(audience);
      case Proof.Certificate _ ->
          principal.clientId().equals(claims.getIssuer())
              && principal.clientId().equals(claims.getSubject())
              && claims.getAudience().contains(endpoint);
    };
  }

  private static boolean isSigned(SignedJWT jwt, Proof proof) throws JOSEException {
    var algorithm = jwt.getHeader().getAlgorithm();
    return switch (proof) {
      case Proof.Federated(_, _, _, var keys) -> {
        Optional<JWK> key =
            Optional.ofNullable(jwt.getHeader().getKeyID())
                .flatMap(id -> Optional.ofNullable(keys.get().getKeyByKeyId(id)));
        yield key.isPresent()
            && JWSAlgorithm.RS256.equals(algorithm)
            && jwt.verify(new RSASSAVerifier(key.get().toRSAKey()));
      }
      case Proof.Certificate(var certificate) ->
          certificate.getPublicKey() instanceof RSAPublicKey key
              && CERTIFICATES.contains(algorithm)
              && jwt.verify(new RSASSAVerifier(key));
    };
  }

  private boolean isCurrent(JWTClaimsSet claims) {
    var now = clock.instant();
    return claims.getExpirationTime() != null
        && now.isBefore(claims.getExpirationTime().toInstant())
        && (claims.getNotBeforeTime() == null
            || !now.isBefore(claims.getNotBeforeTime().toInstant()));
  }
}
