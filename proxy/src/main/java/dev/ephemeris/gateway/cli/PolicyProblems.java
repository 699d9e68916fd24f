package dev.ephemeris.gateway.cli;

import dev.ephemeris.policy.yaml.Problem;
import java.util.List;
import java.util.Map;

/**
 * Prints what is wrong with files of a policy or of its tests, which is then all there is to say.
 */
final class PolicyProblems {

  private PolicyProblems() {}

  /** Prints them, and returns the exit code. */
  static int print(Output output, List<Problem> problems) {
    output.print(
        Map.of("problems", problems),
        () -> problems.forEach(problem -> output.line(Text.line(problem.toString()))));
    return Failure.Kind.REFUSED.exitCode;
  }
}
