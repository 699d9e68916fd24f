package dev.ephemeris.gateway.identity;

import dev.ephemeris.policy.PrincipalId;
import java.time.Instant;

/**
 * One sign-in, from its start to its end.
 *
 * @param client the client id that the issuer gave the token to
 * @param address where the first request came from
 * @param endsAt the absolute end: no lease of this session goes on after it
 */
public record Session(
    String id,
    PrincipalId principal,
    String client,
    String address,
    Instant startedAt,
    Instant endsAt) {}
