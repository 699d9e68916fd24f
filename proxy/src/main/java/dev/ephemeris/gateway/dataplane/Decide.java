package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Scope;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.Set;

/** Asks policy and lease for every action that the request takes. */
final class Decide implements Step {

  private final Access access;

  Decide(Access access) {
    this.access = access;
  }

  @Override
  public Future<Verdict> take(Exchange exchange) {
    Optional<Scope> scope =
        scope(exchange.lease(), exchange.subject().database(), exchange.subject().container());
    if (scope.isEmpty()) {
      return Verdict.refuse(
          CosmosError.denied(
              "Denied by Ephemeris: no rule can be written on a database or container of this"
                  + " name."));
    }
    Set<Action> actions = DataActions.of(exchange.request(), exchange.subject());
    return switch (answer(exchange, actions, scope.get())) {
      case Access.Answer.No no -> Future.succeededFuture(access.refused(exchange, actions, no));
      case Access.Answer.Yes(var rule, var limits, var reported) -> {
        exchange.allowed(new Exchange.Allowed(actions, scope.get(), rule, limits, reported));
        yield Verdict.PROCEED;
      }
    };
  }

  private Access.Answer answer(Exchange exchange, Set<Action> actions, Scope scope) {
    Lease lease = exchange.lease();
    Operation operation = exchange.request().operation();
    return switch (operation) {
      // It says where the gateway is and how the account is set up: whoever has a lease needs it.
      case READ_ACCOUNT -> Access.yes(lease);
      // What isn't the caller's to see is taken out of the answer; see Listing.
      case LIST_DATABASES, QUERY_DATABASES, LIST_CONTAINERS, QUERY_CONTAINERS ->
          lease.actions().contains(Action.READ_METADATA) && meets(lease.scope(), scope)
              ? Access.yes(lease)
              : access.toAll(Access.Shown.in(exchange), actions, scope);
      case LIST_OFFERS, QUERY_OFFERS ->
          actions.stream().anyMatch(lease.actions()::contains)
              ? Access.yes(lease)
              : access.toAll(Access.Shown.in(exchange), actions, scope);
      // Nothing can be done in a batch that is all outside; what is in it is DecideBatch's.
      case BATCH ->
          lease.scope().covers(scope)
              ? Access.yes(lease)
              : Access.outsideLease(Action.ITEMS_READ, scope);
      default -> access.toAll(Access.Shown.in(exchange), actions, scope);
    };
  }

  /** Whether one lies within the other. */
  private static boolean meets(Scope lease, Scope listed) {
    return lease.covers(listed) || listed.covers(lease);
  }

  /** The scope of these names in the lease's account; empty if no rule can be written on them. */
  static Optional<Scope> scope(Lease lease, Optional<String> database, Optional<String> container) {
    try {
      return Optional.of(new Scope(lease.scope().account(), database, container));
    } catch (IllegalArgumentException notANameThatRulesCanHave) {
      return Optional.empty();
    }
  }
}
