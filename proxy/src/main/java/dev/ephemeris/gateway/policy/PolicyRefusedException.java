package dev.ephemeris.gateway.policy;

import java.util.List;

/** Files that no policy, or no catalog, can be read from. Its message has a problem a line. */
public final class PolicyRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  PolicyRefusedException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** Everything that was found; never empty. */
  public List<String> problems() {
    return problems;
  }
}
