package dev.ephemeris.policy;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** What a lease of some actions on a scope, in a lane, would be given. */
public sealed interface LeaseTerms {

  /**
   * The lease may be had.
   *
   * @param ttl the shortest of all rules that allow any of the actions there
   * @param by those rules, in the order of their names
   */
  record Granted(Ttl ttl, SortedSet<RuleName> by) implements LeaseTerms {
    public Granted {
      by = Collections.unmodifiableSortedSet(new TreeSet<>(by));
    }
  }

  /**
   * The lease may not be had.
   *
   * @param reasons for each action that stands in the way; never empty
   */
  record Refused(Map<Action, Decision.Deny> reasons) implements LeaseTerms {
    public Refused {
      reasons = Collections.unmodifiableMap(new EnumMap<>(reasons));
    }
  }
}
