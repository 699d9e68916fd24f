package dev.ephemeris.gateway.journal;

/** The journal can't take a record (or give one back): no space, no permission, damage. */
public final class JournalException extends Exception {

  public JournalException(String message, Throwable cause) {
    super(message, cause);
  }

  public JournalException(String message) {
    super(message);
  }
}
