package dev.ephemeris.simulator.cosmos;

import java.time.InstantSource;
import java.util.Locale;

/** Gives out etags, in order from the start, and timestamps. Guarded by the account's lock. */
final class Stamps {

  private final InstantSource clock;
  private long etags;

  Stamps(InstantSource clock) {
    this.clock = clock;
  }

  String nextEtag() {
    return String.format(Locale.ROOT, "\"00000000-0000-0000-0000-%012x\"", ++etags);
  }

  /** Seconds since 1970, as {@code _ts} counts. */
  long now() {
    return clock.instant().getEpochSecond();
  }
}
