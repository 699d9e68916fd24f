package dev.ephemeris.policy;

import dev.ephemeris.policy.yaml.Problem;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How many of a policy's rules its tests exercise. A rule is exercised if the engine named it as
 * what decided some test: that it applied, beside another that decided, doesn't count.
 *
 * @param rules how many rules there are
 * @param unexercised those that decided no test, each where it stands
 */
public record Coverage(int rules, List<Problem> unexercised) {
  public Coverage {
    unexercised = List.copyOf(unexercised);
  }

  /** What these results, of all tests of {@code policy}, exercise. */
  public static Coverage of(PolicyText policy, List<TestResult> results) {
    Set<RuleName> exercised =
        results.stream()
            .flatMap(result -> result.decidedBy().stream())
            .collect(Collectors.toUnmodifiableSet());
    return new Coverage(
        policy.ruleNames().size(),
        policy.ruleNames().stream()
            .filter(rule -> !exercised.contains(rule))
            .map(rule -> policy.problem("no test exercises '" + rule + "'", rule, "name"))
            .toList());
  }

  public int exercised() {
    return rules - unexercised.size();
  }

  /** Of a hundred rules, how many are exercised, rounded down; 100 if there are none. */
  public int percent() {
    return rules == 0 ? 100 : exercised() * 100 / rules;
  }
}
