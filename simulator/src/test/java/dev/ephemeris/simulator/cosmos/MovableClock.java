package dev.ephemeris.simulator.cosmos;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The real time, and what a test adds to it. */
final class MovableClock implements InstantSource {

  private volatile Duration ahead = Duration.ZERO;

  void forward(Duration by) {
    ahead = ahead.plus(by);
  }

  @Override
  public Instant instant() {
    return Instant.now().plus(ahead);
  }
}
