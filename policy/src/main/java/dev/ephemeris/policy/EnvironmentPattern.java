package dev.ephemeris.policy;

/** The environments that a rule names: one, or with a trailing {@code *} all that begin so. */
record EnvironmentPattern(String text) {
  static final EnvironmentPattern ANY = new EnvironmentPattern("*");

  /**
   * @throws IllegalArgumentException if no environment can be called so
   */
  static EnvironmentPattern parse(String text) {
    if (!text.equals("*")) {
      Naming.ENVIRONMENT.require(isPrefix(text) ? prefix(text) : text);
    }
    return new EnvironmentPattern(text);
  }

  boolean matches(String environment) {
    return isPrefix(text) ? environment.startsWith(prefix(text)) : environment.equals(text);
  }

  /** Whether it matches every environment that {@code other} matches. */
  boolean covers(EnvironmentPattern other) {
    return isPrefix(other.text)
        ? isPrefix(text) && prefix(other.text).startsWith(prefix(text))
        : matches(other.text);
  }

  @Override
  public String toString() {
    return text;
  }

  private static boolean isPrefix(String text) {
    return text.endsWith("*");
  }

  private static String prefix(String text) {
    return text.substring(0, text.length() - 1);
  }
}
