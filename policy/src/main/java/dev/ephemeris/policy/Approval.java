package dev.ephemeris.policy;

import static java.util.stream.Collectors.joining;

import dev.ephemeris.policy.yaml.Default;
import dev.ephemeris.policy.yaml.InvalidField;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Who must agree before a lease is given.
 *
 * @param from members of any of these groups
 * @param count how many of them
 * @param expires how long after the first of them agreed the lease may be picked up
 * @param breakGlass for how long whoever can't wait may have the lease at once, to be reviewed
 *     afterwards; not at all if empty
 */
public record Approval(
    Set<GroupRef> from, @Default("1") int count, Duration expires, Optional<Duration> breakGlass) {
  private static final int MOST = 10;
  private static final Duration LONGEST = Duration.ofDays(30);

  /**
   * @throws InvalidField (an IllegalArgumentException) naming what is out of range
   */
  public Approval {
    if (from.isEmpty()) {
      throw new InvalidField("expected at least one group", "from");
    }
    if (count < 1 || count > MOST) {
      throw new InvalidField("expected a number from 1 to " + MOST, "count");
    }
    requireTime(expires, "expires");
    breakGlass.ifPresent(time -> requireTime(time, "breakGlass"));
    from = Set.copyOf(from);
  }

  private static void requireTime(Duration time, String key) {
    if (!time.isPositive() || time.compareTo(LONGEST) > 0) {
      throw new InvalidField("expected a time longer than none, and at most 30d", key);
    }
  }

  /** For example {@code 2 of group:default/dba}. */
  @Override
  public String toString() {
    return count
        + " of "
        + from.stream().map(GroupRef::toString).sorted().collect(joining(" or "))
        + breakGlass.map(time -> ", or at once for " + Ttl.words(time)).orElse("");
  }
}
