package dev.ephemeris.simulator.issuer;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.ephemeris.simulator.jwk.RsaKeys;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Date;
import java.util.Set;
import java.util.function.Function;

/** Makes the tokens of {@link TokenFault}: each is a good access token but for its one fault. */
final class FaultyTokens {
  // Further off than any clock skew that a relying party may forgive.
  private static final Duration FAR = Duration.ofHours(1);

  private final Tokens tokens;
  private final SigningKeys keys;
  private final InstantSource clock;

  FaultyTokens(Tokens tokens, SigningKeys keys, InstantSource clock) {
    this.tokens = tokens;
    this.keys = keys;
    this.clock = clock;
  }

  String make(TokenFault fault, Authorization authorization) {
    var good = tokens.accessClaims(authorization);
    return switch (fault) {
      case ALG_NONE -> new PlainJWT(good).serialize();
      case HS256_WITH_PUBLIC_KEY ->
          sign(header(JWSAlgorithm.HS256, kid()), good, publicKeyAsSecret());
      case OTHER_ALGORITHM -> sign(header(JWSAlgorithm.PS256, kid()), good, signer(keys.current()));
      case WRONG_KEY_SAME_KID -> signByStranger(good, key -> header(JWSAlgorithm.RS256, kid()));
      case UNKNOWN_KID -> signByStranger(good, key -> header(JWSAlgorithm.RS256, key.getKeyID()));
      case EMBEDDED_KEY ->
          signByStranger(
              good, key -> header(JWSAlgorithm.RS256, key.getKeyID()).jwk(key.toPublicJWK()));
      case TAMPERED_PAYLOAD -> tamper(good);
      case CRITICAL_HEADER -> sign(withCriticalHeader(), good, signer(keys.current()));
      case WRONG_ISSUER -> access(change(good).issuer("https://issuer.example.test").build());
      case ISSUER_WITH_TRAILING_SLASH ->
          access(change(good).issuer(good.getIssuer() + "/").build());
      case WRONG_AUDIENCE -> access(change(good).audience("api://another").build());
      case NO_AUDIENCE -> access(change(good).claim("aud", null).build());
      case ID_TOKEN -> tokens.sign(Tokens.ID, tokens.idClaims(authorization, access(good)));
      case WRONG_TYPE -> tokens.sign(Tokens.ID, good);
      case EXPIRED -> access(expired(good));
      case NOT_YET_VALID ->
          access(
              change(good)
                  .notBeforeTime(inFuture(FAR))
                  .expirationTime(inFuture(FAR.multipliedBy(2)))
                  .build());
      case NO_EXPIRY -> access(change(good).expirationTime(null).build());
      case NO_SUBJECT -> access(change(good).subject(null).build());
      case FOREIGN_CLIENT ->
          access(change(good).claim("client_id", "a-stranger").claim("azp", "a-stranger").build());
    };
  }

  private static JWTClaimsSet.Builder change(JWTClaimsSet claims) {
    return new JWTClaimsSet.Builder(claims);
  }

  private String access(JWTClaimsSet claims) {
    return tokens.sign(Tokens.ACCESS, claims);
  }

  private JWTClaimsSet expired(JWTClaimsSet claims) {
    var end = clock.instant().minus(FAR);
    var start = Date.from(end.minus(FAR));
    return change(claims)
        .issueTime(start)
        .notBeforeTime(start)
        .expirationTime(Date.from(end))
        .build();
  }

  private Date inFuture(Duration after) {
    return Date.from(clock.instant().plus(after));
  }

  private String kid() {
    return keys.current().getKeyID();
  }

  private static JWSHeader.Builder header(JWSAlgorithm algorithm, String kid) {
    return new JWSHeader.Builder(algorithm).keyID(kid).type(Tokens.ACCESS);
  }

  private static String signByStranger(
      JWTClaimsSet claims, Function<RSAKey, JWSHeader.Builder> header) {
    var key = RsaKeys.take();
    return sign(header.apply(key), claims, signer(key));
  }

  private JWSHeader.Builder withCriticalHeader() {
    return header(JWSAlgorithm.RS256, kid())
        .criticalParams(Set.of("unheard-of"))
        .customParam("unheard-of", true);
  }

  private String tamper(JWTClaimsSet good) {
    var parts = access(good).split("\\.", -1);
    var payload = change(good).subject("someone-else").build().toString();
    return parts[0] + "." + Base64URL.encode(payload) + "." + parts[2];
  }

  private JWSSigner publicKeyAsSecret() {
    try {
      return new MACSigner(keys.current().toPublicKey().getEncoded());
    } catch (JOSEException e) {
      throw new IllegalStateException("A key of this issuer's own can't be encoded", e);
    }
  }

  private static JWSSigner signer(RSAKey key) {
    try {
      return new RSASSASigner(key);
    } catch (JOSEException e) {
      throw new IllegalStateException("A key that was just made can't sign", e);
    }
  }

  private static String sign(JWSHeader.Builder header, JWTClaimsSet claims, JWSSigner signer) {
    var token = new SignedJWT(header.build(), claims);
    try {
      token.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException("A key that was just made can't sign", e);
    }
    return token.serialize();
  }
}
