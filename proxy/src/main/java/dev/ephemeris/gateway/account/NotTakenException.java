package dev.ephemeris.gateway.account;

/** An account can't be behind this gateway; the message says why, for whoever wants it there. */
final class NotTakenException extends Exception {
  private static final long serialVersionUID = 1L;

  NotTakenException(String message) {
    super(message);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
