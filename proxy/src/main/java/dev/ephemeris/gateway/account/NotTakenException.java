package dev.ephemeris.gateway.account;

/** An account can't be behind this gateway; the message says why, for whoever wants it there. */
final class NotTakenException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean passing;

  NotTakenException(String message) {
    this(message, false);
  }

  /**
   * @param passing whether it may be otherwise at any time
   */
  NotTakenException(String message, boolean passing) {
    super(message);
    this.passing = passing;
  }

  boolean isPassing() {
    return passing;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
