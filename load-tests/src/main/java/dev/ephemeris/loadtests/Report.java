package dev.ephemeris.loadtests;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Everything that was measured in a run, as a table in Markdown. */
final class Report {

  /** The proxy that the others are compared with. */
  static final String CONTROL = "nginx";

  private final List<Turn> turns = new ArrayList<>();

  void add(Turn turn) {
    turns.add(turn);
  }

  /** What nginx and the way without a proxy did, and a table of what each proxy did. */
  String text() {
    return String.format(
        Locale.ROOT,
        """
        direct: p50 %s µs, p99 %s µs, %s reads/s
        nginx's CPU differs by %.1f %% from turn to turn (coefficient of variation)

        %s\
        """,
        of(CONTROL, turn -> turn.direct().latencies().p50()).text(0),
        of(CONTROL, turn -> turn.direct().latencies().p99()).text(0),
        of(CONTROL, turn -> turn.direct().readsPerSecond()).text(0),
        of(CONTROL, turn -> turn.measured().processorSeconds()).coefficientOfVariation() * 100,
        table());
  }

  /** One row a proxy, in the order in which they were added. */
  private String table() {
    StringBuilder table =
        new StringBuilder(
            """
            | proxy | CPU s for 10,000 reads | × nginx | p50 added, µs | p99 added, µs | reads/s |
            | --- | --- | --- | --- | --- | --- |
            """);
    turns.stream().map(Turn::target).distinct().forEach(target -> table.append(row(target)));
    return table.toString();
  }

  private String row(String target) {
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %s | %s | %s |%n",
        target,
        of(target, turn -> turn.measured().processorSeconds()).text(3),
        of(target, Turn::timesNginx).text(2),
        of(target, Turn::addedP50).text(0),
        of(target, Turn::addedP99).text(0),
        of(target, turn -> turn.measured().readsPerSecond()).text(0));
  }

  private Spread of(String target, ToDoubleFunction<Turn> figure) {
    return new Spread(
        turns.stream().filter(turn -> turn.target().equals(target)).mapToDouble(figure).toArray());
  }
}
