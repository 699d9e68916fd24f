package dev.ephemeris.gateway.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;

/** Whether what decides is what the files say. */
public final class PolicyMetrics {

  private volatile double inForceSince = Double.NaN;
  private volatile boolean refused;
  private volatile int flaws;

  PolicyMetrics(MeterRegistry registry) {
    Gauge.builder("ephemeris.policy.in.force.since.seconds", () -> inForceSince)
        .description("When the policy and catalog in force were loaded, in seconds since 1970.")
        .register(registry);
    Gauge.builder("ephemeris.policy.refused", () -> refused ? 1 : 0)
        .description("1 while the files have changed and are refused, so that the old ones hold.")
        .register(registry);
    Gauge.builder("ephemeris.catalog.flaws", () -> flaws)
        .description("What of the catalog in force doesn't count, as it is broken or contested.")
        .register(registry);
  }

  /** These files are in force now, and so much of the catalog doesn't count. */
  public void inForce(Instant since, int flawsOfCatalog) {
    flaws = flawsOfCatalog;
    inForceSince = since.getEpochSecond();
  }

  /** Whether the files that are there now are refused. */
  public void refused(boolean now) {
    refused = now;
  }
}
