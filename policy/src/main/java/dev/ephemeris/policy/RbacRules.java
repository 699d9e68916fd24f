package dev.ephemeris.policy;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The rules of one account, each measured by what native RBAC has words for. */
final class RbacRules {
  private final AccountFacts account;
  private final List<Rule> restraints;

  private RbacRules(AccountFacts account, List<Rule> restraints) {
    this.account = account;
    this.restraints = restraints;
  }

  /** Those of {@code rules} that concern {@code account}, denials first, then by name. */
  static List<RbacRule> of(Collection<Rule> rules, AccountFacts account) {
    List<Rule> concerning =
        rules.stream().filter(rule -> rule.concerns(account)).sorted(Rule.STRONGEST_FIRST).toList();
    RbacRules measure =
        new RbacRules(account, concerning.stream().filter(RbacRules::restrains).toList());
    return concerning.stream().map(measure::measured).toList();
  }

  private RbacRule measured(Rule rule) {
    List<String> reasons = reasons(rule);
    return reasons.isEmpty()
        ? new RbacRule.Expressible(
            rule.name(), rule.subjects().groups().orElseThrow(), rule.actions(), scopes(rule))
        : new RbacRule.Inexpressible(rule.name(), reasons);
  }

  /**
   * What is in the way; empty if nothing is.
   *
   * <p>The rule is taken apart whole, so that a component which rules are given later doesn't
   * compile until it is answered for here. Left unasked, it would be left out of what is exported,
   * and the export would allow more than the policy does.
   */
  private List<String> reasons(Rule rule) {
    return switch (rule) {
      case Rule(
              _,
              Effect effect,
              Subjects(
                  Optional<Set<GroupRef>> groups,
                  Optional<Set<UserRef>> users,
                  boolean owners,
                  Optional<String> issuer,
                  Optional<Map<String, ClaimPattern>> claims,
                  Optional<PrincipalKind> principal,
                  Optional<Subjects.ActsFor> actsFor),
              Set<Action> actions,
              List<ScopePattern> scopes,
              _, // this account's environment is among the rule's
              Set<Lane> lanes,
              Set<CredentialForm> credentials,
              List<KeyPart> partitionKey,
              Conditions when,
              Ttl ttl,
              Obligations obligations) -> {
        if (effect == Effect.DENY) {
          yield List.of("it denies, and native RBAC can only allow");
        }
        List<String> reasons = new ArrayList<>();
        if (groups.isEmpty()) {
          reasons.add("it is for no group by name");
        }
        if (users.isPresent()) {
          reasons.add("it is for some users only");
        }
        if (owners) {
          reasons.add("it is for owners, whom the catalog alone knows");
        }
        if (issuer.isPresent() || claims.isPresent()) {
          reasons.add("it asks what an issuer says of its callers");
        }
        if (actsFor.isPresent()) {
          reasons.add("it is for agents by whom they act for");
        }
        principal.ifPresent(
            kind ->
                reasons.add(
                    "it is for one kind of principal (%s), which native RBAC can't tell"
                        .formatted(spelt(kind))));
        management(actions)
            .ifPresent(
                names -> reasons.add("it gives %s, which are no data actions".formatted(names)));
        scopes.stream()
            .filter(scope -> scope.namesAccount(account.name()))
            .filter(scope -> scope.path().contains(ScopePattern.ANY))
            .map("its scope %s names databases or containers by *"::formatted)
            .forEach(reasons::add);
        lane(lanes).ifPresent(reasons::add);
        if (!credentials.equals(Rule.CREDENTIALS_UNLESS_SAID)) {
          reasons.add("it says which credentials may be shown, which are the gateway's");
        }
        if (!partitionKey.isEmpty()) {
          reasons.add("it is for one partition key, which native RBAC has no scopes for");
        }
        if (!when.isNone()) {
          reasons.add("it has conditions (%s), which native RBAC can't look at".formatted(when));
        }
        if (!ttl.equals(Ttl.UNLESS_SAID)) {
          reasons.add("its leases end (ttl), and an assignment doesn't");
        }
        if (!obligations.limits().isNone()) {
          reasons.add("it has limits");
        }
        obligations.words().stream().map("it has obligations: "::concat).forEach(reasons::add);
        restraints.stream()
            .filter(other -> !other.equals(rule) && overlap(other, rule))
            .map(
                other ->
                    "the rule '%s' %s some of it"
                        .formatted(other.name(), other.denies() ? "denies" : "obliges"))
            .forEach(reasons::add);
        yield reasons;
      }
    };
  }

  private Optional<String> lane(Set<Lane> lanes) {
    if (!lanes.contains(Lane.RBAC)) {
      return Optional.of(
          "it isn't for the lane rbac, but for "
              + lanes.stream().map(RbacRules::spelt).sorted().collect(joining(", ")));
    }
    return account.lanes().contains(Lane.RBAC)
        ? Optional.empty()
        : Optional.of("the account doesn't permit the lane rbac");
  }

  /**
   * Whether a rule takes from what others allow: a denial does, and so do obligations, which hold
   * where a wider rule has none.
   */
  private static boolean restrains(Rule rule) {
    return rule.lanes().contains(Lane.RBAC) && (rule.denies() || !rule.obligations().isNone());
  }

  /**
   * Whether {@code restraint} may take from {@code rule}. Whom it is for isn't asked: whoever is in
   * one group may be in another tomorrow.
   */
  private boolean overlap(Rule restraint, Rule rule) {
    return restraint.actions().stream().anyMatch(rule.actions()::contains)
        && scopes(rule).stream().anyMatch(restraint::touches);
  }

  /** The scopes of this account that the rule names, but those with a {@code *} in them. */
  private List<Scope> scopes(Rule rule) {
    return rule.scopes().stream()
        .filter(scope -> scope.namesAccount(account.name()))
        .filter(scope -> !scope.path().contains(ScopePattern.ANY))
        .map(scope -> new Scope(account.name(), scope.database(), scope.container()))
        .distinct()
        .toList();
  }

  private static Optional<String> management(Set<Action> actions) {
    Set<Action> others = EnumSet.copyOf(actions);
    others.removeAll(Action.dataActions());
    return others.isEmpty()
        ? Optional.empty()
        : Optional.of(others.stream().map(Action::shortName).collect(joining(", ")));
  }

  private static String spelt(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
