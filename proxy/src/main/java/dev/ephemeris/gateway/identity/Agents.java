package dev.ephemeris.gateway.identity;

import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalKind;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Agents that act for somebody (RFC 8693 §1.1): from a token of each, both accepted, to the session
 * in which the one acts for the other. Thread-safe.
 */
public final class Agents {

  private final Sessions sessions;
  private final Blocks blocks;
  private final Grants grants;
  private final InstantSource clock;

  public Agents(Sessions sessions, Blocks blocks, Grants grants, InstantSource clock) {
    this.sessions = sessions;
    this.blocks = blocks;
    this.grants = grants;
    this.clock = clock;
  }

  /** A token, and what became of it. It doesn't print the token. */
  public record Shown(String token, Authentication.Accepted accepted) {
    @Override
    public String toString() {
      return "a token of " + accepted.principal().id();
    }
  }

  /**
   * The agent whose token {@code actor} is, acting for whom {@code subject} is of; accepted only if
   * the one may act for the other. The future doesn't fail.
   *
   * @param address where it comes from
   */
  public Future<Authentication> of(Shown actor, Shown subject, String address) {
    Optional<String> refusal = refusal(actor, subject);
    if (refusal.isPresent()) {
      return Future.succeededFuture(new Authentication.Rejected(refusal.get()));
    }
    Authentication.Accepted own = actor.accepted();
    Authentication.Accepted whom = subject.accepted();
    return sessions
        .acting(
            own,
            whom,
            address,
            clock.instant(),
            () -> block(own).or(() -> block(whom)).or(() -> stopped(own, whom)))
        .map(
            found ->
                switch (found) {
                  case Sessions.Found.Open(Session session) -> accepted(own, whom, session);
                  case Sessions.Found.Ended(var at) ->
                      new Authentication.Rejected(
                          "the session in which they would act together was ended at "
                              + at
                              + "; show a token of another sign-in");
                  case Sessions.Found.Blocked(Block by) ->
                      new Authentication.Rejected(
                          "block "
                              + by.id()
                              + (by.target() instanceof BlockTarget.OfAgent
                                  ? " keeps the one from acting for the other since "
                                  : " keeps one of them out since ")
                              + by.at());
                })
        .otherwise(BearerTokens::notKept);
  }

  private Authentication accepted(
      Authentication.Accepted own, Authentication.Accepted whom, Session session) {
    Principal alone = own.principal();
    return new Authentication.Accepted(
        grants.agent(
            alone.id(), alone.displayName(), alone.claims(), ActedFor.of(whom.principal())),
        session,
        own.client(),
        own.signedInAt(),
        own.mfaUntil(),
        Optional.of(whom));
  }

  private Optional<Block> block(Authentication.Accepted shown) {
    return blocks.against(shown.principal(), shown.client(), shown.signedInAt());
  }

  /** Whom it acts for has stopped it, and hasn't signed in since. */
  private Optional<Block> stopped(Authentication.Accepted own, Authentication.Accepted whom) {
    return blocks.againstAgent(own.principal().id(), whom.principal(), whom.signedInAt());
  }

  /** Why the one may not act for the other; empty if it may. */
  private static Optional<String> refusal(Shown actor, Shown subject) {
    Principal agent = actor.accepted().principal();
    Principal whom = subject.accepted().principal();
    if (agent.kind() == PrincipalKind.PERSON) {
      return Optional.of("the actor token is a person's, and people act for themselves");
    }
    if (whom.kind() == PrincipalKind.AGENT) {
      return Optional.of("the subject token is an agent's, for which nobody acts");
    }
    if (agent.id().equals(whom.id())) {
      return Optional.of("the actor is the subject itself, which needs no actor token");
    }
    return claims(subject).containsKey("may_act")
            && !names(claims(subject).get("may_act"), claims(actor))
        ? Optional.of("the subject token's “may_act” names another than the actor")
        : Optional.empty();
  }

  /**
   * RFC 8693 §4.4: {@code may_act} identifies the actor. Whatever it says must be what the actor's
   * token says, issuer and subject among it.
   */
  private static boolean names(@Nullable Object mayAct, Map<String, Object> actor) {
    return mayAct instanceof Map<?, ?> named
        && named.containsKey("iss")
        && named.containsKey("sub")
        && named.entrySet().stream()
            .allMatch(
                claim ->
                    claim.getValue() != null
                        && claim.getValue().equals(actor.get(String.valueOf(claim.getKey()))));
  }

  /** Those of a token that was verified a moment ago; one that isn't a JWT has none. */
  private static Map<String, Object> claims(Shown shown) {
    return BearerTokens.claims(shown.token()).map(Claims::said).orElse(Map.of());
  }
}
