package dev.ephemeris.gateway.dataplane;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.ephemeris.gateway.lease.LeaseId;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.RuleName;
import java.time.Duration;

/**
 * The budgets that were used lately, one each for all event loops. A budget that is forgotten was
 * full again long before. Thread-safe.
 */
final class Budgets {

  private static final int MOST = 100_000;

  /** Whose a budget is. */
  sealed interface Whose {

    /** A lease's, of somebody who acts for themselves. */
    record Lease(LeaseId id) implements Whose {}

    /** An agent's under a rule of its own, with all its leases for one whom it acts for. */
    record Agent(PrincipalId agent, PrincipalId actsFor, String account, RuleName rule)
        implements Whose {}

    /** What somebody takes under a rule of theirs, and all agents that act for them. */
    record ActedFor(PrincipalId whom, String account, RuleName rule) implements Whose {}
  }

  private final LoadingCache<Whose, Budget> known =
      Caffeine.newBuilder()
          .maximumSize(MOST)
          .expireAfterAccess(Duration.ofMinutes(30))
          .build(whose -> new Budget());

  Budget of(Whose whose) {
    return known.get(whose);
  }
}
