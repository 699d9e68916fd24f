package dev.ephemeris.simulator.cosmos;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** The real time, and what a test adds to it. */
final class MovableClock implements InstantSource {

  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

  /** Is ahead of the real time by so much, whatever it was before. */
  void set(Duration by) {
    ahead.set(by);
  }

  /** Is ahead by so much more than before. */
  void forward(Duration by) {
    ahead.updateAndGet(now -> now.plus(by));
  }

  @Override
  public Instant instant() {
    return Instant.now().plus(ahead.get());
  }
}
