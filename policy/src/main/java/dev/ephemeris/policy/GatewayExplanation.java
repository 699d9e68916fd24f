package dev.ephemeris.policy;

import dev.ephemeris.policy.Explanation.Check;
import dev.ephemeris.policy.Explanation.Criterion;
import dev.ephemeris.policy.Explanation.RuleTrace;
import java.util.List;
import java.util.Optional;

/**
 * How a decision on one of Ephemeris's own actions came about; the sister of {@link Explanation}.
 *
 * @param decision what {@link Policy#decide} says
 * @param rules every rule of such actions; those that match first, then near misses, then the rest
 * @param actedFor the same for whom the principal acts for, which must be allowed it too
 */
public record GatewayExplanation(
    Principal principal,
    GatewayAction action,
    Decision decision,
    List<RuleTrace> rules,
    Optional<GatewayExplanation> actedFor) {

  public GatewayExplanation {
    rules = List.copyOf(rules);
  }

  static RuleTrace trace(GatewayRule rule, Principal principal, GatewayAction action) {
    return new RuleTrace(
        rule.name(),
        rule.effect(),
        List.of(
            new Check(
                Criterion.SUBJECT, rule.subjects().matches(principal), rule.subjects().toString()),
            new Check(
                Criterion.ACTION,
                rule.actions().contains(action),
                Explanation.words(rule.actions()))));
  }

  /** The explanation in lines for a terminal, without an end of line at the end. */
  public String toText() {
    return Explanation.toText(
        principal, action.toString(), decision, rules, actedFor.map(GatewayExplanation::toText));
  }
}
