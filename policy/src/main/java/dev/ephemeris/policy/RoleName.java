package dev.ephemeris.policy;

/** The name of a role, for example {@code data-reader}. */
public record RoleName(String value) {

  /**
   * @throws IllegalArgumentException if it is blank
   */
  public RoleName {
    if (value.isBlank()) {
      throw new IllegalArgumentException("a role without a name");
    }
  }

  /** The same as the constructor, by the name under which values of a file are read. */
  public static RoleName parse(String value) {
    return new RoleName(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
