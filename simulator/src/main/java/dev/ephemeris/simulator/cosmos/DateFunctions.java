package dev.ephemeris.simulator.cosmos;

import static dev.ephemeris.simulator.cosmos.Values.UNDEFINED;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.ephemeris.cosmos.sql.Function;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Functions on moments, which are text: {@code 2020-01-02T03:04:05.6789123Z}, always UTC. */
final class DateFunctions {

  private static final int NANOS_PER_TICK = 100;
  private static final long TICKS_PER_SECOND = 10_000_000;

  private static final DateTimeFormatter WRITTEN =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSS'Z'", Locale.ROOT);

  private DateFunctions() {}

  static JsonNode call(Function function, List<JsonNode> arguments) {
    try {
      return switch (function) {
        case GETCURRENTDATETIME -> text(LocalDateTime.now(ZoneOffset.UTC));
        case GETCURRENTTICKS -> LongNode.valueOf(ticks(LocalDateTime.now(ZoneOffset.UTC)));
        case GETCURRENTTIMESTAMP -> LongNode.valueOf(Instant.now().toEpochMilli());
        case DATETIMEADD -> add(arguments);
        case DATETIMEDIFF -> difference(arguments);
        case DATETIMEFROMPARTS -> fromParts(arguments);
        case DATETIMEPART -> part(arguments.get(0), arguments.get(1));
        case DATETIMETOTICKS ->
            moment(arguments.getFirst())
                .<JsonNode>map(moment -> LongNode.valueOf(ticks(moment)))
                .orElse(UNDEFINED);
        case DATETIMETOTIMESTAMP ->
            moment(arguments.getFirst())
                .<JsonNode>map(
                    moment ->
                        LongNode.valueOf(Math.floorDiv(ticks(moment), TICKS_PER_SECOND / 1000)))
                .orElse(UNDEFINED);
        case TICKSTODATETIME -> fromTicks(arguments.getFirst(), 1);
        case TIMESTAMPTODATETIME -> fromTicks(arguments.getFirst(), TICKS_PER_SECOND / 1000);
        default -> throw new IllegalArgumentException(function + " is not about moments");
      };
    } catch (DateTimeException | ArithmeticException outOfRange) {
      return UNDEFINED;
    }
  }

  private static JsonNode text(LocalDateTime moment) {
    return moment.getYear() >= 1 && moment.getYear() <= 9999
        ? TextNode.valueOf(WRITTEN.format(moment))
        : UNDEFINED;
  }

  private static Optional<LocalDateTime> moment(JsonNode text) {
    if (!text.isTextual() || !text.textValue().endsWith("Z")) {
      return Optional.empty();
    }
    try {
      String local = text.textValue().substring(0, text.textValue().length() - 1);
      return Optional.of(LocalDateTime.parse(local, DateTimeFormatter.ISO_LOCAL_DATE_TIME));
    } catch (DateTimeParseException notAMoment) {
      return Optional.empty();
    }
  }

  /** Hundreds of nanoseconds since 1970. */
  private static long ticks(LocalDateTime moment) {
    return moment.toEpochSecond(ZoneOffset.UTC) * TICKS_PER_SECOND
        + moment.get(ChronoField.NANO_OF_SECOND) / NANOS_PER_TICK;
  }

  private static JsonNode fromTicks(JsonNode count, long each) {
    if (!count.isNumber() || !count.canConvertToExactIntegral()) {
      return UNDEFINED;
    }
    long ticks = Math.multiplyExact(count.longValue(), each);
    return text(
        LocalDateTime.ofEpochSecond(
            Math.floorDiv(ticks, TICKS_PER_SECOND),
            (int) Math.floorMod(ticks, TICKS_PER_SECOND) * NANOS_PER_TICK,
            ZoneOffset.UTC));
  }

  /** A part by one of the manual's names for it. */
  private static Optional<ChronoUnit> unit(JsonNode name) {
    return switch (name.asText()) {
      case "year", "yyyy", "yy" -> Optional.of(ChronoUnit.YEARS);
      case "month", "mm", "m" -> Optional.of(ChronoUnit.MONTHS);
      case "day", "dd", "d" -> Optional.of(ChronoUnit.DAYS);
      case "hour", "hh" -> Optional.of(ChronoUnit.HOURS);
      case "minute", "mi", "n" -> Optional.of(ChronoUnit.MINUTES);
      case "second", "ss", "s" -> Optional.of(ChronoUnit.SECONDS);
      case "millisecond", "ms" -> Optional.of(ChronoUnit.MILLIS);
      case "microsecond", "mcs" -> Optional.of(ChronoUnit.MICROS);
      case "nanosecond", "ns" -> Optional.of(ChronoUnit.NANOS);
      default -> Optional.empty();
    };
  }

  private static JsonNode add(List<JsonNode> arguments) {
    Optional<ChronoUnit> unit = unit(arguments.get(0));
    JsonNode count = arguments.get(1);
    Optional<LocalDateTime> moment = moment(arguments.get(2));
    return unit.isPresent()
            && moment.isPresent()
            && count.isNumber()
            && count.canConvertToExactIntegral()
        ? text(moment.get().plus(count.longValue(), unit.get()))
        : UNDEFINED;
  }

  /** How many beginnings of the part lie between the two. */
  private static JsonNode difference(List<JsonNode> arguments) {
    Optional<ChronoUnit> unit = unit(arguments.get(0));
    Optional<LocalDateTime> from = moment(arguments.get(1));
    Optional<LocalDateTime> to = moment(arguments.get(2));
    if (unit.isEmpty() || from.isEmpty() || to.isEmpty()) {
      return UNDEFINED;
    }
    return LongNode.valueOf(
        unit.get().between(start(from.get(), unit.get()), start(to.get(), unit.get())));
  }

  private static LocalDateTime start(LocalDateTime moment, ChronoUnit unit) {
    return switch (unit) {
      case YEARS -> moment.withDayOfYear(1).truncatedTo(ChronoUnit.DAYS);
      case MONTHS -> moment.withDayOfMonth(1).truncatedTo(ChronoUnit.DAYS);
      default -> moment.truncatedTo(unit);
    };
  }

  private static JsonNode part(JsonNode name, JsonNode text) {
    Optional<ChronoUnit> unit = unit(name);
    Optional<LocalDateTime> moment = moment(text);
    return unit.isPresent() && moment.isPresent()
        ? LongNode.valueOf(
            moment
                .get()
                .get(
                    switch (unit.get()) {
                      case YEARS -> ChronoField.YEAR;
                      case MONTHS -> ChronoField.MONTH_OF_YEAR;
                      case DAYS -> ChronoField.DAY_OF_MONTH;
                      case HOURS -> ChronoField.HOUR_OF_DAY;
                      case MINUTES -> ChronoField.MINUTE_OF_HOUR;
                      case SECONDS -> ChronoField.SECOND_OF_MINUTE;
                      case MILLIS -> ChronoField.MILLI_OF_SECOND;
                      case MICROS -> ChronoField.MICRO_OF_SECOND;
                      default -> ChronoField.NANO_OF_SECOND;
                    }))
        : UNDEFINED;
  }

  /** Year, month, day, and up to four more down to the hundreds of nanoseconds. */
  private static JsonNode fromParts(List<JsonNode> arguments) {
    if (!arguments.stream().allMatch(part -> part.isNumber() && part.canConvertToInt())) {
      return UNDEFINED;
    }
    int[] parts = new int[7];
    for (int i = 0; i < arguments.size(); i++) {
      parts[i] = arguments.get(i).intValue();
    }
    return text(
        LocalDateTime.of(
            parts[0],
            parts[1],
            parts[2],
            parts[3],
            parts[4],
            parts[5],
            Math.multiplyExact(parts[6], NANOS_PER_TICK)));
  }
}
