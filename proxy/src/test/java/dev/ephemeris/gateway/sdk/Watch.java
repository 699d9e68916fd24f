package dev.ephemeris.gateway.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.metrics.Scrape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/**
 * What is seen of a run through the gateway by those who weren't part of it: the logs of SDK and
 * gateway, the journal, and the metrics. Nothing else may use the world meanwhile.
 */
final class Watch implements AutoCloseable {

  /** What became of a request that was allowed. */
  record Outcome(String operation, String scope, int statusCode) {}

  /** Whatever is to be heeded: of the gateway and its libraries warnings, of the SDK errors. */
  private static final class Complaints extends AppenderBase<ILoggingEvent> {
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
      if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
        lines.add(
            event
                + (event.getThrowableProxy() == null
                    ? ""
                    : "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy())));
      }
    }
  }

  private static final Logger ROOT = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private static final Logger SDK = (Logger) LoggerFactory.getLogger("com.azure");

  /** Who refused; the SDK tells beside it whom else its clients are for. */
  private static final Pattern REFUSED =
      Pattern.compile("Connection refused: localhost/127\\.0\\.0\\.1:([0-9]+)");

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final SdkWorld world;
  private final Complaints complaints = new Complaints();
  private final Level silence = SDK.getLevel();
  private final int entriesBefore;
  private final Scrape before;

  Watch(SdkWorld world) throws Exception {
    this.world = world;
    entriesBefore = whenNothingIsUnderWay(world);
    before = world.metrics();
    complaints.start();
    ROOT.addAppender(complaints);
    SDK.setLevel(Level.ERROR);
  }

  /** What was asked for before comes to its end first: it would be an end without a beginning. */
  private static int whenNothingIsUnderWay(SdkWorld world) throws Exception {
    long start = System.nanoTime();
    while (true) {
      List<JournalEntry> all = world.journal();
      if (byRequest(all, "requestIntent").size() == byRequest(all, "requestOutcome").size()
          || System.nanoTime() - start > PATIENCE.toNanos()) {
        return all.size();
      }
      Thread.sleep(50);
    }
  }

  /**
   * That nobody complained, nothing was refused or failed, and journal and metrics tell of the same
   * requests.
   *
   * @return these requests
   */
  List<Outcome> assertNothingWentWrong() throws Exception {
    Seen seen = whenAllIsOver();
    List<JournalEntry> entries = seen.entries();
    assertThat(complaints.lines).allMatch(this::isOfAnotherWorld);
    assertThat(entries.stream().map(JournalEntry::type).collect(Collectors.toSet()))
        .isSubsetOf("leaseIssued", "sessionStarted", "requestIntent", "requestOutcome");
    Map<String, JournalEntry> intents = byRequest(entries, "requestIntent");
    Map<String, JournalEntry> ends = byRequest(entries, "requestOutcome");
    assertThat(ends.keySet()).isNotEmpty().isEqualTo(intents.keySet());
    List<Outcome> outcomes = new ArrayList<>();
    double charge = 0;
    for (Map.Entry<String, JournalEntry> end : ends.entrySet()) {
      JournalEntry intent = Objects.requireNonNull(intents.get(end.getKey()));
      charge += end.getValue().fields().path("requestCharge").doubleValue();
      outcomes.add(
          new Outcome(
              intent.fields().path("operation").textValue(),
              intent.fields().path("scope").textValue(),
              end.getValue().fields().path("statusCode").intValue()));
    }
    assertMetrics(seen.metrics(), outcomes.size(), entries.size(), charge);
    return outcomes;
  }

  /**
   * Clients of worlds that are gone go on looking for them for a while, at ports where nobody
   * listens any more.
   */
  private boolean isOfAnotherWorld(String complaint) {
    String own = String.valueOf(world.gateway().getPort());
    List<String> refusing =
        REFUSED.matcher(complaint).results().map(match -> match.group(1)).toList();
    return !refusing.isEmpty() && !refusing.contains(own);
  }

  /** Journal and metrics at one moment. */
  private record Seen(List<JournalEntry> entries, Scrape metrics) {}

  /** What a client that has stopped still asked for comes to its end; nothing more comes. */
  private Seen whenAllIsOver() throws Exception {
    long start = System.nanoTime();
    while (true) {
      List<JournalEntry> all = world.journal();
      List<JournalEntry> entries = all.subList(entriesBefore, all.size());
      Scrape metrics = world.metrics();
      int intents = byRequest(entries, "requestIntent").size();
      boolean over =
          intents == byRequest(entries, "requestOutcome").size()
              && intents == gained(metrics, "ephemeris_requests_total")
              && entries.size() == gained(metrics, "ephemeris_journal_records_total");
      if (over || System.nanoTime() - start > PATIENCE.toNanos()) {
        return new Seen(entries, metrics);
      }
      Thread.sleep(50);
    }
  }

  private void assertMetrics(Scrape now, int requests, int entries, double charge) {
    Map<String, Double> decisions = now.since(before, "ephemeris_requests_total");
    // An SDK that has what it wants drops what it asked for ahead.
    assertThat(decisions.keySet())
        .allMatch(
            series ->
                series.contains("reason=\"allowed\"") || series.contains("reason=\"client-gone\""));
    assertThat(decisions.values().stream().mapToDouble(n -> n).sum()).isEqualTo(requests);
    assertThat(gained(now, "ephemeris_journal_records_total")).isEqualTo(entries);
    assertThat(gained(now, "ephemeris_request_units_total")).isCloseTo(charge, within(0.001));
    assertThat(now.since(before, "ephemeris_upstream_answers_total").keySet())
        .noneMatch(series -> Set.of("429", "5xx", "none").stream().anyMatch(series::contains));
  }

  private double gained(Scrape now, String metric) {
    return now.since(before, metric).values().stream().mapToDouble(n -> n).sum();
  }

  private static Map<String, JournalEntry> byRequest(List<JournalEntry> entries, String type) {
    Map<String, JournalEntry> found = new HashMap<>();
    for (JournalEntry entry : entries) {
      if (entry.type().equals(type)) {
        assertThat(found.put(entry.fields().path("requestId").textValue(), entry)).isNull();
      }
    }
    return found;
  }

  @Override
  public void close() {
    ROOT.detachAppender(complaints);
    SDK.setLevel(silence);
  }
}
