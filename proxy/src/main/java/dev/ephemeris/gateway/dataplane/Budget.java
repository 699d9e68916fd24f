package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.policy.Limits;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What was used up of one budget: request units over time, and requests at one time.
 *
 * <p>Request units are known only when the account has answered. So a request goes on while the
 * balance is positive, and its charge may take it below. A balance is a moment: when it would be
 * full again if nothing else came (the generic cell rate algorithm). Ten seconds' worth is saved up
 * at most.
 *
 * <p>Thread-safe, without locks.
 */
final class Budget {

  static final Duration SAVED_UP = Duration.ofSeconds(10);

  /** How long what is only counted may keep others waiting. */
  static final Duration MOST_OWED = Duration.ofMinutes(1);

  private static final long UNTOUCHED = Long.MIN_VALUE;

  private final AtomicLong fullAtNanos = new AtomicLong(UNTOUCHED);
  private final AtomicInteger onTheirWay = new AtomicInteger();

  /**
   * How long until the balance is positive; zero if it is.
   *
   * @param nowNanos on a clock that never goes back
   */
  Duration untilPositive(long nowNanos) {
    long full = fullAtNanos.get();
    if (full == UNTOUCHED) { // the difference would overflow
      return Duration.ZERO;
    }
    long missing = full - nowNanos - SAVED_UP.toNanos();
    return missing < 0 ? Duration.ZERO : Duration.ofNanos(missing + 1);
  }

  /** Takes a charge off the balance. */
  void spend(double requestUnits, Limits limits, long nowNanos) {
    take(requestUnits, limits, nowNanos, Long.MAX_VALUE);
  }

  /**
   * The same for whom the balance doesn't hold up: however much they take, whom it does is held up
   * for a minute at the most.
   */
  void count(double requestUnits, Limits limits, long nowNanos) {
    take(requestUnits, limits, nowNanos, SAVED_UP.plus(MOST_OWED).toNanos());
  }

  private void take(double requestUnits, Limits limits, long nowNanos, long mostAhead) {
    limits
        .requestUnitsPerMinute()
        .ifPresent(
            perMinute -> {
              long cost = (long) (requestUnits * Duration.ofMinutes(1).toNanos() / perMinute);
              fullAtNanos.accumulateAndGet(
                  cost,
                  (full, added) ->
                      full == UNTOUCHED || full < nowNanos
                          ? nowNanos + Math.min(added, mostAhead)
                          : full + Math.clamp(mostAhead - (full - nowNanos), 0, added));
            });
  }

  /** Counts a request as on its way, unless that would be more than {@code most}. */
  boolean begin(int most) {
    while (true) {
      int now = onTheirWay.get();
      if (now >= most) {
        return false;
      }
      if (onTheirWay.compareAndSet(now, now + 1)) {
        return true;
      }
    }
  }

  /** A request that began has ended. */
  void end() {
    onTheirWay.decrementAndGet();
  }
}
