package dev.ephemeris.policy.yaml;

import static java.util.stream.Collectors.joining;

import java.util.List;

/** A file that can't be read as what it should be. Its message lists every problem, one a line. */
public final class YamlException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  public YamlException(List<Problem> problems) {
    List<Problem> inOrder = problems.stream().sorted(Problem.IN_ORDER).toList();
    super(inOrder.stream().map(Problem::toString).collect(joining("\n")));
    this.problems = inOrder;
  }

  /** Everything that was found, in the order of the files; never empty. */
  public List<Problem> problems() {
    return problems;
  }
}
