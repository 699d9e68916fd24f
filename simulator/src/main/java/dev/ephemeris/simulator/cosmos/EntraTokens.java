package dev.ephemeris.simulator.cosmos;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads access tokens of the tenant that the account trusts. */
final class EntraTokens {

  /** For example {@code 7/17/2022 5:09:09 PM}, as .NET writes dates in American. */
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("M/d/uuuu h:mm:ss a", Locale.US).withZone(ZoneOffset.UTC);

  private final String accountName;
  private final InstantSource clock;

  /** Guarded by the account's lock. */
  private Optional<EntraTenant> trusted = Optional.empty();

  EntraTokens(String accountName, InstantSource clock) {
    this.accountName = accountName;
    this.clock = clock;
  }

  void trust(EntraTenant tenant) {
    trusted = Optional.of(tenant);
  }

  /** Who shows a token. */
  sealed interface Holder {

    /**
     * A principal.
     *
     * @param id its {@code oid}, or its {@code sub} if the issuer has no object ids
     * @param ids that id and those of its groups
     */
    record Principal(String id, Set<String> ids) implements Holder {
      public Principal {
        ids = Set.copyOf(ids);
      }
    }

    record Refused(Answer answer) implements Holder {}
  }

  Holder holder(String token) {
    try {
      SignedJWT jwt = SignedJWT.parse(token);
      JWTClaimsSet claims = jwt.getJWTClaimsSet();
      Optional<EntraTenant> tenant = trusted.filter(one -> one.issuer().equals(claims.getIssuer()));
      if (tenant.isEmpty()) {
        return refused(0, untrusted(claims));
      }
      if (!isSigned(jwt, tenant.get())) {
        return refused(0, "Provided AAD token has an invalid signature."); // wording not verified
      }
      return holder(claims, tenant.get());
    } catch (ParseException | JOSEException notAToken) {
      return refused(0, "Provided AAD token is malformed."); // wording not verified
    }
  }

  private Holder holder(JWTClaimsSet claims, EntraTenant tenant) throws ParseException {
    Instant now = clock.instant();
    if (claims.getAudience().stream().noneMatch(tenant.audiences()::contains)) {
      return refused(5008, wrongAudience(claims, tenant));
    }
    if (claims.getExpirationTime() == null
        || !now.isBefore(claims.getExpirationTime().toInstant())) {
      return refused(0, expired(claims, now));
    }
    if (claims.getNotBeforeTime() != null && now.isBefore(claims.getNotBeforeTime().toInstant())) {
      return refused(0, "Provided AAD token is not valid yet."); // wording not verified
    }
    String id =
        Optional.ofNullable(claims.getStringClaim("oid"))
            .or(() -> Optional.ofNullable(claims.getSubject()))
            .orElse("");
    if (id.isEmpty()) {
      return refused(0, "Provided AAD token names no principal."); // wording not verified
    }
    Set<String> ids = new HashSet<>(Set.of(id));
    Optional.ofNullable(claims.getStringListClaim("groups")).ifPresent(ids::addAll);
    return new Holder.Principal(id, ids);
  }

  private static boolean isSigned(SignedJWT jwt, EntraTenant tenant) throws JOSEException {
    String keyId = jwt.getHeader().getKeyID();
    Optional<JWK> key = Optional.ofNullable(keyId).map(id -> tenant.keys().get().getKeyByKeyId(id));
    return key.isPresent()
        && JWSAlgorithm.RS256.equals(jwt.getHeader().getAlgorithm())
        && jwt.verify(new RSASSAVerifier(key.get().toRSAKey()));
  }

  private String untrusted(JWTClaimsSet claims) {
    return "Provided AAD token was issued by the authority ["
        + claims.getIssuer()
        + "] which is not trusted by this database account. Please ensure the token has been issued"
        + " by the AAD tenant(s) ["
        + trusted.map(EntraTenant::issuer).orElse("")
        + "].";
  }

  private static String wrongAudience(JWTClaimsSet claims, EntraTenant tenant) {
    return "Provided AAD token is intended for ["
        + String.join(", ", claims.getAudience())
        + "]. This database account accepts tokens intended for ["
        + String.join(", ", tenant.audiences().stream().sorted().toList())
        + "].";
  }

  private static String expired(JWTClaimsSet claims, Instant now) {
    String since =
        claims.getExpirationTime() == null
            ? "never valid"
            : DATE.format(claims.getExpirationTime().toInstant());
    return "Provided AAD token has been expired since ["
        + since
        + " (UTC)]. Current server time is ["
        + DATE.format(now)
        + " (UTC)]. Please refresh the AAD token.";
  }

  private Holder refused(int subStatus, String why) {
    return new Holder.Refused(Refusals.badEntraToken(accountName, subStatus, why));
  }
}
