package dev.ephemeris.gateway.metrics;

import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.sink.SinkState;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/**
 * The counters of one gateway, and their text for Prometheus.
 *
 * <p>Thread-safe.
 */
public final class Metrics {

  /** What {@link #scrape} gives. */
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry;
  private final ReportedMetrics reported;
  private final RequestMetrics requests;
  private final LeaseMetrics leases;
  private final PolicyMetrics policy;
  private final CatalogMetrics catalog;

  private Metrics(PrometheusMeterRegistry registry, Collection<String> accounts) {
    this.registry = registry;
    this.reported = new ReportedMetrics(registry);
    this.requests = new RequestMetrics(registry);
    this.leases = new LeaseMetrics(registry);
    this.policy = new PolicyMetrics(registry);
    this.catalog = new CatalogMetrics(registry);
    become(accounts);
  }

  /** All at zero, for these accounts and no other. */
  public static Metrics of(Collection<String> accounts) {
    return new Metrics(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), accounts);
  }

  /**
   * Counts for these accounts from now on, and for no other; what was counted of one that isn't
   * among them is forgotten. For one caller at a time.
   */
  public void become(Collection<String> accounts) {
    requests.become(accounts);
    reported.become(accounts);
  }

  public RequestMetrics requests() {
    return requests;
  }

  public LeaseMetrics leases() {
    return leases;
  }

  public PolicyMetrics policy() {
    return policy;
  }

  public CatalogMetrics catalog() {
    return catalog;
  }

  /** The same journal, with what it takes and doesn't take counted. */
  public Journal counted(Journal journal) {
    return new CountedJournal(journal, registry, reported);
  }

  /** Tells of the journal's sinks, too. Once, when they are open. */
  public void sinks(Supplier<List<SinkState>> states) {
    SinkMetrics.of(registry, states);
  }

  /** Everything that was counted, as text. */
  public String scrape() {
    return registry.scrape();
  }
}
