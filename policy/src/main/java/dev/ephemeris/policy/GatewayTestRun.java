package dev.ephemeris.policy;

import dev.ephemeris.policy.Explanation.RuleTrace;
import dev.ephemeris.policy.TestFile.TestEntry;
import dev.ephemeris.policy.TestResult.Mismatch;
import dev.ephemeris.policy.yaml.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/** One test of Ephemeris's own actions; the sister of {@link TestRun}. */
record GatewayTestRun(Policy policy, TestEntry test, Principal principal) {

  TestResult result(Problem place) {
    List<Mismatch> mismatches = new ArrayList<>();
    NavigableSet<RuleName> decidedBy = new TreeSet<>();
    for (GatewayAction action : test.gatewayActions()) {
      TestAnswer answer = TestAnswer.of(policy.decide(principal, action));
      decidedBy.addAll(answer.by());
      if (!answer.isExpected(test)) {
        mismatches.add(
            new Mismatch(
                action.toString(), TestAnswer.expected(test), answer.toString(), near(action)));
      }
    }
    return new TestResult(place, mismatches, decidedBy);
  }

  private List<RuleTrace> near(GatewayAction action) {
    return policy.explain(principal, action).rules().stream()
        .filter(trace -> trace.matches() || trace.nearMiss())
        .toList();
  }
}
