package dev.ephemeris.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;

/** How it goes with a catalog that is Backstage's. */
public final class CatalogMetrics {

  private final Counter changed;
  private final Counter unchanged;
  private final Counter failed;
  private volatile double answeredAt = Double.NaN;
  private volatile int others;

  CatalogMetrics(MeterRegistry registry) {
    this.changed = refreshes(registry, "changed");
    this.unchanged = refreshes(registry, "unchanged");
    this.failed = refreshes(registry, "failed");
    Gauge.builder("ephemeris.catalog.answered.seconds", () -> answeredAt)
        .description("When Backstage was asked that last answered, in seconds since 1970.")
        .register(registry);
    Gauge.builder("ephemeris.catalog.other.origins", () -> others)
        .description("Entities that don't count, as they come from other origins.")
        .register(registry);
  }

  private static Counter refreshes(MeterRegistry registry, String outcome) {
    return Counter.builder("ephemeris.catalog.refreshes")
        .description("How often Backstage was asked for its catalog.")
        .tag("outcome", outcome)
        .register(registry);
  }

  /** It answered, and has so many entities of other origins. */
  public void answered(Instant asked, boolean otherThanBefore, int entitiesOfOthers) {
    answeredAt = asked.getEpochSecond();
    others = entitiesOfOthers;
    (otherThanBefore ? changed : unchanged).increment();
  }

  /** It didn't. */
  public void failed() {
    failed.increment();
  }
}
