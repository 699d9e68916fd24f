package dev.ephemeris.gateway.metrics;

import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.gateway.metrics.Disposition.Decision;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** What became of data-plane requests, and how long that took. */
public final class RequestMetrics {

  private static final Duration[] GATEWAY_BUCKETS = buckets(0.5, 1, 2, 5, 10, 50, 250, 1000);
  private static final Duration[] UPSTREAM_BUCKETS = buckets(2, 5, 10, 25, 100, 500, 2000, 10_000);

  private final MeterRegistry registry;

  /** Made when first met: few operations end in few ways. */
  private final Map<Disposition, Map<Optional<Operation>, Counter>> requests =
      new EnumMap<>(Disposition.class);

  private final Map<Decision, Timer> gateway = new EnumMap<>(Decision.class);
  private volatile Map<String, Account> accounts = Map.of();

  RequestMetrics(MeterRegistry registry) {
    this.registry = registry;
    for (Disposition how : Disposition.values()) {
      requests.put(how, new ConcurrentHashMap<>());
    }
    for (Decision decision : Decision.values()) {
      gateway.put(
          decision,
          Timer.builder("ephemeris.gateway.duration")
              .description("A request's time but for that which its account took to answer.")
              .serviceLevelObjectives(GATEWAY_BUCKETS)
              .tag("decision", decision.code())
              .register(registry));
    }
  }

  /** Counts for these accounts, and no other. For one caller at a time. */
  void become(Collection<String> names) {
    Map<String, Account> before = accounts;
    accounts =
        names.stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Function.identity(),
                    name ->
                        Optional.ofNullable(before.get(name))
                            .orElseGet(() -> new Account(registry, name))));
    before.forEach(
        (name, account) -> {
          if (!accounts.containsKey(name)) {
            account.forget(registry);
          }
        });
  }

  /**
   * A request has been answered, or can't be any more.
   *
   * @param operation empty if it was never told
   * @param gatewayNanos how long it took, but for the time upstream
   */
  public void ended(Optional<Operation> operation, Disposition how, long gatewayNanos) {
    counter(operation, how).increment();
    Objects.requireNonNull(gateway.get(how.decision())).record(gatewayNanos, TimeUnit.NANOSECONDS);
  }

  /**
   * A request was sent to an account; to one that is gone it isn't counted.
   *
   * @param statusCode what the account answered; 0 if it didn't
   * @param nanos until the head of its answer, or until it was clear that there will be none
   * @param requestCharge in request units, as the account counted them
   */
  public void upstream(String account, int statusCode, long nanos, double requestCharge) {
    Account meters = accounts.get(account);
    if (meters == null) {
      return;
    }
    Objects.requireNonNull(meters.answers.get(Status.of(statusCode))).increment();
    meters.duration.record(nanos, TimeUnit.NANOSECONDS);
    if (requestCharge > 0 && Double.isFinite(requestCharge)) {
      meters.requestUnits.increment(requestCharge);
    }
  }

  /** Something was withheld in so many values of an answer of this account's. */
  public void withheld(String account, int values) {
    Account meters = accounts.get(account);
    if (meters != null && values > 0) {
      meters.withheld.increment(values);
    }
  }

  private Counter counter(Optional<Operation> operation, Disposition how) {
    Map<Optional<Operation>, Counter> known = Objects.requireNonNull(requests.get(how));
    Counter counter = known.get(operation);
    return counter == null
        ? known.computeIfAbsent(
            operation,
            first ->
                Counter.builder("ephemeris.requests")
                    .description("Data-plane requests, by what the gateway did with them and why.")
                    .tag("operation", first.map(Operation::name).orElse("NONE"))
                    .tag("decision", how.decision().code())
                    .tag("reason", how.code())
                    .register(registry))
        : counter;
  }

  /** Statuses as far as somebody who is woken cares. */
  private enum Status {
    SUCCESS("2xx"),
    NOT_MODIFIED("3xx"),
    CLIENT_ERROR("4xx"),
    THROTTLED("429"),
    SERVER_ERROR("5xx"),
    NONE("none");

    private final String label;

    Status(String label) {
      this.label = label;
    }

    static Status of(int statusCode) {
      if (statusCode == 429) {
        return THROTTLED;
      }
      return switch (statusCode / 100) {
        case 2 -> SUCCESS;
        case 3 -> NOT_MODIFIED;
        case 4 -> CLIENT_ERROR;
        case 0 -> NONE;
        default -> SERVER_ERROR;
      };
    }
  }

  /** The meters of one account. */
  private static final class Account {

    private final Map<Status, Counter> answers = new EnumMap<>(Status.class);
    private final Timer duration;
    private final Counter requestUnits;
    private final Counter withheld;

    Account(MeterRegistry registry, String name) {
      for (Status status : Status.values()) {
        answers.put(
            status,
            Counter.builder("ephemeris.upstream.answers")
                .description("What accounts answered to the requests that went to them.")
                .tag("account", name)
                .tag("status", status.label)
                .register(registry));
      }
      duration =
          Timer.builder("ephemeris.upstream.duration")
              .description("From sending a request to the head of the account's answer.")
              .serviceLevelObjectives(UPSTREAM_BUCKETS)
              .tag("account", name)
              .register(registry);
      requestUnits =
          Counter.builder("ephemeris.request.units")
              .description("Request units, as the account counted them.")
              .tag("account", name)
              .register(registry);
      withheld =
          Counter.builder("ephemeris.values.withheld")
              .description("Values that agents weren't shown, as they look like credentials.")
              .tag("account", name)
              .register(registry);
    }

    void forget(MeterRegistry registry) {
      answers.values().forEach(registry::remove);
      registry.remove(duration);
      registry.remove(requestUnits);
      registry.remove(withheld);
    }
  }

  private static Duration[] buckets(double... milliseconds) {
    return DoubleStream.of(milliseconds)
        .mapToObj(ms -> Duration.ofNanos((long) (ms * 1_000_000)))
        .toArray(Duration[]::new);
  }
}
