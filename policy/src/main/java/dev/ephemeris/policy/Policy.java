package dev.ephemeris.policy;

import static java.util.stream.Collectors.toUnmodifiableMap;

import dev.ephemeris.policy.Explanation.RuleTrace;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who may do what where: roles and rules, read from files. A denial overrides every allowance, and
 * nothing is allowed that no rule names. Immutable and safe to share.
 */
public final class Policy {
  private final Map<RoleName, Role> roles;
  private final List<Rule> rules;
  private final GatewayRules gatewayRules;

  /** One that says nothing of Ephemeris's own actions. */
  Policy(Map<RoleName, Role> roles, Collection<Rule> rules) {
    this(roles, rules, new GatewayRules(List.of()));
  }

  Policy(Map<RoleName, Role> roles, Collection<Rule> rules, GatewayRules gatewayRules) {
    this.roles = Map.copyOf(roles);
    this.rules = List.copyOf(rules);
    this.gatewayRules = gatewayRules;
  }

  /**
   * Reads a policy. Its files are one: a role may be used in any of them, the names of roles and
   * rules are unique across all, and their order means nothing.
   *
   * @throws PolicyException with every problem found, each with file, line and column
   */
  public static Policy parse(List<PolicySource> sources) {
    return PolicyReader.read(sources);
  }

  /**
   * What {@code principal} may do on {@code accounts}, for quick decisions.
   *
   * @throws IllegalStateException if two accounts have the same name
   */
  public Grant compile(Principal principal, Collection<AccountFacts> accounts) {
    return Grant.of(rules, principal, accounts);
  }

  /**
   * Whether rules that are for agents, and say how credentials are handed over, let an agent have
   * that of a lease itself.
   */
  public boolean handsToAgents(Principal agent, Scope scope, Set<Action> actions) {
    List<Rule> saying =
        Theirs.of(rules, agent).rules().stream().filter(Rule::handsToAgents).toList();
    return actions.stream()
        .allMatch(
            action ->
                saying.stream()
                    .anyMatch(rule -> rule.actions().contains(action) && rule.covers(scope)));
  }

  /** Where its rules let {@code principal} reach, for whoever looks for what there is. */
  public List<Reach> reach(Principal principal, Collection<AccountFacts> accounts) {
    return Reach.of(rules, principal, accounts);
  }

  /**
   * How {@link Grant#decide} comes to its decision: what became of each rule, and why.
   *
   * @throws IllegalArgumentException if {@code scope} isn't in {@code account}
   */
  public Explanation explain(
      Principal principal,
      Action action,
      Scope scope,
      AccountFacts account,
      Circumstances circumstances) {
    return Explanation.of(rules, principal, action, scope, account, circumstances);
  }

  /**
   * The same policy, in which members of {@code groups} may do all of Ephemeris's own actions,
   * whatever else it says, or doesn't; but for what a rule denies them.
   *
   * @throws IllegalArgumentException if there are no groups
   */
  public Policy withAdministrators(Set<GroupRef> groups) {
    return new Policy(roles, rules, gatewayRules.withAdministrators(groups));
  }

  /**
   * Whether {@code principal} may do one of Ephemeris's own actions, and which rule says so. Never
   * throws.
   */
  public Decision decide(Principal principal, GatewayAction action) {
    return gatewayRules.decide(principal, action);
  }

  /** How {@link #decide} comes to its decision: what became of each such rule, and why. */
  public GatewayExplanation explain(Principal principal, GatewayAction action) {
    return gatewayRules.explain(principal, action);
  }

  /**
   * The rules that concern {@code account}, each as Azure's native RBAC can say it, or why it
   * can't.
   */
  public List<RbacRule> rbacRules(AccountFacts account) {
    return RbacRules.of(rules, account);
  }

  /**
   * What rules ask of issuers that nobody could answer: an issuer that isn't among these, or a
   * claim that isn't among its. A rule that allows would never hold, and one that denies would deny
   * nothing.
   *
   * @param claims by issuer, those of its claims that are kept
   * @return a sentence for each
   */
  public List<String> unanswered(Map<String, Set<String>> claims) {
    return Stream.concat(
            rules.stream()
                .flatMap(rule -> Asked.by(rule.name(), rule.subjects(), rule.partitionKey())),
            gatewayRules.rules().stream()
                .flatMap(rule -> Asked.by(rule.name(), rule.subjects(), List.of())))
        .flatMap(asked -> asked.unanswered(claims).stream())
        .toList();
  }

  /** The obligations that rules have, by the rule; of those that have some. */
  public Map<RuleName, Obligations> obligations() {
    return rules.stream()
        .filter(rule -> !rule.obligations().isNone())
        .collect(toUnmodifiableMap(Rule::name, Rule::obligations));
  }

  /** A claim that a rule asks for, or, if empty, just the issuer. */
  private record Asked(RuleName rule, String issuer, Optional<String> claim) {

    static Stream<Asked> by(RuleName rule, Subjects subjects, List<KeyPart> key) {
      return subjects.issuer().stream()
          .flatMap(
              issuer ->
                  Stream.concat(
                          Stream.of(Optional.<String>empty()),
                          Stream.concat(
                                  subjects.claims().orElse(Map.of()).keySet().stream(),
                                  key.stream().flatMap(part -> part.claim().stream()))
                              .sorted()
                              .distinct()
                              .map(Optional::of))
                      .map(claim -> new Asked(rule, issuer, claim)));
    }

    Optional<String> unanswered(Map<String, Set<String>> claims) {
      Optional<Set<String>> kept = Optional.ofNullable(claims.get(issuer));
      if (claim.isEmpty()) {
        return kept.isPresent()
            ? Optional.empty()
            : Optional.of(
                "The rule '%s' is for issuer '%s', which the configuration hasn't got."
                    .formatted(rule, issuer));
      }
      return kept.isEmpty() || kept.get().contains(claim.get())
          ? Optional.empty()
          : Optional.of(
              "The rule '%s' asks issuer '%s' for the claim '%s', which isn't in that issuer's claims in the configuration."
                  .formatted(rule, issuer, claim.get()));
    }
  }

  /** Those whom rules describe by what no catalog knows: issuer, claims, or whom they act for. */
  public List<Candidate> described() {
    return Stream.concat(
            rules.stream()
                .flatMap(rule -> candidates(rule.subjects(), rule.scopes(), rule.partitionKey())),
            gatewayRules.rules().stream()
                .flatMap(rule -> candidates(rule.subjects(), List.of(), List.of())))
        .distinct()
        .toList();
  }

  private static Stream<Candidate> candidates(
      Subjects subjects, List<ScopePattern> scopes, List<KeyPart> key) {
    return subjects.issuer().isPresent() || subjects.actsFor().isPresent()
        ? subjects.examples(scopes, key).stream()
            .map(principal -> new Candidate(principal.displayName(), principal))
        : Stream.empty();
  }

  /** As {@link Explanation#traces}, of this policy's rules. */
  List<RuleTrace> traces(
      Principal principal,
      Action action,
      Scope scope,
      AccountFacts account,
      Lane lane,
      CredentialForm form,
      Circumstances circumstances) {
    return Explanation.traces(rules, principal, action, scope, account, lane, form, circumstances);
  }

  List<Rule> rules() {
    return rules;
  }

  /**
   * What {@code after} gives {@code candidates} on {@code accounts} that this policy doesn't, and
   * the other way round.
   */
  public PolicyDiff diff(
      Policy after, List<Candidate> candidates, Collection<AccountFacts> accounts) {
    return PolicyDiff.of(rules, after.rules, candidates, accounts);
  }

  /** All that this policy gives {@code candidates} on {@code accounts}: each change is a gain. */
  public PolicyDiff given(List<Candidate> candidates, Collection<AccountFacts> accounts) {
    return PolicyDiff.of(List.of(), rules, candidates, accounts);
  }

  /** Which of Ephemeris's own actions it gives {@code candidates}. */
  public List<GatewayGiven> gatewayGiven(List<Candidate> candidates) {
    return GatewayGiven.of(gatewayRules, candidates);
  }

  /**
   * Which of {@code candidates} may take {@code action} on {@code scope}, and whom a rule denies
   * it.
   *
   * @throws IllegalArgumentException if {@code scope} isn't in {@code account}
   */
  public WhoCan whoCan(
      List<Candidate> candidates, Action action, Scope scope, AccountFacts account) {
    return WhoCan.of(rules, candidates, action, scope, account);
  }

  /** The role of that name, one of Azure's or of the files'. */
  public Optional<Role> role(RoleName name) {
    return Optional.ofNullable(roles.get(name));
  }

  /** All roles, Azure's first. */
  public List<Role> roles() {
    return roles.values().stream()
        .sorted(
            Comparator.comparing((Role role) -> role.azureId().isEmpty())
                .thenComparing(role -> role.name().value()))
        .toList();
  }

  /** The names of all roles, Azure's included, in the order of the alphabet. */
  public List<String> roleNames() {
    return roles.keySet().stream().map(RoleName::value).sorted().toList();
  }
}
