package dev.ephemeris.gateway.custody;

import io.vertx.core.Future;
import java.time.Instant;

/**
 * Makes resource tokens that nobody is given: what becomes of one when the keys are made anew,
 * becomes of all that were made with them. Thread-safe.
 */
public interface Canaries {

  /**
   * Makes one with the key in use, for as little as there is, which the account lets in. Fails if
   * there can't be one; the message says why, to follow “there was no canary:”.
   */
  Future<Canary> make(String account);

  /** A resource token, in memory only. */
  interface Canary {

    /** Until when it is good if nothing happens to it. */
    Instant endsAt();

    /** Whether the account lets it in now. Fails if that isn't clear; the message says why not. */
    Future<Boolean> isLetIn();
  }
}
