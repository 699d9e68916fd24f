package dev.ephemeris.policy;

import java.util.Map;
import java.util.Set;

/** What a lease of some actions on a scope, in a lane, would be given. */
public sealed interface LeaseTerms {

  /**
   * The lease may be had.
   *
   * @param ttl the shortest of all rules that allow any of the actions there
   * @param by those rules, in the order of their names
   */
  record Granted(Ttl ttl, Set<RuleName> by) implements LeaseTerms {}

  /**
   * The lease may not be had.
   *
   * @param reasons for each action that stands in the way; never empty
   */
  record Refused(Map<Action, Decision.Deny> reasons) implements LeaseTerms {}
}
