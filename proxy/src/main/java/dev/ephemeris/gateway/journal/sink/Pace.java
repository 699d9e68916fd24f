package dev.ephemeris.gateway.journal.sink;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long a sink is waited for after a failure.
 *
 * @param first after the first; double that after each further one
 * @param most at most that
 * @param slow where somebody has to set something right, at most that
 */
record Pace(Duration first, Duration most, Duration slow) {

  static final Pace USUAL =
      new Pace(Duration.ofMillis(500), Duration.ofSeconds(30), Duration.ofMinutes(2));

  /** More doublings are beyond any bound. */
  private static final int MOST_DOUBLINGS = 20;

  /**
   * The wait after so many failures one after another: at random, so that replicas don't come at
   * once.
   */
  Duration after(int failures, SinkException failure) {
    Duration bound = failure.kind() == SinkException.Kind.UNAVAILABLE ? most : slow;
    Duration doubled = first.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
    Duration wait = doubled.compareTo(bound) < 0 ? doubled : bound;
    Duration jittered =
        wait.dividedBy(2).plusNanos(ThreadLocalRandom.current().nextLong(wait.toNanos() / 2 + 1));
    Optional<Duration> asked = failure.retryAfter();
    return asked.isPresent() && asked.get().compareTo(jittered) > 0
        ? (asked.get().compareTo(slow) < 0 ? asked.get() : slow)
        : jittered;
  }
}
