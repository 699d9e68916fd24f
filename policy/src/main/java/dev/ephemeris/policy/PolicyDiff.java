package dev.ephemeris.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a change of policy does, told by decisions: who is given what they weren't, or no longer, or
 * otherwise. That rules are renamed, moved or written in another way, and decide the same, is no
 * change.
 *
 * @param people those who gain or lose, each set of changes once; in the order they were asked for
 */
public record PolicyDiff(List<Affected> people) {

  /** Whom the same changes affect. */
  public record Affected(List<String> names, List<Change> changes) {
    public Affected {
      names = List.copyOf(names);
      changes = List.copyOf(changes);
    }
  }

  /** What becomes of an action. */
  public enum Kind {
    GAINS,
    LOSES,
    /** Was given and is given, with other limits or for another time. */
    CHANGES
  }

  /**
   * One change. It goes for all within its scope, but for what is within {@code except}, and for
   * what a narrower change says otherwise of: one that names the database, or else the container.
   *
   * @param scope as rules write them
   * @param except scopes within, where nothing changes for these actions
   * @param by the rule that gives it now, or that takes it; empty if there is just none any more
   */
  public record Change(
      Kind kind,
      String scope,
      List<String> except,
      Set<Action> actions,
      Set<Way> ways,
      Optional<Way.Given> before,
      Optional<Way.Given> after,
      Optional<RuleName> by) {
    public Change {
      except = List.copyOf(except);
      actions = Collections.unmodifiableSet(EnumSet.copyOf(actions));
      ways = Collections.unmodifiableSet(EnumSet.copyOf(ways));
    }
  }

  public PolicyDiff {
    people = List.copyOf(people);
  }

  /** Whether nobody gains or loses anything. */
  public boolean isEmpty() {
    return people.isEmpty();
  }

  /** What {@code after} decides otherwise than {@code before} for these on these accounts. */
  static PolicyDiff of(
      List<Rule> before,
      List<Rule> after,
      List<Candidate> candidates,
      Collection<AccountFacts> accounts) {
    // A catalog has many people and few kinds of them: those whom the same rules are for.
    Map<List<Theirs>, List<Change>> byRules = new HashMap<>();
    Map<List<Change>, List<Candidate>> affected = new LinkedHashMap<>();
    for (Candidate candidate : candidates) {
      Theirs was = Theirs.of(before, candidate.principal());
      Theirs is = Theirs.of(after, candidate.principal());
      List<Change> changes =
          byRules.computeIfAbsent(
              List.of(was, is), rules -> changes(was, is, candidate.principal(), accounts));
      if (!changes.isEmpty()) {
        affected.computeIfAbsent(changes, none -> new ArrayList<>()).add(candidate);
      }
    }
    Map<String, Set<PrincipalKind>> kinds = Candidate.kinds(candidates);
    return new PolicyDiff(
        affected.entrySet().stream()
            .map(entry -> new Affected(Candidate.names(entry.getValue(), kinds), entry.getKey()))
            .toList());
  }

  private static List<Change> changes(
      Theirs before, Theirs after, Principal principal, Collection<AccountFacts> accounts) {
    if (before.equals(after)) {
      return List.of();
    }
    return accounts.stream()
        .flatMap(account -> changes(before, after, principal, account).stream())
        .toList();
  }

  /** What happens to one action on one way at one place. */
  private record Step(
      Kind kind, Optional<Way.Given> before, Optional<Way.Given> after, Optional<RuleName> by) {

    static Optional<Step> between(Way.Answer before, Way.Answer after) {
      Optional<Way.Given> was = before.asGiven();
      Optional<Way.Given> is = after.asGiven();
      if (was.equals(is)) {
        return Optional.empty();
      }
      Kind kind = was.isEmpty() ? Kind.GAINS : is.isEmpty() ? Kind.LOSES : Kind.CHANGES;
      return Optional.of(new Step(kind, was, is, after.rule()));
    }
  }

  /** An action on a way. */
  private record Asked(Action action, Way way) {}

  private static List<Change> changes(
      Theirs before, Theirs after, Principal principal, AccountFacts account) {
    Grant was = Grant.of(before, principal, List.of(account));
    Grant is = Grant.of(after, principal, List.of(account));
    Telling telling = new Telling();
    for (Place place :
        Place.in(account.name(), Stream.concat(before.stream(), after.stream()).toList())) {
      for (Action action : Action.values()) {
        for (Way way : Way.values()) {
          telling.tell(
              place.pattern(),
              new Asked(action, way),
              Step.between(
                  way.ask(was, action, place.example()), way.ask(is, action, place.example())));
        }
      }
    }
    return telling.changes();
  }

  /** Says what happens where as shortly as can be: what follows from a wider scope isn't said. */
  private static final class Telling {

    /** By scope, the wider ones first: what was said of it; empty that nothing happens there. */
    private final Map<ScopePattern, Map<Asked, Optional<Step>>> said = new LinkedHashMap<>();

    private final Map<ScopePattern, Map<Asked, List<String>>> exceptions = new HashMap<>();

    void tell(ScopePattern scope, Asked asked, Optional<Step> step) {
      Optional<ScopePattern> around =
          scope.around().stream().filter(wider -> says(wider).containsKey(asked)).findFirst();
      Optional<Step> follows =
          around.flatMap(wider -> says(wider).getOrDefault(asked, Optional.empty()));
      if (follows.equals(step)) {
        return;
      }
      said.computeIfAbsent(scope, none -> new LinkedHashMap<>()).put(asked, step);
      if (step.isEmpty()) {
        exceptions
            .computeIfAbsent(around.orElseThrow(), none -> new HashMap<>())
            .computeIfAbsent(asked, none -> new ArrayList<>())
            .add(scope.toString());
      }
    }

    private Map<Asked, Optional<Step>> says(ScopePattern scope) {
      return said.getOrDefault(scope, Map.of());
    }

    List<Change> changes() {
      List<Change> changes = new ArrayList<>();
      said.forEach((scope, here) -> changes.addAll(changes(scope, here)));
      return changes;
    }

    /** Of one scope; those together that are alike. */
    private List<Change> changes(ScopePattern scope, Map<Asked, Optional<Step>> here) {
      Map<Row, Map<Action, Set<Way>>> ways = new LinkedHashMap<>();
      here.forEach(
          (asked, said) ->
              said.ifPresent(
                  step ->
                      ways.computeIfAbsent(
                              new Row(scope, except(scope, asked), step),
                              row -> new LinkedHashMap<>())
                          .computeIfAbsent(asked.action(), action -> EnumSet.noneOf(Way.class))
                          .add(asked.way())));
      List<Change> changes = new ArrayList<>();
      ways.forEach(
          (row, byAction) -> {
            Map<Set<Way>, Set<Action>> byWays = new LinkedHashMap<>();
            byAction.forEach(
                (action, of) ->
                    byWays.computeIfAbsent(of, none -> EnumSet.noneOf(Action.class)).add(action));
            byWays.forEach((of, actions) -> changes.add(row.change(actions, of)));
          });
      return changes;
    }

    private List<String> except(ScopePattern scope, Asked asked) {
      return exceptions.getOrDefault(scope, Map.of()).getOrDefault(asked, List.of());
    }
  }

  /** What a change says but for its actions and ways. */
  private record Row(ScopePattern scope, List<String> except, Step step) {
    Change change(Set<Action> actions, Set<Way> ways) {
      return new Change(
          step.kind(),
          scope.toString(),
          except,
          actions,
          ways,
          step.before(),
          step.after(),
          step.by());
    }
  }
}
