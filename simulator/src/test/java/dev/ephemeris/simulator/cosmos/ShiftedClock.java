package dev.ephemeris.simulator.cosmos;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** The system's clock, ahead by what a test says. */
final class ShiftedClock implements InstantSource {

  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

  void set(Duration by) {
    ahead.set(by);
  }

  @Override
  public Instant instant() {
    return Instant.now().plus(ahead.get());
  }
}
