package dev.ephemeris.gateway.identity;

import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import java.time.Instant;

/**
 * What a token of a trusted issuer says, after everything about it was checked.
 *
 * @param signIn what two tokens of one sign-in share at the issuer: {@code sid}, else {@code jti},
 *     else a digest of the token
 */
record VerifiedToken(
    PrincipalId principal,
    PrincipalKind kind,
    String displayName,
    String client,
    String signIn,
    Instant expiresAt) {}
