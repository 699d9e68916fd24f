package dev.ephemeris.gateway.identity;

import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One sign-in, from its start to its end.
 *
 * @param client the client id that the issuer gave the token to
 * @param address where the first request came from
 * @param endsAt the absolute end: no lease of this session goes on after it
 * @param endedAt when it was ended before that
 * @param claims those that are kept of its token: by them its holder is found in the catalog
 * @param actsFor if it is an agent's, for whom it acts in it
 */
public record Session(
    String id,
    PrincipalId principal,
    PrincipalKind kind,
    String client,
    String address,
    Instant startedAt,
    Instant endsAt,
    Optional<Instant> endedAt,
    Map<String, String> claims,
    Optional<ActsFor> actsFor) {

  public Session {
    claims = Map.copyOf(claims);
  }

  /**
   * For whom an agent acts.
   *
   * @param client the OAuth client by which they have the token that the agent showed
   * @param sessionId theirs: the agent's session ends with it
   * @param ownSessionId what the agent's own token opened: it ends with that, too
   */
  public record ActsFor(
      PrincipalId principal,
      PrincipalKind kind,
      Map<String, String> claims,
      String client,
      String sessionId,
      String ownSessionId) {}

  /** Of somebody who acts for themselves. */
  public Session(
      String id,
      PrincipalId principal,
      PrincipalKind kind,
      String client,
      String address,
      Instant startedAt,
      Instant endsAt,
      Optional<Instant> endedAt,
      Map<String, String> claims) {
    this(
        id, principal, kind, client, address, startedAt, endsAt, endedAt, claims, Optional.empty());
  }

  /** Whether it is this one's, or an agent's that acts for them. */
  public boolean concerns(PrincipalId whose) {
    return principal.equals(whose)
        || actsFor.filter(whom -> whom.principal().equals(whose)).isPresent();
  }

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
