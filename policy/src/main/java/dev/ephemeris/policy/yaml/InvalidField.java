package dev.ephemeris.policy.yaml;

/**
 * Thrown by a record's constructor to say which of its components is wrong, so that the message can
 * point at the very line.
 */
public final class InvalidField extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient Object[] path;

  /**
   * @param message what is wrong and what was expected
   * @param path from the record to the value: keys (strings) and list indexes (integers)
   */
  public InvalidField(String message, Object... path) {
    super(message);
    this.path = path.clone();
  }

  Object[] path() {
    return path.clone();
  }
}
