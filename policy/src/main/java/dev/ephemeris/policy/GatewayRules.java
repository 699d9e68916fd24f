package dev.ephemeris.policy;

import static java.util.Comparator.comparing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a policy says of Ephemeris's own actions. Immutable.
 *
 * <p>Each decision looks at every rule: they are few, and asked by people, not by each request for
 * data.
 */
final class GatewayRules {
  private static final Decision NO_RULE = new Decision.Deny(Reason.NO_RULE, Optional.empty());

  /** Denials before allowances, then by name: the first that matches decides. */
  private final List<GatewayRule> strongestFirst;

  GatewayRules(Collection<GatewayRule> rules) {
    this.strongestFirst =
        rules.stream()
            .sorted(comparing(GatewayRule::effect).reversed().thenComparing(GatewayRule::name))
            .toList();
  }

  /** The same, and all actions for the members of {@code groups}; a denial overrides that too. */
  GatewayRules withAdministrators(Set<GroupRef> groups) {
    List<GatewayRule> rules = new ArrayList<>(strongestFirst);
    rules.add(
        new GatewayRule(
            GatewayRule.ADMINISTRATORS,
            Effect.ALLOW,
            Subjects.membersOf(groups),
            EnumSet.allOf(GatewayAction.class)));
    return new GatewayRules(rules);
  }

  List<GatewayRule> rules() {
    return strongestFirst;
  }

  /** Of an agent that acts for somebody, what it may and they may too. */
  Decision decide(Principal principal, GatewayAction action) {
    Decision own = decideAlone(principal, action);
    return principal
        .actsFor()
        .map(whom -> new Intersection().of(own, decide(whom, action)))
        .orElse(own);
  }

  private Decision decideAlone(Principal principal, GatewayAction action) {
    return strongestFirst.stream()
        .filter(rule -> rule.matches(principal, action))
        .findFirst()
        .map(GatewayRules::decision)
        .orElse(NO_RULE);
  }

  private static Decision decision(GatewayRule rule) {
    return rule.denies()
        ? new Decision.Deny(Reason.DENIED_BY_RULE, Optional.of(rule.name()))
        : new Decision.Allow(rule.name(), Obligations.NONE);
  }

  GatewayExplanation explain(Principal principal, GatewayAction action) {
    return new GatewayExplanation(
        principal,
        action,
        decide(principal, action),
        strongestFirst.stream()
            .map(rule -> GatewayExplanation.trace(rule, principal, action))
            .sorted(Explanation.RuleTrace.NEAREST_FIRST)
            .toList(),
        principal.actsFor().map(whom -> explain(whom, action)));
  }
}
