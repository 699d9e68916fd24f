package dev.ephemeris.policy.yaml;

/** The version of a file's format, which every file of Ephemeris states in its first line. */
public enum ApiVersion {
  V1;

  private static final String NAME = "ephemeris.dev/v1";

  /**
   * Reads {@code ephemeris.dev/v1}.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static ApiVersion parse(String text) {
    if (!text.equals(NAME)) {
      throw new IllegalArgumentException("unknown version '" + text + "'; expected " + NAME);
    }
    return V1;
  }

  @Override
  public String toString() {
    return NAME;
  }
}
