package dev.ephemeris.policy;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The smallest rules that cover what was observed.
 *
 * <p>A rule is for a group of the catalog if several of its members did the same thing and they are
 * more than half of it; of several such groups, for the one with the fewest members. Otherwise it
 * is for users by name, and for those who aren't in the catalog by their subject. It is for the
 * kind of principal that was seen, on the scopes that were, with the actions that were.
 *
 * @param policy a policy file with these rules, and above each what it was made of
 * @param leftOut a sentence for each thing that no rule of it covers
 */
public record Suggested(String policy, List<String> leftOut) {

  public Suggested {
    leftOut = List.copyOf(leftOut);
  }

  /**
   * The rules for these observations.
   *
   * @param catalog the members of its groups are those among these who are users
   * @param wholeDatabases whether rules are for databases, rather than for single containers
   */
  public static Suggested of(
      Collection<Observation> observations, Collection<Candidate> catalog, boolean wholeDatabases) {
    List<String> leftOut = new ArrayList<>();
    SortedMap<SuggestedRule.Whom, Seen> seen = new TreeMap<>();
    Map<Cell, List<Observation>> cells = new HashMap<>();
    for (Observation each : observations) {
      Optional<String> why = uncovered(each);
      if (why.isPresent()) {
        leftOut.add(why.get());
        continue;
      }
      for (Action action : each.actions()) {
        Cell cell =
            new Cell(
                each.by().kind(),
                each.form() == CredentialForm.LEASE_KEY,
                wholeDatabases ? database(each.scope()) : each.scope(),
                action);
        cells.computeIfAbsent(cell, first -> new ArrayList<>()).add(each);
      }
    }
    Map<GroupRef, Set<UserRef>> members = members(catalog);
    cells.forEach(
        (cell, of) ->
            whom(cell, of, members)
                .forEach(
                    (whom, theirs) ->
                        seen.computeIfAbsent(whom, first -> new Seen())
                            .add(cell.scope(), cell.action(), theirs)));
    List<SuggestedRule> rules = new ArrayList<>();
    seen.forEach((whom, what) -> rules.addAll(what.rules(whom)));
    return new Suggested(SuggestedRule.text(rules, members), leftOut);
  }

  /** One action in one place, by one kind of principal, with a lease's key or without. */
  private record Cell(PrincipalKind kind, boolean byKey, Scope scope, Action action) {}

  private static Optional<String> uncovered(Observation each) {
    String what =
        "%s: %s on %s (%s)"
            .formatted(
                each.who(),
                each.actions().stream().map(Action::shortName).collect(joining(", ")),
                each.scope(),
                SuggestedRule.times(each.times()));
    return each.deniedBy()
        .map(rule -> what + " is denied by rule '" + rule + "'; no rule that allows changes that")
        .or(
            () ->
                each.by().user().isEmpty() && each.by().id().subject().contains("*")
                    ? Optional.of(what + " is by a subject with a *, which rules can't name")
                    : Optional.empty());
  }

  private static Scope database(Scope scope) {
    return new Scope(scope.account(), scope.database(), Optional.empty());
  }

  private static Map<GroupRef, Set<UserRef>> members(Collection<Candidate> catalog) {
    Map<GroupRef, Set<UserRef>> members = new HashMap<>();
    for (Candidate each : catalog) {
      each.principal()
          .user()
          .ifPresent(
              user ->
                  each.principal()
                      .groups()
                      .forEach(
                          group ->
                              members.computeIfAbsent(group, first -> new HashSet<>()).add(user)));
    }
    return members;
  }

  /** Whom rules are for that cover these observations of one cell, with those that each covers. */
  private static Map<SuggestedRule.Whom, List<Observation>> whom(
      Cell cell, List<Observation> of, Map<GroupRef, Set<UserRef>> members) {
    Map<SuggestedRule.Whom, List<Observation>> whom = new HashMap<>();
    List<Observation> catalogued = of.stream().filter(o -> o.by().user().isPresent()).toList();
    of.stream()
        .filter(each -> each.by().user().isEmpty())
        .collect(groupingBy(each -> each.by().id()))
        .forEach(
            (id, theirs) ->
                whom.put(
                    new SuggestedRule.Whom(
                        new SuggestedRule.Subject(id), cell.kind(), cell.byKey()),
                    theirs));
    if (!catalogued.isEmpty()) {
      TreeSet<UserRef> users =
          catalogued.stream()
              .flatMap(each -> each.by().user().stream())
              .collect(toCollection(() -> new TreeSet<>(comparing(UserRef::toString))));
      SuggestedRule.Named named =
          group(catalogued, users.size(), members)
              .<SuggestedRule.Named>map(SuggestedRule.Group::new)
              .orElseGet(() -> new SuggestedRule.Users(List.copyOf(users)));
      whom.put(new SuggestedRule.Whom(named, cell.kind(), cell.byKey()), catalogued);
    }
    return whom;
  }

  /** The smallest group that all of them are in, if they are several and most of it. */
  private static Optional<GroupRef> group(
      List<Observation> by, int users, Map<GroupRef, Set<UserRef>> members) {
    Set<GroupRef> shared = new HashSet<>(by.getFirst().by().groups());
    by.forEach(each -> shared.retainAll(each.by().groups()));
    Function<GroupRef, Integer> size = group -> members.getOrDefault(group, Set.of()).size();
    return users < 2
        ? Optional.empty()
        : shared.stream()
            .filter(group -> size.apply(group) >= users && size.apply(group) < 2 * users)
            .min(comparing(size).thenComparing(GroupRef::toString));
  }

  /** What was seen of those whom rules are for: where, which actions, and by which observations. */
  private static final class Seen {
    private final Map<Scope, Map<Action, List<Observation>>> byScope = new HashMap<>();

    void add(Scope scope, Action action, List<Observation> of) {
      byScope
          .computeIfAbsent(scope, first -> new HashMap<>())
          .computeIfAbsent(action, first -> new ArrayList<>())
          .addAll(of);
    }

    /** One for all scopes with the same actions; what a wider scope has needs no narrower one. */
    List<SuggestedRule> rules(SuggestedRule.Whom whom) {
      Map<Scope, Map<Action, List<Observation>>> left = new HashMap<>();
      byScope.forEach(
          (scope, actions) ->
              actions.forEach(
                  (action, of) ->
                      left.computeIfAbsent(widest(scope, action), first -> new HashMap<>())
                          .computeIfAbsent(action, first -> new ArrayList<>())
                          .addAll(of)));
      Map<Set<Action>, SortedMap<String, Map<Action, List<Observation>>>> same = new HashMap<>();
      left.forEach(
          (scope, actions) ->
              same.computeIfAbsent(Set.copyOf(actions.keySet()), first -> new TreeMap<>())
                  .put(scope.toString(), actions));
      return same.entrySet().stream()
          .map(each -> SuggestedRule.of(whom, each.getKey(), each.getValue()))
          .sorted(comparing(rule -> rule.scopes().toString()))
          .toList();
    }

    private Scope widest(Scope scope, Action action) {
      return byScope.entrySet().stream()
          .filter(each -> each.getValue().containsKey(action))
          .map(Map.Entry::getKey)
          .filter(other -> other.covers(scope))
          .min(comparing(other -> other.toString().length()))
          .orElse(scope);
    }
  }
}
