package dev.ephemeris.gateway.identity;

import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What a token of a trusted issuer says, after everything about it was checked.
 *
 * @param signIn what two tokens of one sign-in share at the issuer: {@code sid}, else {@code jti},
 *     else a digest of the token
 * @param signedInAt when the person last proved who they are, if the token says
 * @param mfaUntil until when the second factor of that counts; empty if there was none
 * @param claims those that the issuer's configuration wants for rules, as far as they are text
 */
record VerifiedToken(
    PrincipalId principal,
    PrincipalKind kind,
    String displayName,
    String client,
    String signIn,
    Optional<Instant> signedInAt,
    Optional<Instant> mfaUntil,
    Map<String, String> claims,
    AtIssuer atIssuer,
    Instant expiresAt) {}
