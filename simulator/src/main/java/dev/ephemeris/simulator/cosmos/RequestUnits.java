package dev.ephemeris.simulator.cosmos;

import dev.ephemeris.cosmos.CosmosHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * What the operations on one physical partition may cost in a second. The one that passes the bound
 * is still answered; those after it wait until the time has paid for it. Guarded by the {@link
 * Account}'s lock.
 */
final class RequestUnits {

  private final DoubleSupplier perSecond;
  private final InstantSource clock;
  private double left;
  private Instant counted;

  /**
   * A full bucket.
   *
   * @param perSecond asked each time: throughput may be changed
   */
  RequestUnits(DoubleSupplier perSecond, InstantSource clock) {
    this.perSecond = perSecond;
    this.clock = clock;
    this.left = perSecond.getAsDouble();
    this.counted = clock.instant();
  }

  /** How long nothing is answered; zero if something is now. */
  Duration toWait() {
    Instant now = clock.instant();
    double seconds = Math.max(0, Duration.between(counted, now).toNanos() / 1e9);
    double rate = perSecond.getAsDouble();
    left = Math.min(rate, left + seconds * rate);
    counted = now;
    return left > 0 ? Duration.ZERO : Duration.ofMillis((long) Math.ceil(-left * 1000 / rate) + 1);
  }

  void spend(double charge) {
    left -= charge;
  }

  /** What is said to who must wait. */
  static Answer refusal(Duration wait) {
    return Answer.failure(
            429,
            3200,
            "Request rate is large. More Request Units may be needed, so no changes were made."
                + " Please retry this request later. Learn more:"
                + " http://aka.ms/cosmosdb-error-429")
        .with(Map.of(CosmosHeaders.RETRY_AFTER_MS, Long.toString(wait.toMillis())));
  }
}
