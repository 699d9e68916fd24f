package dev.ephemeris.policy;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.toUnmodifiableSet;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One rule: it allows or denies its subjects its actions on its scopes.
 *
 * <p>Everything is spelt out: where the file leaves something open, the lists here name all there
 * is. None is empty.
 *
 * @param credentials of all forms for a rule that denies
 * @param partitionKey what of each container it is for: items whose key begins so; all if empty
 * @param when what must hold at the moment of each request
 * @param ttl of no meaning for a rule that denies
 * @param obligations none for a rule that denies
 */
record Rule(
    RuleName name,
    Effect effect,
    Subjects subjects,
    Set<Action> actions,
    List<ScopePattern> scopes,
    List<EnvironmentPattern> environments,
    Set<Lane> lanes,
    Set<CredentialForm> credentials,
    List<KeyPart> partitionKey,
    Conditions when,
    Ttl ttl,
    Obligations obligations) {

  /** What may be shown for a lease under a rule that doesn't say. */
  static final Set<CredentialForm> CREDENTIALS_UNLESS_SAID =
      Set.of(CredentialForm.LEASE_TOKEN, CredentialForm.OWN_TOKEN);

  /**
   * Denials before allowances, what needs no approval before what does, then by name: an order that
   * no file's order changes.
   */
  static final Comparator<Rule> STRONGEST_FIRST =
      comparing(Rule::effect)
          .reversed()
          .thenComparing(Rule::needsApproval)
          .thenComparing(Rule::name);

  /**
   * What it says to this caller, with nothing in it that depends on who they are: of what is for
   * owners, what is theirs; of claims, what is said of them. Empty if it isn't for them.
   */
  Optional<Rule> of(Principal caller) {
    if (!subjects.matches(caller)) {
      return Optional.empty();
    }
    List<ScopePattern> own = subjects.owners() ? owned(caller) : scopes;
    List<KeyPart> key =
        partitionKey.stream().flatMap(part -> part.resolved(caller).stream()).toList();
    return own.isEmpty() || key.size() < partitionKey.size()
        ? Optional.empty()
        : Optional.of(
            new Rule(
                name,
                effect,
                subjects,
                actions,
                own,
                environments,
                lanes,
                credentials,
                key,
                when,
                ttl,
                obligations));
  }

  private List<ScopePattern> owned(Principal caller) {
    List<ScopePattern> theirs = subjects.owned(caller).stream().map(OwnedScope::pattern).toList();
    return scopes.stream()
        .flatMap(scope -> theirs.stream().flatMap(owned -> scope.and(owned).stream()))
        .distinct()
        .sorted(comparing(ScopePattern::toString))
        .toList();
  }

  /** What is left to ask at each request; of a rule that is {@link #of} somebody. */
  Residual residual() {
    return new Residual(when, partitionKey.stream().map(KeyPart::text).toList());
  }

  /** The same, of a lease that was given after the approval that the rule wants. */
  Residual onceApproved() {
    return residual().onceApproved(obligations.approvals());
  }

  boolean needsApproval() {
    return !obligations.approvals().isEmpty();
  }

  /** Whether it is for agents, and says that they may have their credentials themselves. */
  boolean handsToAgents() {
    return !denies()
        && subjects.principal().equals(Optional.of(PrincipalKind.AGENT))
        && !obligations.deliver().equals(Delivery.UNLESS_SAID)
        && obligations.deliver().contains(Delivery.TOKEN);
  }

  boolean denies() {
    return effect == Effect.DENY;
  }

  /** What follows from this rule where it holds in {@code lane} of {@code account}. */
  Decision decision(AccountFacts account, Lane lane) {
    return switch (effect) {
      case DENY -> new Decision.Deny(Reason.DENIED_BY_RULE, Optional.of(name));
      case ALLOW ->
          account.lanes().contains(lane)
              ? new Decision.Allow(name, obligations)
              : new Decision.Deny(Reason.LANE_NOT_PERMITTED, Optional.of(name));
    };
  }

  /** Whether its environments and scopes name {@code account}, or something in it. */
  boolean concerns(AccountFacts account) {
    return appliesIn(account.environment())
        && scopes.stream().anyMatch(scope -> scope.namesAccount(account.name()));
  }

  /** Whether it names an environment that could be among these. */
  boolean awaits(EnvironmentPattern toCome) {
    return environments.stream()
        .anyMatch(own -> !own.equals(EnvironmentPattern.ANY) && own.overlaps(toCome));
  }

  /** The accounts that its scopes name, {@code *} among them for any. */
  Set<String> accounts() {
    return scopes.stream().map(ScopePattern::account).collect(toUnmodifiableSet());
  }

  boolean appliesIn(String environment) {
    return environments.stream().anyMatch(pattern -> pattern.matches(environment));
  }

  boolean covers(Scope scope) {
    return scopes.stream().anyMatch(pattern -> pattern.covers(scope));
  }

  /** Whether it reaches some part of {@code scope}, if not all of it. */
  boolean touches(Scope scope) {
    return scopes.stream().anyMatch(pattern -> pattern.touches(scope));
  }
}
