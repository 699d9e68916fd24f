package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.metrics.Disposition;
import dev.ephemeris.gateway.metrics.RequestMetrics;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes down what became of what was intended, and counts every request. */
final class RecordOutcome {

  private static final Logger LOG = LoggerFactory.getLogger(RecordOutcome.class);

  private final Journal journal;
  private final RequestMetrics metrics;
  private final InstantSource clock;

  RecordOutcome(Journal journal, RequestMetrics metrics, InstantSource clock) {
    this.journal = journal;
    this.metrics = metrics;
    this.clock = clock;
  }

  void record(Exchange exchange, Disposition why) {
    exchange.charges().forEach(Charge::end);
    exchange.requestId().ifPresent(id -> record(exchange, id));
    long upstreamNanos = exchange.upstreamNanos();
    metrics.ended(exchange.operation(), why, exchange.durationNanos() - upstreamNanos);
    if (exchange.isForwarded()) {
      metrics.upstream(
          exchange.upstream().account(),
          exchange.upstreamStatus(),
          upstreamNanos,
          exchange.outcome().requestCharge());
      metrics.withheld(exchange.upstream().account(), exchange.withheld());
    }
  }

  private void record(Exchange exchange, String requestId) {
    Exchange.Outcome outcome = exchange.outcome();
    try {
      journal.append(
          new JournalRecord.RequestOutcome(
              clock.instant(),
              requestId,
              exchange.activityId(),
              outcome.statusCode(),
              outcome.subStatus(),
              outcome.requestCharge(),
              outcome.itemCount(),
              exchange.withheld() > 0 ? Optional.of(exchange.withheld()) : Optional.empty(),
              outcome.bytes(),
              exchange.durationNanos() / 1e6));
    } catch (JournalException e) {
      // The client has its answer already; the intent without outcome tells.
      LOG.atError()
          .addKeyValue("activityId", exchange.activityId())
          .setCause(e)
          .log("the journal didn't take an outcome");
    }
  }
}
