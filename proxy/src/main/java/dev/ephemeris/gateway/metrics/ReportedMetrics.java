package dev.ephemeris.gateway.metrics;

import static java.util.stream.Collectors.toUnmodifiableMap;

import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.policy.Scope;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What only passed as its account is in report mode. */
final class ReportedMetrics {

  /** What passes in report mode. */
  private static final Set<Disposition> PASSING =
      Set.of(
          Disposition.NO_RULE,
          Disposition.ACTED_FOR_MAY_NOT,
          Disposition.DENIED_BY_RULE,
          Disposition.NEEDS_APPROVAL);

  private final MeterRegistry registry;

  /** By account, of those that there are: a principal can't make it grow. */
  private volatile Map<String, Map<Disposition, Counter>> accounts = Map.of();

  ReportedMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Counts for these accounts, and no other. For one caller at a time. */
  void become(Collection<String> names) {
    Map<String, Map<Disposition, Counter>> before = accounts;
    accounts =
        names.stream()
            .collect(
                toUnmodifiableMap(
                    Function.identity(),
                    name -> Optional.ofNullable(before.get(name)).orElseGet(() -> counters(name))));
    before.forEach(
        (name, counters) -> {
          if (!accounts.containsKey(name)) {
            counters.values().forEach(registry::remove);
          }
        });
  }

  private Map<Disposition, Counter> counters(String account) {
    Map<Disposition, Counter> counters = new EnumMap<>(Disposition.class);
    for (Disposition reason : PASSING) {
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

  void passed(JournalRecord.Decision decision) {
    Optional.ofNullable(accounts.get(Scope.parse(decision.scope()).account()))
        .flatMap(
            reasons ->
                reasons.entrySet().stream()
                    .filter(each -> each.getKey().code().equals(decision.reason()))
                    .map(Map.Entry::getValue)
                    .findFirst())
        .ifPresent(Counter::increment);
  }
}
