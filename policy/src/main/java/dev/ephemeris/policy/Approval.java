package dev.ephemeris.policy;

import static java.util.stream.Collectors.joining;

import dev.ephemeris.policy.yaml.Default;
import dev.ephemeris.policy.yaml.InvalidField;
import java.time.Duration;
import java.util.Set;

/**
 * Who must agree before a lease is given.
 *
 * @param from members of any of these groups
 * @param count how many of them
 * @param expires how long after the first of them agreed the lease may be picked up
 */
public record Approval(Set<GroupRef> from, @Default("1") int count, Duration expires) {
  private static final int MOST = 10;

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
    if (!expires.isPositive()) {
      throw new InvalidField("expected a time longer than none", "expires");
    }
    from = Set.copyOf(from);
  }

  /** For example {@code 2 of group:default/dba}. */
  @Override
  public String toString() {
    return count + " of " + from.stream().map(GroupRef::toString).sorted().collect(joining(" or "));
  }
}
