package dev.ephemeris.gateway.mcp;

import dev.ephemeris.gateway.lease.AccessRequests;
import dev.ephemeris.gateway.lease.AccessRequests.Changed;
import dev.ephemeris.gateway.lease.Issuance;
import dev.ephemeris.gateway.lease.LeaseRequest;

/** What an agent is told where it gets no lease. */
final class Refusals {

  private Refusals() {}

  /** Why a change wasn't made. */
  static String reason(AccessRequests.Changed why) {
    return switch (why) {
      case Changed.NotFound none -> "There is no access request by that id of yours.";
      case Changed.NotTheirs(String message) -> message;
      case Changed.Unavailable(String message) -> message;
      case Changed.Over(String message) -> message;
      case Changed.NotAsSeen changed -> "It has changed meanwhile. Ask request_status.";
      case Changed.Malformed(String message) -> message;
      case Changed.Done done -> throw new IllegalStateException("done: " + done.request().id());
    };
  }

  /** The same, of a lease. */
  static String reason(Issuance issuance) {
    return switch (issuance) {
      case Issuance.NeedsApproval(var rule, String message) -> message;
      case Issuance.Refused(var reason, var rule, String message) -> message;
      case Issuance.Busy(String message, var retryAfter) -> message;
      case Issuance.KeptOut(String message) -> message;
      case Issuance.Malformed(String message) -> message;
      case Issuance.Taken taken -> "It was taken meanwhile. Ask again.";
      case Issuance.Issued given -> throw new IllegalStateException("given");
      case Issuance.IssuedKey given -> throw new IllegalStateException("given");
      case Issuance.IssuedDirect given -> throw new IllegalStateException("given");
    };
  }

  /** Why, and what to do next. */
  static String message(Issuance issuance, LeaseRequest wanted) {
    return issuance instanceof Issuance.NeedsApproval
        ? reason(issuance)
            + " The tool request_access does: scope "
            + wanted.scope()
            + ", role "
            + wanted.role()
            + ", and a reason that people can judge."
        : reason(issuance);
  }
}
