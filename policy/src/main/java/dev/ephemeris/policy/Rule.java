package dev.ephemeris.policy;

import static java.util.Comparator.comparing;

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
 * @param ttl of no meaning for a rule that denies
 * @param limits none for a rule that denies
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
    Ttl ttl,
    Limits limits) {

  /** What may be shown for a lease under a rule that doesn't say. */
  static final Set<CredentialForm> CREDENTIALS_UNLESS_SAID =
      Set.of(CredentialForm.LEASE_TOKEN, CredentialForm.OWN_TOKEN);

  /** Denials before allowances, then by name: an order that no file's order changes. */
  static final Comparator<Rule> STRONGEST_FIRST =
      comparing(Rule::effect).reversed().thenComparing(Rule::name);

  boolean denies() {
    return effect == Effect.DENY;
  }

  /** What follows from this rule where it holds in {@code lane} of {@code account}. */
  Decision decision(AccountFacts account, Lane lane) {
    return switch (effect) {
      case DENY -> new Decision.Deny(Reason.DENIED_BY_RULE, Optional.of(name));
      case ALLOW ->
          account.lanes().contains(lane)
              ? new Decision.Allow(name, limits)
              : new Decision.Deny(Reason.LANE_NOT_PERMITTED, Optional.of(name));
    };
  }

  /** Whether its environments and scopes name {@code account}, or something in it. */
  boolean concerns(AccountFacts account) {
    return appliesIn(account.environment())
        && scopes.stream().anyMatch(scope -> scope.namesAccount(account.name()));
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
