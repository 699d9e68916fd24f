package dev.ephemeris.gateway.lease;

import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.Scope;
import java.time.Duration;
import java.util.Optional;

/**
 * What somebody asks for.
 *
 * @param form what is to be shown for it; nobody asks for a lease of one's own token, which is
 *     opened by showing it
 * @param partitionKey what of the container's items it is for, all if empty
 * @param ttl how long; the rule's default if empty
 */
public record LeaseRequest(
    Scope scope,
    Optional<PartitionKey> partitionKey,
    RoleName role,
    Lane lane,
    CredentialForm form,
    Optional<Duration> ttl) {

  /** Throws {@link IllegalArgumentException} if the partition key is of no container, or empty. */
  public LeaseRequest {
    Lease.requireKeyOfContainer(scope, partitionKey);
    if (form == CredentialForm.OWN_TOKEN) {
      throw new IllegalArgumentException("one's own token isn't given out");
    }
  }
}
