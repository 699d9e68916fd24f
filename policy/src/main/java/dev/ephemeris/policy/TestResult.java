package dev.ephemeris.policy;

import static java.util.stream.Collectors.joining;

import dev.ephemeris.policy.Explanation.RuleTrace;
import dev.ephemeris.policy.yaml.Problem;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What became of one test.
 *
 * @param test where it is; its message is the test's name
 * @param mismatches what isn't as the test says; none if it passed
 * @param decidedBy the rules that decided, by the engine's own answer
 */
public record TestResult(Problem test, List<Mismatch> mismatches, SortedSet<RuleName> decidedBy) {

  /**
   * One thing that isn't as the test says.
   *
   * @param asked an action, or {@code ttl}
   * @param near the rules that apply, and those that would but for one thing
   */
  public record Mismatch(String asked, String expected, String got, List<RuleTrace> near) {
    public Mismatch {
      near = List.copyOf(near);
    }

    /** In lines for a terminal, without an end of line at the end. */
    String toText() {
      return "  %s: expected %s; got %s".formatted(asked, expected, got)
          + near.stream()
              .map(trace -> "\n  " + trace.toText().replace("\n", "\n  "))
              .collect(joining());
    }
  }

  public TestResult {
    mismatches = List.copyOf(mismatches);
    decidedBy = Collections.unmodifiableSortedSet(new TreeSet<>(decidedBy));
  }

  public boolean passed() {
    return mismatches.isEmpty();
  }

  /**
   * In lines for a terminal, without an end of line at the end: what failed, and what came near.
   */
  public String toText() {
    return test + mismatches.stream().map(each -> "\n" + each.toText()).collect(joining());
  }
}
