package dev.ephemeris.gateway.metrics;

import dev.ephemeris.gateway.journal.sink.SinkState;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** How it goes with the journal's sinks, asked whenever somebody looks. */
final class SinkMetrics {

  private final MeterRegistry registry;
  private final Supplier<List<SinkState>> states;

  private SinkMetrics(MeterRegistry registry, Supplier<List<SinkState>> states) {
    this.registry = registry;
    this.states = states;
  }

  /** Of those that there are now: there are no others before the next start. */
  static void of(MeterRegistry registry, Supplier<List<SinkState>> states) {
    SinkMetrics metrics = new SinkMetrics(registry, states);
    states.get().forEach(state -> metrics.register(state.name()));
  }

  private void register(String sink) {
    gauge(
        sink,
        "ephemeris.journal.sink.lag.entries",
        "Sealed entries that the sink hasn't.",
        SinkState::lagEntries);
    gauge(
        sink,
        "ephemeris.journal.sink.lag.seconds",
        "How long the oldest of them has waited.",
        state -> state.lag().toMillis() / 1000.0);
    gauge(
        sink,
        "ephemeris.journal.sink.overdue",
        "1 while that is more than the configuration lets it be.",
        state -> state.overdue() ? 1 : 0);
    counter(
        sink,
        "ephemeris.journal.sink.shipped",
        "Entries that the sink has been sent.",
        SinkState::shipped);
    counter(
        sink,
        "ephemeris.journal.sink.withheld",
        "Entries that it doesn't take, and was sent where they are instead.",
        SinkState::withheld);
    counter(
        sink,
        "ephemeris.journal.sink.failures",
        "How often it hasn't taken what it was sent.",
        SinkState::failures);
  }

  private void gauge(
      String sink, String name, String description, ToDoubleFunction<SinkState> value) {
    Gauge.builder(name, () -> now(sink).map(value::applyAsDouble).orElse(Double.NaN))
        .description(description)
        .tag("sink", sink)
        .register(registry);
  }

  /** Kept by the gauges: of what it counts a counter only knows weakly. */
  private void counter(
      String sink, String name, String description, ToDoubleFunction<SinkState> value) {
    FunctionCounter unused =
        FunctionCounter.builder(
                name, this, self -> self.now(sink).map(value::applyAsDouble).orElse(0.0))
            .description(description)
            .tag("sink", sink)
            .register(registry);
  }

  private Optional<SinkState> now(String sink) {
    return states.get().stream().filter(state -> state.name().equals(sink)).findFirst();
  }
}
