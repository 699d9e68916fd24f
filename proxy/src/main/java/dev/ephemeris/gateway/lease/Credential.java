package dev.ephemeris.gateway.lease;

import java.util.Optional;

/** What a presented lease token turned out to be. */
public sealed interface Credential {

  record Active(Lease lease) implements Credential {}

  /** It was a lease; it has expired or was revoked. */
  record Ended(Lease lease, Lease.State state) implements Credential {}

  /**
   * Nothing that this gateway issued, or keeps.
   *
   * @param claimed the lease whose token it is, if the token is ours and only the lease isn't
   */
  record Unknown(Optional<LeaseId> claimed) implements Credential {}
}
