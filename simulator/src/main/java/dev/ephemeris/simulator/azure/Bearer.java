package dev.ephemeris.simulator.azure;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a call shows in its Authorization header. */
sealed interface Bearer {

  /**
   * A token of the tenant's that is good for the service that was asked.
   *
   * @param applicationId empty for people
   */
  record Holder(String objectId, Optional<String> applicationId) implements Bearer {

    /** As errors name who was refused: the application, or else the object. */
    String client() {
      return applicationId.orElse(objectId);
    }
  }

  record Nothing() implements Bearer {}

  record Malformed() implements Bearer {}

  record WrongTenant(String issuer) implements Bearer {}

  record WrongAudience(String audience) implements Bearer {}

  record Expired(Instant end) implements Bearer {}

  /**
   * Reads it.
   *
   * @param audiences any of which the token must be for
   */
  static Bearer of(Call call, Tenant tenant, List<String> audiences, Instant now) {
    var header = call.header("authorization");
    if (header.isEmpty()) {
      return new Nothing();
    }
    if (!header.get().regionMatches(true, 0, "Bearer ", 0, "Bearer ".length())) {
      return new Malformed();
    }
    try {
      var jwt = SignedJWT.parse(header.get().substring("Bearer ".length()).strip());
      return isSigned(jwt, tenant)
          ? of(jwt.getJWTClaimsSet(), tenant, audiences, now)
          : new Malformed();
    } catch (ParseException | JOSEException notAToken) {
      return new Malformed();
    }
  }

  private static boolean isSigned(SignedJWT jwt, Tenant tenant) throws JOSEException {
    var keyId = jwt.getHeader().getKeyID();
    var key = keyId == null ? null : tenant.key().published().getKeyByKeyId(keyId);
    return key != null
        && JWSAlgorithm.RS256.equals(jwt.getHeader().getAlgorithm())
        && jwt.verify(new RSASSAVerifier(key.toRSAKey()));
  }

  private static Bearer of(JWTClaimsSet claims, Tenant tenant, List<String> audiences, Instant now)
      throws ParseException {
    if (!tenant.issuer().equals(claims.getIssuer())) {
      return new WrongTenant(String.valueOf(claims.getIssuer()));
    }
    if (claims.getAudience().stream().noneMatch(audiences::contains)) {
      return new WrongAudience(String.join(", ", claims.getAudience()));
    }
    var end = claims.getExpirationTime();
    if (end == null || !now.isBefore(end.toInstant())) {
      return new Expired(end == null ? Instant.EPOCH : end.toInstant());
    }
    var objectId = claims.getStringClaim("oid");
    return objectId == null
        ? new Malformed()
        : new Holder(objectId, Optional.ofNullable(claims.getStringClaim("appid")));
  }
}
