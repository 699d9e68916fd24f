package dev.ephemeris.gateway.notify;

/** A notification that didn't arrive; the message says why, and holds no secret and no URL. */
public final class UndeliveredException extends Exception {

  public UndeliveredException(String message) {
    super(message);
  }
}
