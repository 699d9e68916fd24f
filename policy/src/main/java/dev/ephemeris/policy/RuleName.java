package dev.ephemeris.policy;

/** The name of a rule: a sentence that says what it is for. Unique in a policy. */
public record RuleName(String value) implements Comparable<RuleName> {

  /**
   * @throws IllegalArgumentException if it is blank
   */
  public RuleName {
    if (value.isBlank()) {
      throw new IllegalArgumentException("a rule without a name");
    }
  }

  /** The same as the constructor, by the name under which values of a file are read. */
  public static RuleName parse(String value) {
    return new RuleName(value);
  }

  @Override
  public int compareTo(RuleName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
