package dev.ephemeris.policy;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.toUnmodifiableSet;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Somewhere that rules let a principal reach, for whoever looks for what there is to ask for. It is
 * what is written in rules that allow, without what others deny of the whole of it; whether
 * something there is allowed now, {@link Grant} says.
 *
 * @param by the rule that allows it; that of whom an agent acts for besides
 * @param scope a scope of the account; {@code *} in the place of a name stands for any
 * @param actions what may be done there
 * @param conditions what must hold besides, in words; none if empty
 */
public record Reach(
    SortedSet<RuleName> by,
    String account,
    String scope,
    SortedSet<Action> actions,
    Set<Lane> lanes,
    Ttl ttl,
    List<String> conditions,
    Obligations obligations) {

  public Reach {
    by = Collections.unmodifiableSortedSet(new TreeSet<>(by));
    actions = Collections.unmodifiableSortedSet(new TreeSet<>(actions));
    lanes = Set.copyOf(lanes);
    conditions = List.copyOf(conditions);
  }

  /** Whether {@code place} is it, or within it. */
  public boolean covers(Scope place) {
    return ScopePattern.parse(scope).covers(place);
  }

  /** Whether others have to agree first. */
  public boolean needsApproval() {
    return !obligations.approvals().isEmpty();
  }

  /**
   * Whether whoever has this needs no {@code other}: all that it gives is given here as well, for
   * as long, under no further conditions, with nothing more masked. Limits aren't compared.
   */
  public boolean makesNeedless(Reach other) {
    return account.equals(other.account)
        && ScopePattern.parse(scope).covers(ScopePattern.parse(other.scope))
        && actions.containsAll(other.actions)
        && lanes.containsAll(other.lanes)
        && other.conditions.containsAll(conditions)
        && ttl.max().compareTo(other.ttl.max()) >= 0
        && other.obligations.mask().containsAll(obligations.mask())
        && other.obligations.approvals().containsAll(obligations.approvals());
  }

  /** Whether it is one place, and not any of a kind. */
  public boolean isNamed() {
    return !scope.contains(ScopePattern.ANY);
  }

  /** By account, place and rule. */
  static List<Reach> of(List<Rule> rules, Principal principal, Collection<AccountFacts> accounts) {
    Theirs theirs = Theirs.of(rules, principal);
    return accounts.stream()
        .flatMap(account -> in(account, theirs).stream())
        .map(place -> place.without(denied(theirs, place)))
        .filter(place -> !place.actions().isEmpty() && !place.lanes().isEmpty())
        .map(Place::reach)
        .sorted(
            comparing(Reach::account)
                .thenComparing(Reach::scope)
                .thenComparing(each -> each.by().toString()))
        .toList();
  }

  /** What a rule, or one of each of two, says about an account. */
  private record Place(
      SortedSet<RuleName> by,
      AccountFacts account,
      ScopePattern scope,
      Set<Action> actions,
      Set<Lane> lanes,
      Ttl ttl,
      List<String> conditions,
      Obligations obligations) {

    static Stream<Place> of(Rule rule, AccountFacts account) {
      return rule.scopes().stream()
          .filter(scope -> scope.namesAccount(account.name()))
          .map(
              scope ->
                  new Place(
                      new TreeSet<>(Set.of(rule.name())),
                      account,
                      new ScopePattern(account.name(), scope.database(), scope.container()),
                      rule.actions(),
                      both(rule.lanes(), account.lanes()),
                      rule.ttl(),
                      Stream.of(rule.residual())
                          .filter(residual -> !residual.isNone())
                          .map(Residual::toString)
                          .toList(),
                      rule.obligations()));
    }

    Stream<Place> and(Place other) {
      return scope.and(other.scope).stream()
          .map(
              common -> {
                SortedSet<RuleName> rules = new TreeSet<>(by);
                rules.addAll(other.by);
                return new Place(
                    rules,
                    account,
                    common,
                    both(actions, other.actions),
                    both(lanes, other.lanes),
                    ttl.min(other.ttl),
                    Stream.concat(
                            conditions.stream(),
                            other.conditions.stream().map(words -> words + ", of whom it acts for"))
                        .distinct()
                        .toList(),
                    obligations.and(other.obligations));
              });
    }

    Place without(Set<Action> denied) {
      Set<Action> left = new TreeSet<>(actions);
      left.removeAll(denied);
      return new Place(by, account, scope, left, lanes, ttl, conditions, obligations);
    }

    Reach reach() {
      return new Reach(
          by,
          account.name(),
          scope.toString(),
          new TreeSet<>(actions),
          lanes,
          ttl,
          conditions,
          obligations);
    }
  }

  private static List<Place> in(AccountFacts account, Theirs theirs) {
    List<Place> own =
        theirs.rules().stream()
            .filter(rule -> !rule.denies() && rule.concerns(account))
            .flatMap(rule -> Place.of(rule, account))
            .toList();
    if (theirs.actedFor().isEmpty()) {
      return own;
    }
    List<Place> both = new ArrayList<>();
    for (Place whose : in(account, theirs.actedFor().get())) {
      own.forEach(each -> each.and(whose).forEach(both::add));
    }
    return both;
  }

  /** What rules deny on all of a place, under whatever conditions. */
  private static Set<Action> denied(Theirs theirs, Place place) {
    Set<Action> denied = EnumSet.noneOf(Action.class);
    theirs.stream()
        .filter(rule -> rule.denies() && rule.concerns(place.account()))
        .filter(rule -> rule.scopes().stream().anyMatch(scope -> scope.covers(place.scope())))
        .forEach(rule -> denied.addAll(rule.actions()));
    return denied;
  }

  private static <T> Set<T> both(Set<T> some, Set<T> others) {
    return some.stream().filter(others::contains).collect(toUnmodifiableSet());
  }
}
