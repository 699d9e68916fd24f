package dev.ephemeris.gateway.template;

import static java.util.stream.Collectors.joining;

import java.util.List;

/** A request for a template that can't be met. Its message has every problem, one a line. */
public final class InvalidRequest extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * What is wrong with a field.
   *
   * @param field where it is, for example {@code indexing.include[0]}
   */
  public record Problem(String field, String message) {
    @Override
    public String toString() {
      return field + ": " + message;
    }
  }

  private final transient List<Problem> problems;

  InvalidRequest(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(joining("\n")));
    this.problems = List.copyOf(problems);
  }

  InvalidRequest(String field, String message) {
    this(List.of(new Problem(field, message)));
  }

  /** All that was found; never empty. */
  public List<Problem> problems() {
    return problems;
  }
}
