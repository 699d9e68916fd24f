package dev.ephemeris.policy;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.ephemeris.policy.ScopeTree.Choice;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The rules that concern one principal on one account in one lane. Immutable. */
final class LaneRules {
  /** No rule concerns them, or there is no such account. */
  static final LaneRules NONE = new LaneRules(Lane.PROXY, List.of(), ScopeTree.EMPTY);

  private final Lane lane;
  private final List<Rule> rules;
  private final ScopeTree tree;

  private LaneRules(Lane lane, List<Rule> rules, ScopeTree tree) {
    this.lane = lane;
    this.rules = rules;
    this.tree = tree;
  }

  /**
   * Those of {@code rules} that hold in {@code lane}; all of them concern {@code account}, the
   * strongest first.
   */
  static LaneRules of(List<Rule> rules, AccountFacts account, Lane lane) {
    List<Rule> inLane = rules.stream().filter(rule -> rule.lanes().contains(lane)).toList();
    return new LaneRules(lane, inLane, ScopeTree.of(inLane, account, lane));
  }

  /** Those that hold for what is shown in the proxy lane. */
  static LaneRules of(List<Rule> rules, AccountFacts account, CredentialForm form) {
    return of(
        rules.stream().filter(rule -> rule.credentials().contains(form)).toList(),
        account,
        Lane.PROXY);
  }

  /** The actions that some rule allows somewhere without approval; denials aren't taken off. */
  Set<Action> actions() {
    return withoutApproval()
        .flatMap(rule -> rule.actions().stream())
        .collect(toCollection(() -> EnumSet.noneOf(Action.class)));
  }

  /**
   * What a lease of everything that is allowed somewhere without anybody's approval would be given;
   * empty if nothing is.
   */
  Optional<LeaseTerms.Granted> terms() {
    List<Rule> allowing = withoutApproval().toList();
    return allowing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            granted(
                allowing, allowing.stream().map(Rule::obligations).collect(toUnmodifiableSet())));
  }

  private Stream<Rule> withoutApproval() {
    return rules.stream().filter(rule -> !rule.denies() && !rule.needsApproval());
  }

  Decision decide(Action action, Scope scope, Circumstances circumstances) {
    return tree.decide(action, scope, circumstances);
  }

  LeaseTerms leaseTerms(Set<Action> actions, Scope scope, Circumstances circumstances) {
    Map<Action, Decision.Deny> refusals = new EnumMap<>(Action.class);
    for (Action action : actions) {
      refusal(action, scope, circumstances).ifPresent(refusal -> refusals.put(action, refusal));
    }
    return refusals.isEmpty()
        ? granted(actions, scope, circumstances)
        : new LeaseTerms.Refused(refusals);
  }

  private Optional<Decision.Deny> refusal(Action action, Scope scope, Circumstances circumstances) {
    return lane.decidesEachRequest()
        ? asDenied(decide(action, scope, circumstances))
        : refusalAtAnyTime(action, scope);
  }

  /** Where nobody looks at each request, a lease is given only for what holds at every one. */
  private Optional<Decision.Deny> refusalAtAnyTime(Action action, Scope scope) {
    Choice strongest = tree.choices(action, scope).getFirst();
    return switch (strongest.decision()) {
      case Decision.Deny refusal when strongest.when().isNone() -> Optional.of(refusal);
      case Decision.Deny refusal -> Optional.of(cannotEnforce(refusal.by()));
      case Decision.Allow(RuleName by, Obligations obligations)
          when obligations.bindRequests() || !strongest.when().isNone() ->
          Optional.of(cannotEnforce(Optional.of(by)));
      case Decision.Allow allow ->
          rules.stream()
              .filter(rule -> rule.actions().contains(action) && restrains(rule, scope))
              .map(Rule::name)
              .sorted()
              .findFirst()
              .map(name -> cannotEnforce(Optional.of(name)));
    };
  }

  /** Whether it takes from what others allow somewhere in the scope. */
  private static boolean restrains(Rule rule, Scope scope) {
    return rule.denies()
        ? rule.touches(scope)
        : (rule.obligations().bindRequests() || rule.needsApproval())
            && rule.touches(scope)
            && !rule.covers(scope);
  }

  private static Decision.Deny cannotEnforce(Optional<RuleName> rule) {
    return new Decision.Deny(Reason.LANE_CANNOT_ENFORCE, rule);
  }

  private static Optional<Decision.Deny> asDenied(Decision decision) {
    return switch (decision) {
      case Decision.Deny refusal -> Optional.of(refusal);
      case Decision.Allow allow -> Optional.empty();
    };
  }

  /** How many decisions it holds. */
  int size() {
    return tree.size();
  }

  /** What becomes of a lease of this action there, the strongest first; the last always holds. */
  List<Choice> choices(Action action, Scope scope) {
    return lane.decidesEachRequest()
        ? tree.choices(action, scope)
        : List.of(
            refusalAtAnyTime(action, scope)
                .map(refusal -> new Choice(refusal, Residual.NONE, null))
                .orElseGet(() -> tree.choices(action, scope).getFirst()));
  }

  /** The shortest that a lease of this action there may be given for; empty if none may be. */
  Optional<Ttl> shortest(Action action, Scope scope) {
    List<Rule> allowing =
        rules.stream()
            .filter(rule -> !rule.denies() && rule.covers(scope) && rule.actions().contains(action))
            .toList();
    // Those that want an approval speak where nothing is to be had without.
    return allowing.stream()
        .filter(rule -> !rule.needsApproval())
        .map(Rule::ttl)
        .reduce(Ttl::min)
        .or(() -> allowing.stream().map(Rule::ttl).reduce(Ttl::min));
  }

  private LeaseTerms.Granted granted(
      Set<Action> actions, Scope scope, Circumstances circumstances) {
    Set<Obligations> obligations =
        actions.stream()
            .map(action -> decide(action, scope, circumstances))
            .flatMap(LaneRules::obligations)
            .collect(toUnmodifiableSet());
    List<Rule> allowing =
        rules.stream()
            .filter(
                rule ->
                    !rule.denies() && rule.covers(scope) && rule.residual().holds(circumstances))
            .filter(rule -> rule.actions().stream().anyMatch(actions::contains))
            // One whose approval isn't needed doesn't speak.
            .filter(rule -> !rule.needsApproval() || obligations.contains(rule.obligations()))
            .toList();
    return granted(allowing, obligations);
  }

  private static Stream<Obligations> obligations(Decision decision) {
    return switch (decision) {
      case Decision.Allow allow -> Stream.of(allow.obligations());
      case Decision.Deny deny -> Stream.empty();
    };
  }

  private static LeaseTerms.Granted granted(List<Rule> allowing, Set<Obligations> obligations) {
    Ttl shortest = allowing.stream().map(Rule::ttl).reduce(Ttl::min).orElseThrow();
    return new LeaseTerms.Granted(
        shortest, new TreeSet<>(allowing.stream().map(Rule::name).toList()), obligations);
  }
}
