package dev.ephemeris.cosmos;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.Optional;

/** The dates of {@code x-ms-date}: RFC 9110 §5.6.7 IMF-fixdate, always two digits for the day. */
public final class HttpDate {

  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.US)
          .withResolverStyle(ResolverStyle.STRICT)
          .withZone(ZoneOffset.UTC);

  private HttpDate() {}

  public static String format(Instant instant) {
    return FORMAT.format(instant);
  }

  public static Optional<Instant> parse(String text) {
    try {
      return Optional.of(Instant.from(FORMAT.parse(text)));
    } catch (DateTimeParseException notADate) {
      return Optional.empty();
    }
  }
}
