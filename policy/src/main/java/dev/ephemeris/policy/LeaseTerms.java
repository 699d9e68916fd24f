package dev.ephemeris.policy;

import static java.util.stream.Collectors.toUnmodifiableSet;

import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** What a lease of some actions on a scope, in a lane, would be given. */
public sealed interface LeaseTerms {

  /**
   * The lease may be had.
   *
   * @param ttl the shortest of all rules that allow any of the actions there
   * @param by those rules, in the order of their names
   * @param obligations of the rules that decide on the actions, each once
   */
  record Granted(Ttl ttl, SortedSet<RuleName> by, Set<Obligations> obligations)
      implements LeaseTerms {
    public Granted {
      obligations = Set.copyOf(obligations);
      by = Collections.unmodifiableSortedSet(new TreeSet<>(by));
    }

    /** Who must agree first, all of them; nobody if empty. */
    public Set<Approval> approvals() {
      return obligations.stream()
          .flatMap(each -> each.approvals().stream())
          .collect(toUnmodifiableSet());
    }

    /**
     * For how long whoever can't wait may have it at once; not at all if one of those who must
     * agree doesn't let them.
     */
    public Optional<Duration> breakGlass() {
      Set<Approval> approvals = approvals();
      return approvals.stream().allMatch(approval -> approval.breakGlass().isPresent())
          ? approvals.stream()
              .flatMap(approval -> approval.breakGlass().stream())
              .min(Comparator.naturalOrder())
          : Optional.empty();
    }

    /** By which people are told of the lease, by any of the rules. */
    public Set<Channel> channels() {
      return obligations.stream()
          .flatMap(each -> each.channels().stream())
          .collect(toUnmodifiableSet());
    }

    /** How the credential may be handed over, by all of the rules; not at all if empty. */
    public Set<Delivery> deliver() {
      Set<Delivery> all = EnumSet.allOf(Delivery.class);
      obligations.forEach(each -> all.retainAll(each.deliver()));
      return all;
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
