package dev.ephemeris.gateway.posture;

import dev.ephemeris.config.Account;
import dev.ephemeris.config.AccountKeys;
import dev.ephemeris.config.ResourceId;
import dev.ephemeris.policy.Lane;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What an account is for, and so what it has to be like.
 *
 * @param byIdentity whether an identity in Entra ID carries the lane proxy; else its keys do
 * @param rotates whether the gateway can turn its keys over
 */
record Purpose(
    String account,
    ResourceId resource,
    Set<Lane> lanes,
    boolean byIdentity,
    boolean rotates,
    Optional<Duration> rotateEvery) {

  Purpose {
    lanes = Set.copyOf(lanes);
  }

  /** Empty if the configuration doesn't say where it is in Azure. */
  static Optional<Purpose> of(Account account) {
    return account
        .resourceId()
        .map(
            resource ->
                new Purpose(
                    account.name(),
                    resource,
                    account.lanes(),
                    account.identity().isPresent(),
                    account.keys().isPresent(),
                    account.keys().flatMap(AccountKeys::rotateEvery)));
  }

  /** Whether a lane goes by the account's keys. */
  boolean needsKeys() {
    return lanes.contains(Lane.TOKEN) || (lanes.contains(Lane.PROXY) && !byIdentity);
  }

  /** Whether clients reach the account without the gateway. */
  boolean isDirect() {
    return lanes.contains(Lane.TOKEN) || lanes.contains(Lane.RBAC);
  }
}
