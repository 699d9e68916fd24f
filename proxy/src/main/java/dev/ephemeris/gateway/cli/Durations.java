package dev.ephemeris.gateway.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 90s}, {@code 30m}, {@code 1h30m}, {@code 7d}. */
final class Durations {

  /** Nine digits at most, so that no sum overflows. */
  private static final Pattern WRITTEN =
      Pattern.compile("(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?");

  private Durations() {}

  /** The duration, or empty if the text is none. */
  static Optional<Duration> parse(String text) {
    Matcher written = WRITTEN.matcher(text.toLowerCase(Locale.ROOT));
    if (text.isEmpty() || !written.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        Duration.ofDays(number(written, 1))
            .plusHours(number(written, 2))
            .plusMinutes(number(written, 3))
            .plusSeconds(number(written, 4)));
  }

  /**
   * The two largest units that matter, to the nearest second: {@code 1d 2h}, {@code 59m 12s},
   * {@code 0s}.
   */
  static String format(Duration duration) {
    long seconds = Math.max(0, duration.plusMillis(500).toSeconds());
    long[] parts = {seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60};
    int largest = 0;
    while (largest < 3 && parts[largest] == 0) {
      largest++;
    }
    String text = parts[largest] + UNITS[largest];
    boolean second = largest < 3 && parts[largest + 1] != 0;
    return second ? text + " " + parts[largest + 1] + UNITS[largest + 1] : text;
  }

  private static final String[] UNITS = {"d", "h", "m", "s"};

  private static long number(Matcher written, int group) {
    String digits = written.group(group);
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
