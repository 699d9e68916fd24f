package dev.ephemeris.gateway.metrics;

import dev.ephemeris.policy.Lane;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** How many leases there are, and how they come and go. */
public final class LeaseMetrics {

  private final Map<Lane, Counter> issued = new EnumMap<>(Lane.class);
  private final Map<Lane, Counter> renewed = new EnumMap<>(Lane.class);
  private final Map<Lane, Counter> revoked = new EnumMap<>(Lane.class);
  private final Map<Lane, Counter> expired = new EnumMap<>(Lane.class);

  /** Replaced as a whole; empty while nobody knows. */
  private volatile Map<Lane, Integer> active = Map.of();

  LeaseMetrics(MeterRegistry registry) {
    for (Lane lane : Lane.values()) {
      String label = lane.name().toLowerCase(Locale.ROOT);
      issued.put(
          lane,
          Counter.builder("ephemeris.leases.issued")
              .description("Leases that this gateway gave.")
              .tag("lane", label)
              .register(registry));
      renewed.put(
          lane,
          Counter.builder("ephemeris.leases.renewed")
              .description("Renewals of leases by this gateway.")
              .tag("lane", label)
              .register(registry));
      revoked.put(lane, ended(registry, label, "revoked"));
      expired.put(lane, ended(registry, label, "expired"));
      Gauge.builder("ephemeris.leases.active", () -> active(lane))
          .description("Leases in the store that are good now; NaN while the store doesn't answer.")
          .tag("lane", label)
          .register(registry);
    }
  }

  private static Counter ended(MeterRegistry registry, String lane, String how) {
    return Counter.builder("ephemeris.leases.ended")
        .description("Leases that ended: revoked here, or expired in the store.")
        .tag("lane", lane)
        .tag("how", how)
        .register(registry);
  }

  private Number active(Lane lane) {
    Integer count = active.get(lane);
    return count == null ? Double.NaN : count;
  }

  public void issued(Lane lane) {
    of(issued, lane).increment();
  }

  public void renewed(Lane lane) {
    of(renewed, lane).increment();
  }

  public void revoked(Lane lane) {
    of(revoked, lane).increment();
  }

  /** So many more have come to the end of their time. */
  public void expired(Lane lane, int count) {
    of(expired, lane).increment(count);
  }

  /** So many are good now; a lane that isn't named has none. */
  public void active(Map<Lane, Integer> counts) {
    Map<Lane, Integer> all = new EnumMap<>(Lane.class);
    for (Lane lane : Lane.values()) {
      all.put(lane, counts.getOrDefault(lane, 0));
    }
    active = all;
  }

  /** Nobody knows how many are good now. */
  public void activeUnknown() {
    active = Map.of();
  }

  private static Counter of(Map<Lane, Counter> counters, Lane lane) {
    return Objects.requireNonNull(counters.get(lane));
  }
}
