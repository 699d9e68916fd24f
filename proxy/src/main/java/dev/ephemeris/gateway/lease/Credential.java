package dev.ephemeris.gateway.lease;

import dev.ephemeris.gateway.identity.Block;
import java.util.Optional;

/** What a presented credential turned out to be. */
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

  /** The caller's own token, to which no rule gives anything in the account. */
  record NotGiven() implements Credential {}

  /** The caller's own token; their lease was ended by force, and they are kept out since. */
  record Blocked(Block block) implements Credential {}
}
