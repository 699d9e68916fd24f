package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Decision;
import dev.ephemeris.policy.Grant;
import dev.ephemeris.policy.RuleName;
import dev.ephemeris.policy.Scope;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/**
 * Asks the policy of now and the lease, for every action that the operation takes. Both must say
 * yes: a lease never outlives the rule that it came from.
 */
final class Decide implements Step {

  private final Grants grants;
  private final Journal journal;
  private final InstantSource clock;

  Decide(Grants grants, Journal journal, InstantSource clock) {
    this.grants = grants;
    this.journal = journal;
    this.clock = clock;
  }

  @Override
  public Future<Verdict> take(Exchange exchange) {
    Operation operation = exchange.request().operation();
    Set<Action> actions = DataActions.of(operation);
    if (actions.isEmpty()) {
      return Verdict.refuse(
          CosmosError.notAvailable(
              "The operation " + operation + " isn't available through this gateway."));
    }
    Lease lease = exchange.lease();
    Scope scope;
    try {
      scope =
          new Scope(
              lease.scope().account(),
              exchange.address().database(),
              exchange.address().container());
    } catch (IllegalArgumentException notANameThatRulesCanHave) {
      return Verdict.refuse(
          CosmosError.denied(
              "Denied by Ephemeris: no rule can be written on a database or container of this"
                  + " name."));
    }
    if (operation == Operation.READ_ACCOUNT) {
      // It says where the gateway is and how the account is set up: whoever has a lease needs it.
      exchange.allowed(new Exchange.Allowed(actions, scope, lease.rule()));
      return Verdict.PROCEED;
    }
    Grant grant = grants.of(lease.principal(), lease.kind());
    RuleName by = lease.rule();
    for (Action action : actions) {
      switch (grant.decide(action, scope)) {
        case Decision.Deny(var reason, Optional<RuleName> rule) -> {
          return refuse(exchange, action, scope, reason.code(), rule);
        }
        case Decision.Allow(RuleName rule) -> by = rule;
      }
      if (!lease.actions().contains(action) || !lease.scope().covers(scope)) {
        return refuse(exchange, action, scope, "outside-lease", Optional.empty());
      }
    }
    exchange.allowed(new Exchange.Allowed(actions, scope, by));
    return Verdict.PROCEED;
  }

  private Future<Verdict> refuse(
      Exchange exchange, Action action, Scope scope, String reason, Optional<RuleName> rule) {
    Lease lease = exchange.lease();
    try {
      journal.append(
          new JournalRecord.Decision(
              clock.instant(),
              Optional.of(lease.id().value()),
              lease.sessionId(),
              lease.principal().toString(),
              DataActions.of(exchange.request().operation()).stream()
                  .map(Action::shortName)
                  .toList(),
              scope.toString(),
              "deny",
              reason,
              rule.map(RuleName::value),
              Optional.of(exchange.activityId())));
    } catch (JournalException e) {
      return Verdict.refuse(JournalFault.ERROR);
    }
    return Verdict.refuse(CosmosError.denied(message(lease, action, scope, rule)));
  }

  private String message(Lease lease, Action action, Scope scope, Optional<RuleName> rule) {
    return "Denied by Ephemeris: "
        + grants.describe(lease.principal())
        + " may not take "
        + action.shortName()
        + " on "
        + scope
        + ": "
        + rule.map(name -> "rule “" + name.value() + "” denies it.")
            .orElse(
                "no rule allows it with this lease. Lease "
                    + lease.id()
                    + " gives role “"
                    + lease.role().value()
                    + "” on "
                    + lease.scope()
                    + ", under rule “"
                    + lease.rule().value()
                    + "”.")
        + " Ask “ephemeris explain "
        + action.shortName()
        + " "
        + scope
        + "” for what would be needed.";
  }
}
