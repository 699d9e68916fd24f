package dev.ephemeris.gateway.identity;

import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import java.time.Instant;
import java.util.Optional;

/**
 * One sign-in, from its start to its end.
 *
 * @param client the client id that the issuer gave the token to
 * @param address where the first request came from
 * @param endsAt the absolute end: no lease of this session goes on after it
 * @param endedAt when it was ended before that
 */
public record Session(
    String id,
    PrincipalId principal,
    PrincipalKind kind,
    String client,
    String address,
    Instant startedAt,
    Instant endsAt,
    Optional<Instant> endedAt) {

  /** Where a session is in its life. */
  public enum State {
    ACTIVE,
    EXPIRED,
    ENDED
  }

  public State state(Instant now) {
    if (endedAt.isPresent()) {
      return State.ENDED;
    }
    return now.isBefore(endsAt) ? State.ACTIVE : State.EXPIRED;
  }
}
