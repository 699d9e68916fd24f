package dev.ephemeris.policy;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The decisions of an account's rules, filed under the scopes that they name: the account at the
 * root, databases beneath it, containers beneath those, with {@code *} as a name like any other.
 *
 * <p>At most seven nodes concern a container, however many rules there are, and every decision is
 * made beforehand, so that looking one up allocates nothing. Immutable.
 */
final class ScopeTree {
  static final Decision NO_RULE = new Decision.Deny(Reason.NO_RULE, Optional.empty());

  static final ScopeTree EMPTY = new ScopeTree(Map.of(), Map.of());

  private final Map<Action, Choice> choices;
  private final Map<String, ScopeTree> children;

  private ScopeTree(Map<Action, Choice> choices, Map<String, ScopeTree> children) {
    this.choices = choices;
    this.children = children;
  }

  /** The tree of what {@code rules} decide on {@code account} in {@code lane}. */
  static ScopeTree of(List<Rule> rules, AccountFacts account, Lane lane) {
    return of(
        rules.stream()
            .sorted(Rule.STRONGEST_FIRST)
            .flatMap(
                rule ->
                    rule.scopes().stream()
                        .filter(scope -> scope.namesAccount(account.name()))
                        .map(
                            scope ->
                                new Filed(
                                    scope.path(),
                                    rule.actions(),
                                    rule.decision(account, lane),
                                    rule.residual())))
            .toList());
  }

  private static ScopeTree of(List<Filed> rules) {
    Map<Action, Choice> choices = new EnumMap<>(Action.class);
    // From the weakest on, so that each has those to fall back to that come after it.
    for (Filed rule : rules.reversed()) {
      if (rule.path().isEmpty()) {
        rule.actions().forEach(action -> choices.compute(action, rule::before));
      }
    }
    Map<String, List<Filed>> below = new HashMap<>();
    for (Filed rule : rules) {
      if (!rule.path().isEmpty()) {
        below.computeIfAbsent(rule.path().getFirst(), name -> new ArrayList<>()).add(rule.below());
      }
    }
    return new ScopeTree(
        choices,
        below.entrySet().stream()
            .collect(toUnmodifiableMap(Map.Entry::getKey, child -> of(child.getValue()))));
  }

  /** What the rules that cover {@code scope} and hold at this moment say of {@code action}. */
  Decision decide(Action action, Scope scope, Circumstances circumstances) {
    return decide(action, scope.database(), scope.container(), circumstances);
  }

  private Decision decide(
      Action action,
      Optional<String> name,
      Optional<String> nameBelow,
      Circumstances circumstances) {
    Decision here = here(action, circumstances);
    if (name.isEmpty()) {
      return here;
    }
    Decision any =
        child(ScopePattern.ANY).decide(action, nameBelow, Optional.empty(), circumstances);
    Decision exact = child(name.get()).decide(action, nameBelow, Optional.empty(), circumstances);
    return stronger(exact, stronger(any, here));
  }

  /**
   * What decides on {@code action}, the strongest first: the first whose conditions hold. The last
   * has none.
   */
  List<Choice> choices(Action action, Scope scope) {
    List<Choice> all = new ArrayList<>();
    addChoices(action, scope.database(), scope.container(), all);
    List<Choice> choices =
        Stream.concat(
                all.stream().filter(choice -> forbids(choice.decision())),
                all.stream().filter(choice -> !forbids(choice.decision())))
            .collect(toCollection(ArrayList::new));
    choices.add(new Choice(NO_RULE, Residual.NONE, null));
    Map<Residual, Choice> first = new LinkedHashMap<>();
    for (Choice choice : choices) {
      first.putIfAbsent(choice.when(), choice);
      if (choice.when().isNone()) {
        break;
      }
    }
    return List.copyOf(first.values());
  }

  private void addChoices(
      Action action, Optional<String> name, Optional<String> nameBelow, List<Choice> all) {
    if (name.isPresent()) {
      child(name.get()).addChoices(action, nameBelow, Optional.empty(), all);
      child(ScopePattern.ANY).addChoices(action, nameBelow, Optional.empty(), all);
    }
    for (Choice choice = choices.get(action); choice != null; choice = choice.otherwise()) {
      all.add(choice);
    }
  }

  private Decision here(Action action, Circumstances circumstances) {
    for (Choice choice = choices.get(action); choice != null; choice = choice.otherwise()) {
      if (choice.when().holds(circumstances)) {
        return choice.decision();
      }
    }
    return NO_RULE;
  }

  private ScopeTree child(String name) {
    return children.getOrDefault(name, EMPTY);
  }

  /** Denials override, whatever their scope; else the narrower scope speaks. */
  private static Decision stronger(Decision narrow, Decision wide) {
    return forbids(narrow) || (narrow != NO_RULE && !forbids(wide)) ? narrow : wide;
  }

  private static boolean forbids(Decision decision) {
    return decision instanceof Decision.Deny deny && deny.reason() == Reason.DENIED_BY_RULE;
  }

  /** A rule's decision, and the names from a node down to where it belongs. */
  private record Filed(List<String> path, Set<Action> actions, Decision decision, Residual when) {
    Filed below() {
      return new Filed(path.subList(1, path.size()), actions, decision, when);
    }

    /** What is decided where this comes first. */
    Choice before(Action action, @Nullable Choice others) {
      return new Choice(decision, when, when.isNone() ? null : others);
    }
  }

  /**
   * A decision that counts while its conditions hold.
   *
   * @param otherwise the next strongest, if they don't
   */
  record Choice(Decision decision, Residual when, @Nullable Choice otherwise) {}
}
