package dev.ephemeris.policy;

/**
 * Environments by name: one, or with a trailing {@code *} all that begin so; {@code *} alone is
 * any.
 */
public record EnvironmentPattern(String text) {
  static final EnvironmentPattern ANY = new EnvironmentPattern("*");

  /**
   * @throws IllegalArgumentException if no environment can be called so
   */
  public EnvironmentPattern {
    if (!text.equals("*")) {
      Naming.ENVIRONMENT.require(isPrefix(text) ? prefix(text) : text);
    }
  }

  /** As the constructor. */
  public static EnvironmentPattern parse(String text) {
    return new EnvironmentPattern(text);
  }

  /** Whether the environment of this name is among them. */
  public boolean matches(String environment) {
    return isPrefix(text) ? environment.startsWith(prefix(text)) : environment.equals(text);
  }

  /** Whether it matches every environment that {@code other} matches. */
  boolean covers(EnvironmentPattern other) {
    return isPrefix(other.text)
        ? isPrefix(text) && prefix(other.text).startsWith(prefix(text))
        : matches(other.text);
  }

  /** Whether there can be an environment that both match. */
  boolean overlaps(EnvironmentPattern other) {
    return covers(other) || other.covers(this);
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
