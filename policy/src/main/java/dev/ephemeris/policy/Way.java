package dev.ephemeris.policy;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/**
 * A way to data: what is shown in the proxy lane, or one of the lanes beside it. A rule may give
 * the same action one way and not another.
 */
public enum Way {
  LEASE_TOKEN(Lane.PROXY, CredentialForm.LEASE_TOKEN),
  OWN_TOKEN(Lane.PROXY, CredentialForm.OWN_TOKEN),
  LEASE_KEY(Lane.PROXY, CredentialForm.LEASE_KEY),
  TOKEN_LANE(Lane.TOKEN, CredentialForm.LEASE_TOKEN),
  RBAC_LANE(Lane.RBAC, CredentialForm.LEASE_TOKEN);

  private final Lane lane;
  private final CredentialForm form;

  Way(Lane lane, CredentialForm form) {
    this.lane = lane;
    this.form = form;
  }

  /** What {@code grant} gives this way. */
  Answer ask(Grant grant, Action action, Scope scope) {
    return switch (grant.leaseTerms(Set.of(action), scope, lane, form)) {
      case LeaseTerms.Refused(Map<Action, Decision.Deny> reasons) -> {
        Decision.Deny deny = reasons.values().iterator().next();
        yield new Answer.No(deny.reason(), deny.by());
      }
      case LeaseTerms.Granted(Ttl ttl, SortedSet<RuleName> by) ->
          // In the proxy lane one rule decides each request, and its limits count.
          lane == Lane.PROXY
                  && grant.decide(action, scope, form)
                      instanceof Decision.Allow(RuleName rule, Limits limits)
              ? new Answer.Yes(new Given(limits, ttl), rule)
              : new Answer.Yes(new Given(Limits.NONE, ttl), by.first());
    };
  }

  /** What it is called in documents: {@code lease-key}, {@code rbac-lane}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** How an action is given. */
  public record Given(Limits limits, Ttl ttl) {}

  /** Whether an action is given one way, and what says so. */
  sealed interface Answer {
    record Yes(Given given, RuleName by) implements Answer {}

    record No(Reason reason, Optional<RuleName> by) implements Answer {}

    default Optional<Given> asGiven() {
      return switch (this) {
        case Yes(Given given, RuleName by) -> Optional.of(given);
        case No no -> Optional.empty();
      };
    }

    /** The rule that says so, if it takes one. */
    default Optional<RuleName> rule() {
      return switch (this) {
        case Yes(Given given, RuleName by) -> Optional.of(by);
        case No(Reason reason, Optional<RuleName> by) -> by;
      };
    }
  }
}
