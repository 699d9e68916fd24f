package dev.ephemeris.gateway.lease;

/** What people are told of, where a rule names channels for it. Never with a secret. */
public sealed interface Notice {

  /** Somebody asks others to agree. */
  record AccessRequested(AccessRequest request) implements Notice {}

  /**
   * An approver has answered, or has looked at a broken glass.
   *
   * @param request as it is by that
   */
  record AccessAnswered(AccessRequest request, AccessAnswer answer) implements Notice {}

  /** Somebody has a lease at once that others were to agree to. Loud. */
  record GlassBroken(AccessRequest request, Lease lease) implements Notice {}

  /** A lease was given. */
  record LeaseIssued(Lease lease) implements Notice {}
}
