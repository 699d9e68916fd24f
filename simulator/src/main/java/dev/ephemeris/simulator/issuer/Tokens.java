package dev.ephemeris.simulator.issuer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Makes and checks this issuer's JWTs: access tokens (RFC 9068) and ID tokens. Safe for all
 * threads.
 */
final class Tokens {
  static final JOSEObjectType ACCESS = new JOSEObjectType("at+jwt");
  static final JOSEObjectType ID = JOSEObjectType.JWT;
  static final JOSEObjectType LOGOUT = new JOSEObjectType("logout+jwt");

  private final URI issuer;
  private final String apiAudience;
  private final Duration lifetime;
  private final SigningKeys keys;
  private final InstantSource clock;

  Tokens(URI issuer, String apiAudience, Duration lifetime, SigningKeys keys, InstantSource clock) {
    this.issuer = issuer;
    this.apiAudience = apiAudience;
    this.lifetime = lifetime;
    this.keys = keys;
    this.clock = clock;
  }

  Duration lifetime() {
    return lifetime;
  }

  /** The claims of an access token that acts for a person. */
  JWTClaimsSet accessClaims(Authorization authorization) {
    return personal(authorization)
        .audience(apiAudience)
        .claim("client_id", authorization.clientId())
        .claim("scope", authorization.scope())
        .jwtID(UUID.randomUUID().toString())
        .build();
  }

  /** The claims of a client's own access token: the client is the subject (RFC 9068 §2.2). */
  JWTClaimsSet workloadClaims(Client client) {
    return dated()
        .subject(client.clientId())
        .audience(apiAudience)
        .claim("client_id", client.clientId())
        .claim("azp", client.clientId())
        .jwtID(UUID.randomUUID().toString())
        .build();
  }

  /** The claims of a logout token that doesn't say yet whose sign-in has ended. */
  JWTClaimsSet logoutClaims(Client client) {
    return dated()
        .audience(client.clientId())
        .jwtID(UUID.randomUUID().toString())
        .claim("events", Map.of("http://schemas.openid.net/event/backchannel-logout", Map.of()))
        .build();
  }

  /** The claims of an ID token that goes with {@code accessToken}. */
  JWTClaimsSet idClaims(Authorization authorization, String accessToken) {
    var claims =
        personal(authorization)
            .audience(authorization.clientId())
            .claim("at_hash", halfHash(accessToken));
    authorization.nonce().ifPresent(nonce -> claims.claim("nonce", nonce));
    return claims.build();
  }

  String sign(JOSEObjectType type, JWTClaimsSet claims) {
    var key = keys.current();
    var header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).type(type).build();
    var token = new SignedJWT(header, claims);
    try {
      token.sign(new RSASSASigner(key));
    } catch (JOSEException e) {
      throw new IllegalStateException("A key of this issuer's own can't sign", e);
    }
    return token.serialize();
  }

  /** The claims of a token of this type that a published key signed, expired or not. */
  Optional<JWTClaimsSet> read(JOSEObjectType type, String token) {
    try {
      var jwt = SignedJWT.parse(token);
      var key = Optional.ofNullable(jwt.getHeader().getKeyID()).flatMap(keys::find);
      if (key.isEmpty()
          || !type.equals(jwt.getHeader().getType())
          || !JWSAlgorithm.RS256.equals(jwt.getHeader().getAlgorithm())
          || !jwt.verify(new RSASSAVerifier(key.get()))) {
        return Optional.empty();
      }
      return Optional.of(jwt.getJWTClaimsSet());
    } catch (ParseException | JOSEException e) {
      return Optional.empty();
    }
  }

  /** As {@link #read}, if it hasn't expired. */
  Optional<JWTClaimsSet> readCurrent(JOSEObjectType type, String token) {
    return read(type, token)
        .filter(claims -> claims.getExpirationTime().toInstant().isAfter(clock.instant()));
  }

  private JWTClaimsSet.Builder personal(Authorization authorization) {
    var signIn = authorization.signIn();
    return dated()
        .subject(signIn.person().subject())
        .claim("azp", authorization.clientId())
        .claim("auth_time", signIn.at().getEpochSecond())
        .claim("amr", signIn.methods())
        .claim("sid", signIn.sid())
        .claim("name", signIn.person().displayName())
        .claim("preferred_username", signIn.person().name())
        .claim("email", signIn.person().email())
        .claim("email_verified", true);
  }

  private JWTClaimsSet.Builder dated() {
    var now = clock.instant();
    return new JWTClaimsSet.Builder()
        .issuer(issuer.toString())
        .issueTime(Date.from(now))
        .notBeforeTime(Date.from(now))
        .expirationTime(Date.from(now.plus(lifetime)));
  }

  // OpenID Connect Core §3.1.3.6: the left half of the hash
  private static String halfHash(String accessToken) {
    try {
      var hash = MessageDigest.getInstance("SHA-256").digest(accessToken.getBytes(US_ASCII));
      return Base64URL.encode(Arrays.copyOf(hash, hash.length / 2)).toString();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
