package dev.ephemeris.loadtests;

import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Circumstances;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Decision;
import dev.ephemeris.policy.Grant;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.Standing;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Something that a request asks of the policy of {@link Company}, one of each kind.
 *
 * <p>Public for the code that JMH makes.
 */
public enum Question {
  /** A rule allows it. */
  HIT(Action.ITEMS_READ, "d07-prod:/dbs/d07-t03/colls/orders"),

  /** No rule allows it. */
  MISS(Action.ITEMS_READ, "d20-prod:/dbs/d20-t03/colls/orders"),

  /** A rule allows it, and another denies it. */
  DENIED(Action.ITEMS_DELETE, "d07-staging:/dbs/d07-t03/colls/ledger"),

  /** A rule allows it by a second factor and a ticket. */
  TICKET(Action.ITEMS_REPLACE, "d07-prod:/dbs/d07-t03/colls/orders"),

  /** A rule allows it from a network by day, and another would deny it on weekends. */
  WINDOW(Action.ITEMS_READ, "d07-prod:/dbs/d07-t03/colls/orders"),

  /** A rule allows it for a partition key. */
  PARTITION_KEY(Action.ITEMS_READ, "d07-prod:/dbs/d07-t03/colls/events");

  /** A Tuesday in Berlin, by day, with all that the rules ask for. */
  private static final Circumstances CIRCUMSTANCES =
      new Circumstances.Given(
          Instant.parse("2026-11-24T12:00:00Z"),
          Optional.of(InetAddress.ofLiteral("203.0.113.7")),
          new Standing(
              Optional.of("cli"),
              Optional.of(Instant.parse("2026-11-24T13:00:00Z")),
              Optional.of("an order is stuck"),
              Optional.of("OPS-17")),
          List.of("acme"));

  private final Action action;
  private final String scope;

  Question(Action action, String scope) {
    this.action = action;
    this.scope = scope;
  }

  Principal principal() {
    return switch (this) {
      case HIT, MISS, DENIED, TICKET -> Company.developer();
      case WINDOW -> Company.contractor();
      case PARTITION_KEY -> Company.tenant();
    };
  }

  Action action() {
    return action;
  }

  Scope scope() {
    return Scope.parse(scope);
  }

  /** What {@code grant} says to it, in {@code place}. */
  Decision ask(Grant grant, Scope place) {
    return grant.decide(action, place, CredentialForm.LEASE_TOKEN, CIRCUMSTANCES);
  }
}
