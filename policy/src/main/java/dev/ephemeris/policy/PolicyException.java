package dev.ephemeris.policy;

import static java.util.stream.Collectors.joining;

import dev.ephemeris.policy.yaml.Problem;
import java.util.List;

/** A policy that can't be read. Its message lists every problem, one a line. */
public final class PolicyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  PolicyException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** Everything that was found, file by file; never empty. */
  public List<Problem> problems() {
    return problems;
  }
}
