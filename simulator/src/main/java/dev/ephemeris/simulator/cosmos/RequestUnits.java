package dev.ephemeris.simulator.cosmos;

import dev.ephemeris.cosmos.CosmosHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;

/**
 * What the operations on a container may cost in a second. The one that passes the bound is still
 * answered; those after it wait until the time has paid for it. Guarded by the {@link Account}'s
 * lock.
 */
final class RequestUnits {

  private final IntSupplier perSecond;
  private final InstantSource clock;
  private double left;
  private Instant counted;

  /**
   * A full bucket.
   *
   * @param perSecond asked each time: throughput may be changed
   */
  RequestUnits(IntSupplier perSecond, InstantSource clock) {
    this.perSecond = perSecond;
    this.clock = clock;
    this.left = perSecond.getAsInt();
    this.counted = clock.instant();
  }

  /** Why nothing is answered now; empty if something is. */
  Optional<Answer> refusal() {
    Instant now = clock.instant();
    double seconds = Math.max(0, Duration.between(counted, now).toNanos() / 1e9);
    int rate = perSecond.getAsInt();
    left = Math.min(rate, left + seconds * rate);
    counted = now;
    if (left > 0) {
      return Optional.empty();
    }
    long wait = (long) Math.ceil(-left * 1000 / rate) + 1;
    return Optional.of(
        Answer.failure(
                429,
                3200,
                "Request rate is large. More Request Units may be needed, so no changes were made."
                    + " Please retry this request later. Learn more:"
                    + " http://aka.ms/cosmosdb-error-429")
            .with(Map.of(CosmosHeaders.RETRY_AFTER_MS, Long.toString(wait))));
  }

  void spend(double charge) {
    left -= charge;
  }
}
