package dev.ephemeris.gateway.lease;

/** Root keys that can't be used as they are: what is wrong, and what to do about it. */
public final class RootKeyException extends Exception {
  RootKeyException(String message) {
    super(message);
  }
}
