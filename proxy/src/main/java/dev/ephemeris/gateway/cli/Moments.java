package dev.ephemeris.gateway.cli;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Moments as people write them: {@code 2026-11-24T09:00:00Z}, {@code 2026-11-24}, {@code 2h}. */
final class Moments {

  private Moments() {}

  /** A time, the start of a day (UTC), or so long before {@code now}. */
  static Instant parse(String text, Instant now) {
    try {
      return Durations.parse(text).map(now::minus).orElseGet(() -> time(text));
    } catch (DateTimeParseException other) {
      throw new TypeConversionException(
          "'"
              + text
              + "' is no time; write 2026-11-24T09:00:00Z, 2026-11-24, or 2h for two hours ago");
    }
  }

  /** When something is to end: a time, or the start of a day (UTC). */
  static final class End implements ITypeConverter<Instant> {

    @Override
    public Instant convert(String text) {
      try {
        return time(text);
      } catch (DateTimeParseException other) {
        throw new TypeConversionException(
            "'" + text + "' is no time; write 2026-12-01T09:00:00Z, or 2026-12-01");
      }
    }
  }

  private static Instant time(String text) {
    return text.contains("T")
        ? OffsetDateTime.parse(text).toInstant()
        : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
  }
}
