package dev.ephemeris.gateway.identity;

import java.util.List;
import java.util.Optional;

/**
 * Marks texts that go to a client and come back, so that they count only as they were given, and
 * only about the same things. It hides them only if whoever gives it says so. Thread-safe.
 */
public interface Seal {

  /**
   * The text, sealed: it can stand in a URL and in a cookie.
   *
   * @param about what it holds for, in an order
   */
  String seal(String text, List<String> about);

  /** The text of {@link #seal}, if it is ours and about the same; constant time. */
  Optional<String> unseal(String sealed, List<String> about);
}
