package dev.ephemeris.gateway.identity;

import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A person whom an issuer vouched for, to the gateway itself.
 *
 * @param displayName for people to read; decides nothing
 * @param signedInAt when they last proved who they are, if the issuer says
 * @param mfaUntil until when the second factor of that counts; empty if there was none
 * @param claims those that the issuer's configuration wants for rules, as far as they are text
 */
public record SignIn(
    PrincipalId principal,
    String displayName,
    Optional<Instant> signedInAt,
    Optional<Instant> mfaUntil,
    Map<String, String> claims,
    AtIssuer atIssuer) {

  public SignIn {
    claims = Map.copyOf(claims);
  }

  /** All that a catalog is asked by. */
  public Identity identity() {
    return new Identity(principal, PrincipalKind.PERSON, claims);
  }

  /** As a token of theirs says it that the gateway gave to a client. */
  VerifiedToken token(String client, String signIn, Instant expiresAt) {
    return new VerifiedToken(
        principal,
        PrincipalKind.PERSON,
        displayName,
        client,
        signIn,
        signedInAt,
        mfaUntil,
        claims,
        atIssuer,
        expiresAt);
  }
}
