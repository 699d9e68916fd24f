package dev.ephemeris.simulator.cosmos;

/**
 * What a stored procedure throws to say more than that it failed: JavaScript's {@code throw new
 * Error(404, "no such order")}.
 */
public final class ScriptError extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int number;

  /**
   * An error.
   *
   * @param number what the client gets as the sub-status of the {@code 400}
   */
  public ScriptError(int number, String message) {
    super(message);
    this.number = number;
  }

  int number() {
    return number;
  }
}
