package dev.ephemeris.gateway.lease;

import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.Scope;
import java.time.Duration;
import java.util.Optional;

/**
 * What somebody asks for.
 *
 * @param partitionKey what of the container's items it is for, all if empty
 * @param ttl how long; the rule's default if empty
 */
public record LeaseRequest(
    Scope scope,
    Optional<PartitionKey> partitionKey,
    RoleName role,
    Lane lane,
    Optional<Duration> ttl) {

  /** Throws {@link IllegalArgumentException} if the partition key is of no container, or empty. */
  public LeaseRequest {
    Lease.requireKeyOfContainer(scope, partitionKey);
  }
}
