package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.node.ObjectNode;
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

  /** Gives something an etag and the time. */
  void on(ObjectNode resource) {
    resource.put("_etag", nextEtag()).put("_ts", now());
  }

  /** Seconds since 1970, as {@code _ts} counts. */
  long now() {
    return clock.instant().getEpochSecond();
  }
}
