package dev.ephemeris.gateway.lease;

import dev.ephemeris.gateway.identity.BlockTarget;
import java.util.Optional;

/**
 * Ending somebody's access by force.
 *
 * @param account where; everywhere if empty, and then their sessions end too
 * @param suspends whether signing in again is of no use to them
 * @param reason what whoever does it says about it, in a line of up to 500 characters
 */
public record Kill(BlockTarget target, Optional<String> account, boolean suspends, String reason) {

  /**
   * @throws IllegalArgumentException if the reason is no line of text or too long, or if everybody
   *     would be shut out of everything
   */
  public Kill {
    LeaseRequest.requireReason(reason);
    if (target instanceof BlockTarget.Anyone && account.isEmpty()) {
      throw new IllegalArgumentException("anyone is for an account");
    }
  }

  /**
   * What came of it.
   *
   * @param blockId the block that it left
   */
  public record Done(String blockId, int sessions, int leases) {}
}
