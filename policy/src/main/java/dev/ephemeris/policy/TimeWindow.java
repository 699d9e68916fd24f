package dev.ephemeris.policy;

import dev.ephemeris.policy.yaml.Default;
import dev.ephemeris.policy.yaml.InvalidField;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Hours of the week by a wall clock: from {@code from} on, until just before {@code to}. Where
 * {@code to} isn't after {@code from}, the window ends on the next day, and belongs to the day on
 * which it began.
 *
 * @param days on which it begins; all unless said
 */
record TimeWindow(@Default("[mon-sun]") List<Days> days, Clock from, Clock to, Zone zone) {
  private static final int SECONDS_OF_A_DAY = 86_400;
  private static final DayOfWeek DAY_OF_THE_EPOCH = DayOfWeek.THURSDAY;

  /** Some days in a row, {@code mon-fri}, or one, {@code sat}. */
  record Days(String text, Set<DayOfWeek> days) {
    private static final List<String> NAMES =
        List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");

    static Days parse(String text) {
      String[] ends = text.split("-", -1);
      int first = NAMES.indexOf(ends[0]);
      int last = NAMES.indexOf(ends[ends.length - 1]);
      if (ends.length > 2 || first < 0 || last < 0) {
        throw new IllegalArgumentException(
            "'%s' are no days; expected one of %s, or two of them as in mon-fri"
                .formatted(text, String.join(", ", NAMES)));
      }
      Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
      for (int day = first; ; day = (day + 1) % NAMES.size()) {
        days.add(DayOfWeek.of(day + 1));
        if (day == last) {
          return new Days(text, days);
        }
      }
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** A time of the day, {@code 08:30}. */
  record Clock(LocalTime time) {
    private static final Pattern FORM = Pattern.compile("([01][0-9]|2[0-3]):[0-5][0-9]");

    static Clock parse(String text) {
      if (!FORM.matcher(text).matches()) {
        throw new IllegalArgumentException(
            "'%s' is no time of the day; expected one such as '08:30'".formatted(text));
      }
      return new Clock(LocalTime.parse(text));
    }

    @Override
    public String toString() {
      return time.toString();
    }
  }

  /** A time zone of the IANA's, {@code Europe/Berlin}, or {@code UTC}. */
  record Zone(ZoneId id) {
    static Zone parse(String text) {
      try {
        if (text.equals("UTC") || text.contains("/")) {
          return new Zone(ZoneId.of(text));
        }
      } catch (DateTimeException unknown) {
        // the same answer as to what isn't one
      }
      throw new IllegalArgumentException(
          "'%s' is no time zone; expected one such as Europe/Berlin, or UTC".formatted(text));
    }

    @Override
    public String toString() {
      return id.toString();
    }
  }

  TimeWindow {
    if (days.isEmpty()) {
      throw new InvalidField("expected at least one", "days");
    }
    if (from.equals(to)) {
      throw new InvalidField("a window of no time; expected another end", "to");
    }
    days = List.copyOf(days);
  }

  boolean contains(Instant moment) {
    // Asked at each request: in seconds, as making a date takes longer than the rest of a decision.
    long local = moment.getEpochSecond() + zone.id().getRules().getOffset(moment).getTotalSeconds();
    long time = Math.floorMod(local, SECONDS_OF_A_DAY);
    DayOfWeek day = DAY_OF_THE_EPOCH.plus(Math.floorDiv(local, SECONDS_OF_A_DAY));
    boolean afterStart = time >= from.time().toSecondOfDay();
    boolean beforeEnd = time < to.time().toSecondOfDay();
    if (from.time().isBefore(to.time())) {
      return afterStart && beforeEnd && beginsOn(day);
    }
    return (afterStart && beginsOn(day)) || (beforeEnd && beginsOn(day.minus(1)));
  }

  private boolean beginsOn(DayOfWeek day) {
    for (Days some : days) {
      if (some.days().contains(day)) {
        return true;
      }
    }
    return false;
  }

  /** For example {@code mon-fri 08:00 to 18:00 Europe/Berlin}. */
  @Override
  public String toString() {
    return "%s %s to %s %s"
        .formatted(
            days.stream().map(Days::toString).collect(Collectors.joining(", ")), from, to, zone);
  }
}
