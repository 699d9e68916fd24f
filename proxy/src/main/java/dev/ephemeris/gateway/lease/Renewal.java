package dev.ephemeris.gateway.lease;

import dev.ephemeris.policy.Reason;
import dev.ephemeris.policy.RuleName;
import java.time.Duration;
import java.util.Optional;

/** What became of a request to renew a lease. */
public sealed interface Renewal {

  /**
   * It is good until its end: in the proxy lane for what was shown for it before.
   *
   * @param handed what is handed over anew, in the others
   */
  record Renewed(Lease lease, Optional<DirectLane.Handed> handed) implements Renewal {}

  /** It was renewed, and the account doesn't give what goes with it now; what it gave goes on. */
  record Busy(String message, Optional<Duration> retryAfter) implements Renewal {}

  /** There is none, or it is somebody else's. */
  record NotFound() implements Renewal {}

  /** Whoever asks is kept out of the account. */
  record KeptOut(String message) implements Renewal {}

  /** It isn't to be renewed, whatever the policy says: it has ended, or comes to its latest end. */
  record Over(String message) implements Renewal {}

  /** The policy doesn't give it any more. */
  record Refused(Reason reason, Optional<RuleName> rule, String message) implements Renewal {}

  /** The policy gives it once others agree, and they haven't to what it wants now. */
  record NeedsApproval(RuleName rule, String message) implements Renewal {}

  /** It asks for something that isn't there to be had by anyone. */
  record Malformed(String message) implements Renewal {}
}
