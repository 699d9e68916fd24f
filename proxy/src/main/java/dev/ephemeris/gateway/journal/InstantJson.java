package dev.ephemeris.gateway.journal;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Writes a time as {@link Instant#toString} does. Every record has one, and what is general enough
 * for all years and precisions takes longer than all the rest of a record.
 */
final class InstantJson extends StdSerializer<Instant> {

  private static final int LONGEST = "2026-11-24T09:00:00.123456Z".length();

  private static final long FIRST = Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();
  private static final long LAST = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

  InstantJson() {
    super(Instant.class);
  }

  @Override
  public void serialize(Instant at, JsonGenerator json, SerializerProvider unused)
      throws IOException {
    if (at.getNano() % 1_000 != 0 || at.getEpochSecond() < FIRST || at.getEpochSecond() > LAST) {
      json.writeString(at.toString());
      return;
    }
    char[] text = new char[LONGEST];
    json.writeString(text, 0, write(at, text));
  }

  /** The length of what was written. */
  private static int write(Instant at, char[] text) {
    LocalDateTime time = LocalDateTime.ofEpochSecond(at.getEpochSecond(), 0, ZoneOffset.UTC);
    int end = twoDigits(time.getYear() / 100, text, 0);
    end = twoDigits(time.getYear() % 100, text, end);
    text[end] = '-';
    end = twoDigits(time.getMonthValue(), text, end + 1);
    text[end] = '-';
    end = twoDigits(time.getDayOfMonth(), text, end + 1);
    text[end] = 'T';
    end = twoDigits(time.getHour(), text, end + 1);
    text[end] = ':';
    end = twoDigits(time.getMinute(), text, end + 1);
    text[end] = ':';
    end = twoDigits(time.getSecond(), text, end + 1);
    end = fraction(at.getNano() / 1_000, text, end);
    text[end] = 'Z';
    return end + 1;
  }

  /** None, milliseconds or microseconds: as few as tell all. */
  private static int fraction(int micros, char[] text, int start) {
    if (micros == 0) {
      return start;
    }
    text[start] = '.';
    int end = threeDigits(micros / 1_000, text, start + 1);
    return micros % 1_000 == 0 ? end : threeDigits(micros % 1_000, text, end);
  }

  private static int twoDigits(int value, char[] text, int start) {
    text[start] = (char) ('0' + value / 10);
    text[start + 1] = (char) ('0' + value % 10);
    return start + 2;
  }

  private static int threeDigits(int value, char[] text, int start) {
    text[start] = (char) ('0' + value / 100);
    return twoDigits(value % 100, text, start + 1);
  }
}
