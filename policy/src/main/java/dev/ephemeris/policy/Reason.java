package dev.ephemeris.policy;

import java.util.Locale;

/** Why something is denied. The list is closed: users see these, and metrics count them. */
public enum Reason {
  /** No rule allows it, or there is no such account. */
  NO_RULE,
  /** It is an agent's own rules that allow it; none allows it to whom the agent acts for. */
  ACTED_FOR_MAY_NOT,
  /** A rule forbids it. */
  DENIED_BY_RULE,
  /** The account doesn't permit the lane. */
  LANE_NOT_PERMITTED,
  /**
   * A rule forbids it on part of the scope, which only the proxy lane can enforce: ask for a lease
   * of that lane, or for a narrower scope.
   */
  LANE_CANNOT_ENFORCE;

  /** A name that never changes, for example {@code no-rule}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
