package dev.ephemeris.gateway.identity;

import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import java.time.Instant;
import java.util.Optional;

/**
 * What a token of a trusted issuer says, after everything about it was checked.
 *
 * @param signIn what two tokens of one sign-in share at the issuer: {@code sid}, else {@code jti},
 *     else a digest of the token
 * @param signedInAt when the person last proved who they are, if the token says
 */
record VerifiedToken(
    PrincipalId principal,
    PrincipalKind kind,
    String displayName,
    String client,
    String signIn,
    Optional<Instant> signedInAt,
    Instant expiresAt) {}
