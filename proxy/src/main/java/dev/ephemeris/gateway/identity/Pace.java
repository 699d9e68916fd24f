package dev.ephemeris.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * How fast each of many may go: some at once, and then one after the other in the same while (the
 * generic cell rate algorithm). Thread-safe.
 */
public final class Pace<K> {

  private static final int MOST_REMEMBERED = 10_000;

  private final Duration between;
  private final Duration burst;
  private final InstantSource clock;

  /** When each would be through with what it was let have, one after the other. */
  private final Cache<K, Instant> dueAt;

  /**
   * @param most at once, and in each {@code per}
   */
  public Pace(int most, Duration per, InstantSource clock) {
    this.between = per.dividedBy(most);
    this.burst = per.minus(between);
    this.clock = clock;
    this.dueAt = Caffeine.newBuilder().maximumSize(MOST_REMEMBERED).build();
  }

  /** A wait in whole seconds, as people and Retry-After have it (RFC 9110 §10.2.3). */
  public static long seconds(Duration wait) {
    return wait.plusMillis(999).toSeconds();
  }

  /** How long this one has to wait; if it hasn't, it is let go, and that is counted. */
  public Duration wait(K who) {
    Instant now = clock.instant();
    AtomicReference<Duration> wait = new AtomicReference<>(Duration.ZERO);
    dueAt
        .asMap()
        .compute(
            who,
            (key, due) -> {
              Instant from = due == null || due.isBefore(now) ? now : due;
              Duration early = Duration.between(now, from).minus(burst);
              if (early.isPositive()) {
                wait.set(early);
                return from;
              }
              return from.plus(between);
            });
    return Objects.requireNonNull(wait.get());
  }
}
