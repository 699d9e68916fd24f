package dev.ephemeris.gateway.metrics;

import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Counts what a journal takes, and what it doesn't; and of what it takes, what only passed. */
final class CountedJournal implements Journal {

  private final Journal journal;
  private final Counter records;
  private final Counter failures;

  private final ReportedMetrics reported;

  CountedJournal(Journal journal, MeterRegistry registry, ReportedMetrics reported) {
    this.journal = journal;
    this.records =
        Counter.builder("ephemeris.journal.records")
            .description("Records that the journal has taken.")
            .register(registry);
    this.failures =
        Counter.builder("ephemeris.journal.failures")
            .description("Records that the journal has not taken; what they were of was refused.")
            .register(registry);
    this.reported = reported;
  }

  @Override
  public void append(JournalRecord record) throws JournalException {
    try {
      journal.append(record);
    } catch (JournalException e) {
      failures.increment();
      throw e;
    }
    records.increment();
    if (record instanceof JournalRecord.Decision decision
        && decision.decision().equals(JournalRecord.Decision.REPORT)) {
      reported.passed(decision);
    }
  }

  @Override
  public CompletionStage<@Nullable Void> settled() {
    return journal.settled();
  }

  @Override
  public void check() throws JournalException {
    journal.check();
  }

  @Override
  public void close() throws JournalException {
    journal.close();
  }
}
