package dev.ephemeris.policy;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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

  private final Map<Action, Decision> decisions;
  private final Map<String, ScopeTree> children;

  private ScopeTree(Map<Action, Decision> decisions, Map<String, ScopeTree> children) {
    this.decisions = decisions;
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
                                    scope.path(), rule.actions(), rule.decision(account, lane))))
            .toList());
  }

  private static ScopeTree of(List<Filed> rules) {
    Map<Action, Decision> decisions = new EnumMap<>(Action.class);
    Map<String, List<Filed>> below = new HashMap<>();
    for (Filed rule : rules) {
      if (rule.path().isEmpty()) {
        rule.actions().forEach(action -> decisions.putIfAbsent(action, rule.decision()));
      } else {
        below.computeIfAbsent(rule.path().getFirst(), name -> new ArrayList<>()).add(rule.below());
      }
    }
    return new ScopeTree(
        decisions,
        below.entrySet().stream()
            .collect(toUnmodifiableMap(Map.Entry::getKey, child -> of(child.getValue()))));
  }

  /** What the rules that cover {@code scope} say of {@code action}. */
  Decision decide(Action action, Scope scope) {
    return decide(action, scope.database(), scope.container());
  }

  private Decision decide(Action action, Optional<String> name, Optional<String> nameBelow) {
    Decision here = decisions.getOrDefault(action, NO_RULE);
    if (name.isEmpty()) {
      return here;
    }
    Decision any = child(ScopePattern.ANY).decide(action, nameBelow, Optional.empty());
    Decision exact = child(name.get()).decide(action, nameBelow, Optional.empty());
    return stronger(exact, stronger(any, here));
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
  private record Filed(List<String> path, Set<Action> actions, Decision decision) {
    Filed below() {
      return new Filed(path.subList(1, path.size()), actions, decision);
    }
  }
}
