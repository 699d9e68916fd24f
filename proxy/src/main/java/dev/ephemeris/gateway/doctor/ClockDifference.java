package dev.ephemeris.gateway.doctor;

import dev.ephemeris.cosmos.HttpDate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How far two clocks are apart, by the {@code Date} of an answer (RFC 9110 §6.6.1). It counts
 * seconds, and the answer took its time: a few seconds say nothing.
 */
public final class ClockDifference {

  /** Tokens are given no more than this. */
  private static final Duration MOST = Duration.ofSeconds(60);

  private static final Duration WORTH_TELLING = Duration.ofSeconds(20);

  private ClockDifference() {}

  /**
   * What there is to say of it, if it is worth saying.
   *
   * @param whose the other's clock, for people: {@code the issuer's clock}
   * @param date the header, if there was one
   * @param now what the clock here says
   */
  public static Optional<Finding> of(
      String part, String whose, Optional<String> date, Instant now) {
    return date.flatMap(HttpDate::parse)
        .flatMap(there -> of(part, whose, Duration.between(now, there)));
  }

  private static Optional<Finding> of(String part, String whose, Duration ahead) {
    Duration apart = ahead.abs();
    if (apart.compareTo(WORTH_TELLING) < 0) {
      return Optional.empty();
    }
    String what =
        "%s is %d s %s the one here."
            .formatted(whose, apart.toSeconds(), ahead.isNegative() ? "behind" : "ahead of");
    String advice =
        "Have both machines set their clocks by NTP: tokens are refused that seem to be of the"
            + " future, or over.";
    return Optional.of(
        apart.compareTo(MOST) > 0
            ? Finding.problem(part, what, advice)
            : Finding.warning(part, what, advice));
  }
}
