package dev.ephemeris.policy;

import java.time.Instant;
import java.util.Optional;

/**
 * What was known when a lease was asked for, and goes for it as long as it lasts.
 *
 * @param client the OAuth client by which its holder signed in
 * @param mfaUntil until when the second factor of that sign-in counts; empty if there was none
 * @param reason what its holder says it is for
 * @param ticket where that is written down
 */
public record Standing(
    Optional<String> client,
    Optional<Instant> mfaUntil,
    Optional<String> reason,
    Optional<String> ticket) {

  /** Nothing is known. */
  public static final Standing NONE =
      new Standing(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
