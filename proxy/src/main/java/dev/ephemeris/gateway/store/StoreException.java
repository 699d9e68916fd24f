package dev.ephemeris.gateway.store;

/** The store can't be opened or asked. The message says which and why, for an operator. */
public final class StoreException extends RuntimeException {

  public StoreException(String message) {
    super(message);
  }

  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
