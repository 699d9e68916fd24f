package dev.ephemeris.policy.yaml;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as people write them: {@code 90s}, {@code 15m}, {@code 4h}, {@code 7d}, or ISO 8601.
 */
final class DurationText {
  // Nine digits: more could overflow a Duration, and nobody means them.
  private static final Pattern SHORT = Pattern.compile("([0-9]{1,9})([smhd])");

  private DurationText() {}

  static Duration parse(String text) {
    Matcher matcher = SHORT.matcher(text);
    if (!matcher.matches()) {
      return iso(text);
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }

  private static Duration iso(String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a duration; expected one such as 90s, 15m, 4h, 7d or PT4H", e);
    }
  }
}
