package dev.ephemeris.policy;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one principal may do now: the policy's rules, compiled for it.
 *
 * <p>Immutable and safe to share; good for as long as the policy, the principal's groups and the
 * accounts stay what they were.
 */
public final class Grant {
  private static final AccountRules NO_RULES =
      new AccountRules(LaneRules.NONE, LaneRules.NONE, LaneRules.NONE);

  private final PrincipalId principal;
  private final Map<String, AccountRules> accounts;

  private Grant(PrincipalId principal, Map<String, AccountRules> accounts) {
    this.principal = principal;
    this.accounts = accounts;
  }

  /** Compiles those of {@code rules} that are for {@code principal}. */
  static Grant of(List<Rule> rules, Principal principal, Collection<AccountFacts> accounts) {
    List<Rule> own = rules.stream().filter(rule -> rule.subjects().matches(principal)).toList();
    return new Grant(
        principal.id(),
        accounts.stream()
            .collect(
                toUnmodifiableMap(AccountFacts::name, account -> AccountRules.of(own, account))));
  }

  /** Whose grant it is. */
  public PrincipalId principal() {
    return principal;
  }

  /**
   * Whether a request for {@code action} on {@code scope} is allowed in the proxy lane, where each
   * request is decided, and which rule says so.
   *
   * <p>Never throws; takes constant time however many rules there are; allocates nothing.
   */
  public Decision decide(Action action, Scope scope) {
    return rules(scope, Lane.PROXY).decide(action, scope);
  }

  /**
   * What a lease of all of {@code actions} on {@code scope} would be given in {@code lane}.
   *
   * <p>In the proxy lane, a rule that denies only part of the scope doesn't stand in the way: it
   * bites on each request. The other lanes can't honour it, so there it does.
   *
   * @throws IllegalArgumentException if there are no actions
   */
  public LeaseTerms leaseTerms(Set<Action> actions, Scope scope, Lane lane) {
    if (actions.isEmpty()) {
      throw new IllegalArgumentException("a lease of no actions");
    }
    return rules(scope, lane).leaseTerms(actions, scope);
  }

  private LaneRules rules(Scope scope, Lane lane) {
    return accounts.getOrDefault(scope.account(), NO_RULES).in(lane);
  }

  /** The rules of one account, in each lane. */
  private record AccountRules(LaneRules proxy, LaneRules token, LaneRules rbac) {

    static AccountRules of(List<Rule> rules, AccountFacts account) {
      List<Rule> concerning = rules.stream().filter(rule -> rule.concerns(account)).toList();
      return new AccountRules(
          LaneRules.of(concerning, account, Lane.PROXY),
          LaneRules.of(concerning, account, Lane.TOKEN),
          LaneRules.of(concerning, account, Lane.RBAC));
    }

    LaneRules in(Lane lane) {
      return switch (lane) {
        case PROXY -> proxy;
        case TOKEN -> token;
        case RBAC -> rbac;
      };
    }
  }
}
