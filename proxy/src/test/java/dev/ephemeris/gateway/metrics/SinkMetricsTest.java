package dev.ephemeris.gateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.journal.sink.SinkState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SinkMetricsTest {

  @Test
  void tellsHowItGoesNow() {
    AtomicReference<SinkState> state = new AtomicReference<>(state(0, 0, false));
    Metrics metrics = Metrics.of(List.of());
    metrics.sinks(() -> List.of(state.get()));
    assertThat(metrics.scrape())
        .contains(
            "ephemeris_journal_sink_lag_entries{sink=\"hub\"} 0.0",
            "ephemeris_journal_sink_overdue{sink=\"hub\"} 0.0");

    state.set(state(12, 3, true));

    assertThat(metrics.scrape())
        .contains(
            "ephemeris_journal_sink_lag_entries{sink=\"hub\"} 12.0",
            "ephemeris_journal_sink_lag_seconds{sink=\"hub\"} 1.5",
            "ephemeris_journal_sink_overdue{sink=\"hub\"} 1.0",
            "ephemeris_journal_sink_shipped_total{sink=\"hub\"} 3.0",
            "ephemeris_journal_sink_withheld_total{sink=\"hub\"} 1.0",
            "ephemeris_journal_sink_failures_total{sink=\"hub\"} 2.0");
  }

  private static SinkState state(long lagEntries, long shipped, boolean overdue) {
    return new SinkState(
        "hub",
        "kafka",
        false,
        shipped,
        lagEntries,
        Duration.ofMillis(1500),
        overdue,
        shipped,
        1,
        2,
        Optional.empty());
  }
}
