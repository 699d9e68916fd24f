package dev.ephemeris.simulator.issuer;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Time that passes only when a test says so. */
final class TestClock implements InstantSource {
  private volatile Instant now = Instant.parse("2031-05-17T09:30:00Z");

  @Override
  public Instant instant() {
    return now;
  }

  /** Only the test's thread calls this. */
  void pass(Duration time) {
    now = now.plus(time);
  }
}
