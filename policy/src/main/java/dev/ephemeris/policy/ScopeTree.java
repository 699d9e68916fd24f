package dev.ephemeris.policy;

import static java.util.stream.Collectors.toCollection;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
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

  /**
   * The tree of what {@code rules}, the strongest first, decide on {@code account} in {@code lane}.
   */
  static ScopeTree of(List<Rule> rules, AccountFacts account, Lane lane) {
    ScopeTree root = growing();
    // From the weakest on, so that each has those to fall back to that come after it.
    List<Rule> weakest = rules.reversed();
    Predicate<Choice> any = beside -> true;
    weakest.stream()
        .filter(rule -> !rule.denies())
        .forEach(rule -> root.add(rule, rule.residual(), account, lane, any));
    if (lane.decidesEachRequest()) {
      // What was approved comes first for whom it was: it may give more than what needs nobody.
      weakest.stream()
          .filter(rule -> !rule.denies() && rule.needsApproval())
          .forEach(
              rule -> root.add(rule, rule.onceApproved(), account, lane, Choice::needsNoApproval));
    }
    weakest.stream()
        .filter(Rule::denies)
        .forEach(rule -> root.add(rule, rule.residual(), account, lane, any));
    return root;
  }

  /**
   * Files a rule, before what is there.
   *
   * @param beside only where what is there for the action is so
   */
  private void add(
      Rule rule, Residual when, AccountFacts account, Lane lane, Predicate<Choice> beside) {
    Choice alone = new Choice(rule.decision(account, lane), when, null);
    for (ScopePattern scope : rule.scopes()) {
      if (scope.namesAccount(account.name())) {
        ScopeTree node = grown(scope.database()).grown(scope.container());
        for (Action action : rule.actions()) {
          Choice there = node.choices.get(action);
          if (there == null || beside.test(there)) {
            node.choices.merge(action, alone, Choice::after);
          }
        }
      }
    }
  }

  /** One that only {@link #of} sees until nothing is added any more. */
  private static ScopeTree growing() {
    return new ScopeTree(new EnumMap<>(Action.class), new HashMap<>());
  }

  private ScopeTree grown(Optional<String> name) {
    return name.isEmpty() ? this : children.computeIfAbsent(name.get(), below -> growing());
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

  /** How many decisions it holds. */
  int size() {
    int size = children.values().stream().mapToInt(ScopeTree::size).sum();
    for (Choice first : choices.values()) {
      for (Choice choice = first; choice != null; choice = choice.otherwise()) {
        size++;
      }
    }
    return size;
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

  /**
   * A decision that counts while its conditions hold.
   *
   * @param otherwise the next strongest, if they don't
   */
  record Choice(Decision decision, Residual when, @Nullable Choice otherwise) {

    /** Whether it, or what comes where it doesn't hold, can be had without anybody's approval. */
    private boolean needsNoApproval() {
      boolean here =
          decision instanceof Decision.Allow(var by, Obligations obligations)
              && obligations.approvals().isEmpty();
      return here || (otherwise != null && otherwise.needsNoApproval());
    }

    /** That one, and otherwise this; only that one if it always holds. */
    private Choice after(Choice stronger) {
      return stronger.when().isNone()
          ? stronger
          : new Choice(stronger.decision(), stronger.when(), this);
    }
  }
}
