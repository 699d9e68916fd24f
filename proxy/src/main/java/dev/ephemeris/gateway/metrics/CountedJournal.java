package dev.ephemeris.gateway.metrics;

import static java.util.stream.Collectors.toUnmodifiableMap;

import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.policy.Reason;
import dev.ephemeris.policy.Scope;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Counts what a journal takes, and what it doesn't; and of what it takes, what only passed. */
final class CountedJournal implements Journal {

  private final Journal journal;
  private final Counter records;
  private final Counter failures;

  /** By account, of those that are configured: a principal can't make it grow. */
  private final Map<String, Map<Reason, Counter>> reported;

  CountedJournal(Journal journal, MeterRegistry registry, Collection<String> accounts) {
    this.journal = journal;
    this.records =
        Counter.builder("ephemeris.journal.records")
            .description("Records that the journal has taken.")
            .register(registry);
    this.failures =
        Counter.builder("ephemeris.journal.failures")
            .description("Records that the journal has not taken; what they were of was refused.")
            .register(registry);
    this.reported =
        accounts.stream()
            .collect(toUnmodifiableMap(name -> name, name -> reported(registry, name)));
  }

  private static Map<Reason, Counter> reported(MeterRegistry registry, String account) {
    Map<Reason, Counter> counters = new EnumMap<>(Reason.class);
    for (Reason reason : Set.of(Reason.NO_RULE, Reason.DENIED_BY_RULE)) {
      counters.put(
          reason,
          Counter.builder("ephemeris.reported")
              .description("What the policy refused, and passed as the account is in report mode.")
              .tag("account", account)
              .tag("reason", reason.code())
              .register(registry));
    }
    return counters;
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
      reported(decision).ifPresent(Counter::increment);
    }
  }

  private Optional<Counter> reported(JournalRecord.Decision decision) {
    return Optional.ofNullable(reported.get(Scope.parse(decision.scope()).account()))
        .flatMap(
            reasons ->
                reasons.entrySet().stream()
                    .filter(each -> each.getKey().code().equals(decision.reason()))
                    .map(Map.Entry::getValue)
                    .findFirst());
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
