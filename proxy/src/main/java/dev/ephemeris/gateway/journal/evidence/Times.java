package dev.ephemeris.gateway.journal.evidence;

import java.time.Instant;

/** Instants as the index has them, in the same order. */
final class Times {

  private static final long BILLION = 1_000_000_000L;
  private static final long HOUR = 3600 * BILLION;

  private Times() {}

  /** Nanoseconds since 1970; the nearest there is of a time some centuries from then. */
  static long nanos(Instant at) {
    try {
      return Math.addExact(Math.multiplyExact(at.getEpochSecond(), BILLION), at.getNano());
    } catch (ArithmeticException far) {
      return at.isBefore(Instant.EPOCH) ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  static Instant instant(long nanos) {
    return Instant.ofEpochSecond(Math.floorDiv(nanos, BILLION), Math.floorMod(nanos, BILLION));
  }

  static long hour(long nanos) {
    return Math.floorDiv(nanos, HOUR);
  }

  /** When it begins. */
  static long start(long hour) {
    return hour * HOUR;
  }
}
