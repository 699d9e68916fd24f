package dev.ephemeris.policy;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.ephemeris.policy.ScopeTree.Choice;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * What an agent that acts for somebody may do: what its own rules allow and, asked for them, those
 * of whom it acts for. What is denied to either is denied; of their obligations the stricter holds.
 *
 * <p>Thread-safe; once a pair of rules has decided, it does so again without allocating.
 */
final class Intersection {
  private static final Decision.Deny ACTED_FOR_MAY_NOT =
      new Decision.Deny(Reason.ACTED_FOR_MAY_NOT, Optional.empty());

  /** By the agent's rule and then that of whom it acts for: what both allow. */
  private final Map<RuleName, Map<RuleName, Decision>> allowed = new ConcurrentHashMap<>();

  Decision of(Decision own, Decision theirs) {
    return switch (own) {
      case Decision.Deny deny ->
          deny.reason() != Reason.DENIED_BY_RULE && isByRule(theirs) ? theirs : own;
      case Decision.Allow allow ->
          switch (theirs) {
            case Decision.Deny deny -> toAgent(deny);
            case Decision.Allow alsoAllow -> of(allow, alsoAllow);
          };
    };
  }

  private static boolean isByRule(Decision decision) {
    return decision instanceof Decision.Deny deny && deny.reason() == Reason.DENIED_BY_RULE;
  }

  /** What is denied to whom an agent acts for, as it is said to the agent. */
  private static Decision.Deny toAgent(Decision.Deny theirs) {
    return theirs.reason() == Reason.NO_RULE ? ACTED_FOR_MAY_NOT : theirs;
  }

  private Decision of(Decision.Allow own, Decision.Allow theirs) {
    if (theirs.obligations().isNone()) {
      return own;
    }
    Map<RuleName, Decision> withOwn = allowed.get(own.by());
    Decision known = withOwn == null ? null : withOwn.get(theirs.by());
    return known == null ? combined(own, theirs) : known;
  }

  private Decision combined(Decision.Allow own, Decision.Allow theirs) {
    return allowed
        .computeIfAbsent(own.by(), rule -> new ConcurrentHashMap<>())
        .computeIfAbsent(
            theirs.by(),
            rule -> new Decision.Allow(own.by(), own.obligations().and(theirs.obligations())));
  }

  /** The terms of a lease, which both must be given. */
  static LeaseTerms of(LeaseTerms own, LeaseTerms theirs) {
    return switch (own) {
      case LeaseTerms.Refused(Map<Action, Decision.Deny> refusals) -> refused(refusals, theirs);
      case LeaseTerms.Granted granted ->
          switch (theirs) {
            case LeaseTerms.Refused refused -> refused(Map.of(), refused);
            case LeaseTerms.Granted alsoGranted -> of(granted, alsoGranted);
          };
    };
  }

  private static LeaseTerms refused(Map<Action, Decision.Deny> own, LeaseTerms theirs) {
    Map<Action, Decision.Deny> refusals = new EnumMap<>(Action.class);
    refusals.putAll(own);
    if (theirs instanceof LeaseTerms.Refused(Map<Action, Decision.Deny> reasons)) {
      reasons.forEach(
          (action, deny) ->
              refusals.merge(
                  action,
                  toAgent(deny),
                  (before, after) -> !isByRule(before) && isByRule(after) ? after : before));
    }
    return new LeaseTerms.Refused(refusals);
  }

  private static LeaseTerms of(LeaseTerms.Granted own, LeaseTerms.Granted theirs) {
    SortedSet<RuleName> by = new TreeSet<>(own.by());
    by.addAll(theirs.by());
    Set<Obligations> obligations =
        Stream.concat(own.obligations().stream(), theirs.obligations().stream())
            .collect(toUnmodifiableSet());
    return new LeaseTerms.Granted(own.ttl().min(theirs.ttl()), by, obligations);
  }

  /** What decides, the strongest first: of both the first whose conditions hold. */
  List<Choice> of(List<Choice> own, List<Choice> theirs) {
    List<Choice> both = new ArrayList<>();
    for (Choice one : own) {
      for (Choice other : theirs) {
        both.add(
            new Choice(of(one.decision(), other.decision()), one.when().and(other.when()), null));
      }
    }
    return List.copyOf(both);
  }
}
