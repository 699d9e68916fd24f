package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes down what became of what was intended. */
final class RecordOutcome {

  private static final Logger LOG = LoggerFactory.getLogger(RecordOutcome.class);

  private final Journal journal;
  private final InstantSource clock;

  RecordOutcome(Journal journal, InstantSource clock) {
    this.journal = journal;
    this.clock = clock;
  }

  void record(Exchange exchange) {
    if (exchange.requestId().isEmpty()) {
      return;
    }
    Exchange.Outcome outcome = exchange.outcome();
    try {
      journal.append(
          new JournalRecord.RequestOutcome(
              clock.instant(),
              exchange.requestId().get(),
              exchange.activityId(),
              outcome.statusCode(),
              outcome.subStatus(),
              outcome.requestCharge(),
              outcome.bytes(),
              exchange.durationMs()));
    } catch (JournalException e) {
      // The client has its answer already; the intent without outcome tells.
      LOG.atError()
          .addKeyValue("activityId", exchange.activityId())
          .setCause(e)
          .log("the journal didn't take an outcome");
    }
  }
}
