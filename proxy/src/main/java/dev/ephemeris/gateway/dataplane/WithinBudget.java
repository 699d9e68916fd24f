package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.gateway.dataplane.Budgets.Whose;
import dev.ephemeris.gateway.identity.ActedFor;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.gateway.metrics.Disposition;
import dev.ephemeris.policy.Limits;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Holds a lease to the limits of the rule that lets the request: {@code 429}, and when to come
 * again.
 *
 * <p>Whoever acts for themselves has a budget with each lease. An agent that acts for somebody has
 * one for them under each rule of its own, however many leases it has; and all of somebody's agents
 * together have what the rule of that one gives and they leave of it.
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
    if (!limits.areOverTime()) {
      return Verdict.PROCEED;
    }
    List<Charge> charges = charges(exchange);
    for (Charge charge : charges) {
      if (charge instanceof Charge.Held held && held.limits().requestUnitsPerMinute().isPresent()) {
        Duration wait = held.budget().untilPositive(System.nanoTime());
        if (wait.isPositive()) {
          return refuse(
              exchange,
              held,
              wait,
              held.limits().requestUnitsPerMinute().get()
                  + " request units per minute are used up");
        }
      }
    }
    return begin(exchange, charges);
  }

  private Future<Verdict> begin(Exchange exchange, List<Charge> charges) {
    List<Charge> begun = new ArrayList<>(charges.size());
    for (Charge charge : charges) {
      if (!charge.begin() && charge instanceof Charge.Held held) {
        begun.forEach(Charge::end);
        return refuse(
            exchange,
            held,
            A_REQUEST,
            held.limits().concurrentRequests().orElseThrow()
                + " requests are on their way already");
      }
      begun.add(charge);
    }
    exchange.charged(begun);
    return Verdict.PROCEED;
  }

  private List<Charge> charges(Exchange exchange) {
    Lease lease = exchange.lease();
    Optional<ActedFor> actedFor = lease.actedFor();
    return actedFor.isPresent()
        ? ofAgent(exchange, lease, actedFor.get())
        : ofLease(exchange, lease);
  }

  private List<Charge> ofLease(Exchange exchange, Lease lease) {
    List<Charge> charges = new ArrayList<>();
    charges.add(
        new Charge.Held(
            "lease " + lease.id(),
            budgets.of(new Whose.Lease(lease.id())),
            exchange.allowed().rule(),
            exchange.allowed().limits()));
    access
        .limits(exchange)
        .forEach(
            (rule, limits) ->
                charges.add(
                    new Charge.Counted(
                        budgets.of(
                            new Whose.ActedFor(lease.principal(), lease.scope().account(), rule)),
                        limits)));
    return charges;
  }

  private List<Charge> ofAgent(Exchange exchange, Lease lease, ActedFor whom) {
    String account = lease.scope().account();
    List<Charge> charges = new ArrayList<>();
    access
        .limits(exchange)
        .forEach(
            (rule, limits) ->
                charges.add(
                    new Charge.Held(
                        lease.principal() + ", acting for " + whom.id(),
                        budgets.of(new Whose.Agent(lease.principal(), whom.id(), account, rule)),
                        rule,
                        limits)));
    access
        .limitsOfActedFor(exchange, whom)
        .forEach(
            (rule, limits) ->
                charges.add(
                    new Charge.Held(
                        whom.id() + " and all who act for them",
                        budgets.of(new Whose.ActedFor(whom.id(), account, rule)),
                        rule,
                        limits)));
    return charges;
  }

  private Future<Verdict> refuse(Exchange exchange, Charge.Held held, Duration wait, String why) {
    long millis = Math.max(1, wait.plusNanos(999_999).toMillis());
    try {
      access.overBudget(exchange, held.rule());
    } catch (JournalException e) {
      return Future.succeededFuture(JournalFault.REFUSAL);
    }
    return Future.succeededFuture(
        new Verdict.Refuse(
            Disposition.OVER_BUDGET,
            CosmosError.tooManyRequests(
                "Over the budget of "
                    + held.whose()
                    + ": the "
                    + why
                    + " that rule “"
                    + held.rule().value()
                    + "” allows. Come again in "
                    + millis
                    + " ms; SDKs do so by themselves."),
            millis));
  }
}
