package dev.ephemeris.policy;

import dev.ephemeris.policy.yaml.InvalidField;
import dev.ephemeris.policy.yaml.Key;
import java.time.Duration;
import java.util.Locale;

/**
 * How long leases last.
 *
 * @param standard where the caller asks for no particular time; positive
 * @param max what a lease can be asked for, renewals included; not less than {@code standard}
 */
public record Ttl(@Key("default") Duration standard, Duration max) {

  /** For rules that say nothing: one hour, at most a working day of eight. */
  public static final Ttl UNLESS_SAID = new Ttl(Duration.ofHours(1), Duration.ofHours(8));

  /**
   * @throws InvalidField (an IllegalArgumentException) naming the component that is out of range
   */
  public Ttl {
    if (!standard.isPositive()) {
      throw new InvalidField("expected a time longer than none", "default");
    }
    if (max.compareTo(standard) < 0) {
      throw new InvalidField("expected at least the default, " + standard, "max");
    }
  }

  /** The shorter of the two in each respect. */
  Ttl min(Ttl other) {
    return new Ttl(min(standard, other.standard), min(max, other.max));
  }

  /** A time as it is told to people: {@code 1h30m}. */
  public static String words(Duration time) {
    return time.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }
}
