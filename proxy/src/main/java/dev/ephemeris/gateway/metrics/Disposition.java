package dev.ephemeris.gateway.metrics;

import dev.ephemeris.policy.Reason;
import java.util.Locale;

/**
 * What the gateway did with a data-plane request, and why. The list is closed: metrics and journal
 * tell these codes, and they never change.
 */
public enum Disposition {
  /** It went to the account, whatever that answered. */
  ALLOWED(Decision.ALLOW),
  /** A bulk request of which some operations were refused and the others went to the account. */
  ALLOWED_IN_PART(Decision.ALLOW),

  /** It can be read in more than one way, or isn't what SDKs send. */
  MALFORMED(Decision.DENY),
  /** Its body is longer than the gateway takes. */
  TOO_LARGE(Decision.DENY),
  /** Not available through the gateway, to anyone. */
  NOT_AVAILABLE(Decision.DENY),
  /** It has no credential, or none that is good for this account. */
  UNAUTHENTICATED(Decision.DENY),
  /** Its lease has expired or was revoked. */
  LEASE_ENDED(Decision.DENY),
  /** The policy may allow it, the lease doesn't. */
  OUTSIDE_LEASE(Decision.DENY),
  /** Its lease is for one partition key, and it isn't bound to that one. */
  OUTSIDE_PARTITION_KEY(Decision.DENY),
  /** {@link Reason#NO_RULE}, also where what it names can't be told from what doesn't exist. */
  NO_RULE(Decision.DENY),
  /** {@link Reason#ACTED_FOR_MAY_NOT}. */
  ACTED_FOR_MAY_NOT(Decision.DENY),
  /** {@link Reason#DENIED_BY_RULE}. */
  DENIED_BY_RULE(Decision.DENY),
  /** {@link Reason#LANE_NOT_PERMITTED}. */
  LANE_NOT_PERMITTED(Decision.DENY),
  /** {@link Reason#LANE_CANNOT_ENFORCE}. */
  LANE_CANNOT_ENFORCE(Decision.DENY),
  /** A rule gives it after an approval, and nobody has approved the lease. */
  NEEDS_APPROVAL(Decision.DENY),
  /** Its lease or rule has used up what it may. */
  OVER_BUDGET(Decision.DENY),
  /** It went to the account, whose answer can't be looked through for what agents don't see. */
  NOT_FOR_AGENTS(Decision.DENY),

  /** The journal takes no records. */
  JOURNAL(Decision.FAIL),
  /** The store doesn't answer. */
  STORE(Decision.FAIL),
  /** Who is in which group isn't known, as the catalog's last answer is too old. */
  CATALOG(Decision.FAIL),
  /** The account can't be reached, or the connection was lost before its answer. */
  UPSTREAM_UNREACHABLE(Decision.FAIL),
  /** The client went away before it had its answer. */
  CLIENT_GONE(Decision.FAIL),
  /** Anything else that the gateway failed on; its log says what. */
  FAULT(Decision.FAIL);

  /** Whether a request is let through. */
  public enum Decision {
    ALLOW,
    DENY,
    /** It came to neither, or was allowed to no avail. */
    FAIL;

    String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Decision decision;
  private final String code = name().toLowerCase(Locale.ROOT).replace('_', '-');

  Disposition(Decision decision) {
    this.decision = decision;
  }

  public Decision decision() {
    return decision;
  }

  /** A name that never changes, for example {@code outside-lease}. */
  public String code() {
    return code;
  }

  /** What the policy's no is here. */
  public static Disposition of(Reason reason) {
    return switch (reason) {
      case NO_RULE -> NO_RULE;
      case ACTED_FOR_MAY_NOT -> ACTED_FOR_MAY_NOT;
      case DENIED_BY_RULE -> DENIED_BY_RULE;
      case LANE_NOT_PERMITTED -> LANE_NOT_PERMITTED;
      case LANE_CANNOT_ENFORCE -> LANE_CANNOT_ENFORCE;
    };
  }
}
