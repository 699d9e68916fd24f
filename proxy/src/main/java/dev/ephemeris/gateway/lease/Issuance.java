package dev.ephemeris.gateway.lease;

import dev.ephemeris.policy.Reason;
import dev.ephemeris.policy.RuleName;
import java.time.Duration;
import java.util.Optional;

/** What became of a request for a lease. */
public sealed interface Issuance {

  /** It was given; the token is not kept anywhere. */
  record Issued(Lease lease, LeaseToken token) implements Issuance {}

  /** It was given as a key, which isn't kept anywhere either. */
  record IssuedKey(Lease lease, LeaseKey key) implements Issuance {}

  /** It was given in a lane that the account enforces. */
  record IssuedDirect(Lease lease, DirectLane.Handed handed) implements Issuance {}

  /** The account can't give it now; nothing was given. */
  record Busy(String message, Optional<Duration> retryAfter) implements Issuance {}

  /** The policy doesn't give it. */
  record Refused(Reason reason, Optional<RuleName> rule, String message) implements Issuance {}

  /** The policy gives it once others agree: ask for that by an access request. */
  record NeedsApproval(RuleName rule, String message) implements Issuance {}

  /** What others agreed to isn't there to be picked up any more. */
  record Taken() implements Issuance {}

  /** Whoever asks is kept out: they were shut out, or their session has ended. */
  record KeptOut(String message) implements Issuance {}

  /** It asks for something that isn't there to be had by anyone. */
  record Malformed(String message) implements Issuance {}
}
