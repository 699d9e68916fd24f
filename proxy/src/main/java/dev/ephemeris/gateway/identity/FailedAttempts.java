package dev.ephemeris.gateway.identity;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Failed attempts to authenticate, by where they come from and by whom they claim to be. After a
 * hundred, one in a second is answered as ever, and the others are told to come again later.
 *
 * <p>It is asked after an attempt has failed, never before: a good credential passes whoever else
 * fails beside it. What it holds is bounded. Thread-safe.
 */
public final class FailedAttempts {

  private static final int AT_ONCE = 100;

  private static final Duration ONE_MORE = Duration.ofSeconds(1);

  private static final int MOST_SOURCES = 20_000;

  /** A claim is anybody's: as much of it is kept as tells them apart. */
  private static final int MOST_CHARACTERS = 256;

  private final InstantSource clock;
  private final LoadingCache<String, Allowance> byAddress = allowances();
  private final LoadingCache<String, Allowance> bySubject = allowances();

  public FailedAttempts(InstantSource clock) {
    this.clock = clock;
  }

  private LoadingCache<String, Allowance> allowances() {
    return Caffeine.newBuilder()
        .maximumSize(MOST_SOURCES)
        .expireAfterAccess(Duration.ofMinutes(10))
        .build(source -> new Allowance());
  }

  /** What becomes of an attempt that has failed. */
  public sealed interface Answer {

    /**
     * It is answered as it is, and recorded.
     *
     * @param unrecorded how many from there weren't since the last that was
     */
    record AsEver(long unrecorded) implements Answer {

      /** The reason with what hasn't been told before. */
      public String recorded(String reason) {
        return unrecorded == 0
            ? reason
            : reason + " (and " + unrecorded + " more from there since, which were slowed)";
      }
    }

    /** It is to come again after this. */
    record Slowed(Duration until) implements Answer {

      public long waitMillis() {
        return Math.max(1, until.toMillis());
      }

      /** Whole seconds, as HTTP has them (RFC 9110 §10.2.3). */
      public long waitSeconds() {
        return Math.max(1, (until.toMillis() + 999) / 1000);
      }
    }
  }

  /**
   * Counts one.
   *
   * @param claimed whom it claimed to be, if it did
   */
  public Answer failed(String address, Optional<String> claimed) {
    Instant now = clock.instant();
    Allowance ofAddress = byAddress.get(network(address));
    Duration wait = ofAddress.take(now);
    Duration ofSubject =
        claimed.map(subject -> bySubject.get(shortened(subject)).take(now)).orElse(Duration.ZERO);
    Duration longer = wait.compareTo(ofSubject) >= 0 ? wait : ofSubject;
    return longer.isPositive() ? ofAddress.slowed(longer) : new Answer.AsEver(ofAddress.recorded());
  }

  /** Of IPv6 the network, as one host has all of it (RFC 4291 §2.5.4). */
  private static String network(String address) {
    try {
      InetAddress literal = InetAddress.ofLiteral(address);
      return literal instanceof Inet6Address
          ? HexFormat.of().formatHex(Arrays.copyOf(literal.getAddress(), 8))
          : literal.getHostAddress();
    } catch (IllegalArgumentException unknown) {
      return "unknown";
    }
  }

  private static String shortened(String subject) {
    return subject.substring(0, Math.min(subject.length(), MOST_CHARACTERS));
  }

  /** What one source has left. Its fields are its own lock's. */
  private static final class Allowance {

    private double left = AT_ONCE;
    private Instant since = Instant.MIN;
    private long unrecorded;

    /** Takes one; else says how long until there is one. */
    synchronized Duration take(Instant now) {
      if (now.isAfter(since)) {
        if (!since.equals(Instant.MIN)) {
          double more = Duration.between(since, now).toMillis() / (double) ONE_MORE.toMillis();
          left = Math.min(AT_ONCE, left + more);
        }
        since = now;
      }
      if (left >= 1) {
        left -= 1;
        return Duration.ZERO;
      }
      return Duration.ofMillis(Math.max(1, (long) ((1 - left) * ONE_MORE.toMillis())));
    }

    synchronized Answer slowed(Duration wait) {
      unrecorded += 1;
      return new Answer.Slowed(wait);
    }

    synchronized long recorded() {
      long untold = unrecorded;
      unrecorded = 0;
      return untold;
    }
  }
}
