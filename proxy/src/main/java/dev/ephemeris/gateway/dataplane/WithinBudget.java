package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.metrics.Disposition;
import dev.ephemeris.policy.Limits;
import io.vertx.core.Future;
import java.time.Duration;

/**
 * Holds a lease to the limits of the rule that lets the request: {@code 429}, and when to come
 * again.
 */
final class WithinBudget implements Step {

  /** Who has too many requests on their way waits for one of them, which mostly takes no longer. */
  private static final Duration A_REQUEST = Duration.ofMillis(20);

  private final Budgets budgets;
  private final Access access;

  WithinBudget(Budgets budgets, Access access) {
    this.budgets = budgets;
    this.access = access;
  }

  @Override
  public Future<Verdict> take(Exchange exchange) {
    Limits limits = exchange.allowed().limits();
    // Of a batch the limits are known only now.
    if (limits.requestBytes().filter(most -> exchange.body().length() > most).isPresent()) {
      return Verdict.refuse(Guard.tooLong(limits.requestBytes().get()));
    }
    if (limits.requestUnitsPerMinute().isEmpty() && limits.concurrentRequests().isEmpty()) {
      return Verdict.PROCEED;
    }
    Budget budget = budgets.of(exchange.lease().id());
    if (limits.requestUnitsPerMinute().isPresent()) {
      Duration wait = budget.untilPositive(System.nanoTime());
      if (wait.isPositive()) {
        return refuse(
            exchange,
            wait,
            limits.requestUnitsPerMinute().get() + " request units per minute are used up");
      }
    }
    if (!budget.begin(limits.concurrentRequests().orElse(Integer.MAX_VALUE))) {
      return refuse(
          exchange,
          A_REQUEST,
          limits.concurrentRequests().orElseThrow() + " requests are on their way already");
    }
    exchange.charged(budget);
    return Verdict.PROCEED;
  }

  private Future<Verdict> refuse(Exchange exchange, Duration wait, String why) {
    long millis = Math.max(1, wait.plusNanos(999_999).toMillis());
    try {
      access.overBudget(exchange);
    } catch (JournalException e) {
      return Future.succeededFuture(JournalFault.REFUSAL);
    }
    return Future.succeededFuture(
        new Verdict.Refuse(
            Disposition.OVER_BUDGET,
            CosmosError.tooManyRequests(
                "Over the budget of lease "
                    + exchange.lease().id()
                    + ": the "
                    + why
                    + " that rule “"
                    + exchange.allowed().rule().value()
                    + "” allows. Come again in "
                    + millis
                    + " ms; SDKs do so by themselves."),
            millis));
  }
}
