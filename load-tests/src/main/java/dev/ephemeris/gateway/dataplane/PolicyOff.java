package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.gateway.identity.BearerTokens;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.Pseudonyms;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.gateway.lease.Leases;
import dev.ephemeris.gateway.metrics.RequestMetrics;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Limits;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/**
 * A data plane that decides nothing, to measure what deciding costs. It stands in this package
 * because the product has no such switch, and must not have one: only code that is beside the steps
 * can put another in the place of one.
 */
public final class PolicyOff {

  private PolicyOff() {}

  /** Lets any lease read any item of its account. */
  public static DataPlane dataPlane(
      Vertx vertx,
      DataPlane.Settings settings,
      Grants grants,
      BearerTokens tokens,
      Leases leases,
      Journal journal,
      Pseudonyms pseudonyms,
      RequestMetrics metrics,
      InstantSource clock) {
    return new DataPlane(
        vertx,
        settings,
        grants,
        tokens,
        leases,
        journal,
        pseudonyms,
        metrics,
        clock,
        steps ->
            steps.stream().map(step -> step instanceof Decide ? new AllowRead() : step).toList());
  }

  private static final class AllowRead implements Step {

    private static final Set<Action> READ = Set.of(Action.ITEMS_READ);

    @Override
    public Future<Verdict> take(Exchange exchange) {
      Lease lease = exchange.lease();
      exchange.allowed(
          new Exchange.Allowed(READ, lease.scope(), lease.rule(), Limits.NONE, List.of()));
      return Verdict.PROCEED;
    }
  }
}
