package dev.ephemeris.gateway.dataplane;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.ephemeris.gateway.lease.LeaseId;
import java.time.Duration;

/**
 * The budget of each lease that was used lately, one for all event loops. A budget that is
 * forgotten was full again long before. Thread-safe.
 */
final class Budgets {

  private static final int MOST = 100_000;

  private final LoadingCache<LeaseId, Budget> byLease =
      Caffeine.newBuilder()
          .maximumSize(MOST)
          .expireAfterAccess(Duration.ofMinutes(30))
          .build(lease -> new Budget());

  Budget of(LeaseId lease) {
    return byLease.get(lease);
  }
}
