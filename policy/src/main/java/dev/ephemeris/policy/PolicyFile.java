package dev.ephemeris.policy;

import dev.ephemeris.policy.yaml.ApiVersion;
import dev.ephemeris.policy.yaml.Default;
import dev.ephemeris.policy.yaml.InvalidField;
import dev.ephemeris.policy.yaml.Key;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A policy file as it is written, before names are looked up. */
record PolicyFile(
    ApiVersion apiVersion,
    @Default("{}") Map<RoleName, RoleEntry> roles,
    @Default("[]") List<RuleEntry> rules) {

  /** Hierarchical partition keys have up to three. */
  private static final int MOST_LEVELS = 3;

  /** An entry of {@code roles}. */
  record RoleEntry(Set<ActionPattern> actions) {
    RoleEntry {
      requireSome(Optional.of(actions), "actions");
      List<ActionPattern> listed = List.copyOf(actions);
      for (int i = 0; i < listed.size(); i++) {
        if (listed.get(i).isGateways()) {
          throw new InvalidField(
              "leases are for roles, and none is for Ephemeris's own actions; name them in the"
                  + " actions of a rule",
              "actions",
              i);
        }
      }
    }
  }

  /** An entry of {@code rules}. What it leaves out, it leaves open. */
  record RuleEntry(
      RuleName name,
      @Default("allow") Effect effect,
      @Key("for") Subjects subjects,
      Optional<RoleName> role,
      Optional<Set<ActionPattern>> actions,
      Optional<List<ScopePattern>> scopes,
      Optional<List<EnvironmentPattern>> environments,
      Optional<Set<Lane>> lanes,
      Optional<Set<CredentialForm>> credentials,
      Optional<List<KeyPart>> partitionKey,
      Optional<Conditions> when,
      Optional<Ttl> ttl,
      Optional<Limits> limits,
      Optional<Set<FieldPath>> mask,
      Optional<Approval> approval,
      @Key("notify") Optional<Set<Channel>> channels,
      Optional<Set<Delivery>> deliver,
      Optional<OnStoreLoss> onStoreLoss) {

    RuleEntry {
      requireSome(actions, "actions");
      requireSome(scopes, "scopes");
      requireSome(environments, "environments");
      requireSome(lanes, "lanes");
      requireSome(credentials, "credentials");
      requireSome(partitionKey, "partitionKey");
      requireSome(mask, "mask");
      requireSome(channels, "notify");
      requireSome(deliver, "deliver");
      requireClaims(partitionKey.orElse(List.of()), subjects);
      if (role.isPresent() == actions.isPresent()) {
        throw new IllegalArgumentException("expected either role or actions in this rule");
      }
      boolean gateways = actions.filter(PolicyFile::areGateways).isPresent();
      if (gateways && subjects.owners()) {
        throw new InvalidField(
            "Ephemeris's own actions are on the gateway as a whole, which nobody owns",
            "for",
            "owners");
      }
      if (gateways) {
        refuse(scopes, "scopes");
        refuse(environments, "environments");
        refuse(lanes, "lanes");
        refuse(credentials, "credentials");
        refuse(partitionKey, "partitionKey");
        refuse(when, "when");
        refuse(ttl, "ttl");
        refuse(limits, "limits");
        refuse(mask, "mask");
        refuse(approval, "approval");
        refuse(channels, "notify");
        refuse(deliver, "deliver");
        refuse(onStoreLoss, "onStoreLoss");
      }
      if (effect == Effect.ALLOW && scopes.isEmpty() && !gateways) {
        throw new IllegalArgumentException("missing key 'scopes', which a rule that allows names");
      }
      if (effect == Effect.DENY && credentials.isPresent()) {
        throw new InvalidField(
            "a rule that denies does so whatever is shown; leave credentials out", "credentials");
      }
      if (effect == Effect.DENY && partitionKey.isPresent()) {
        throw new InvalidField(
            "a rule that denies does so whatever the key; leave partitionKey out", "partitionKey");
      }
      if (effect == Effect.DENY && limits.isPresent()) {
        throw new InvalidField("a rule that denies leaves nothing to limit", "limits");
      }
      if (effect == Effect.DENY) {
        refuseOfDenial(mask, "mask");
        refuseOfDenial(approval, "approval");
        refuseOfDenial(channels, "notify");
        refuseOfDenial(deliver, "deliver");
        refuseOfDenial(onStoreLoss, "onStoreLoss");
      }
      if (limits.filter(Limits::isNone).isPresent()) {
        throw new InvalidField("expected at least one limit", "limits");
      }
      if (when.filter(Conditions::isNone).isPresent()) {
        throw new InvalidField(
            "expected principal, network, window, mfa, clients, reason, ticket or several", "when");
      }
      if (effect == Effect.DENY && ttl.isPresent()) {
        throw new InvalidField("a rule that denies gives no leases; leave ttl out", "ttl");
      }
      Optional<PrincipalKind> kind = when.flatMap(Conditions::principal);
      if (kind.isPresent()) {
        if (subjects.principal().isPresent()) {
          throw new InvalidField("the rule's for names a principal already", "when", "principal");
        }
        // Who somebody is doesn't change from one moment to the next.
        subjects = subjects.of(kind.get());
        when = when.map(Conditions::withoutPrincipal).filter(left -> !left.isNone());
      }
    }

    Obligations obligations() {
      return new Obligations(
          limits.orElse(Limits.NONE),
          mask.orElse(Set.of()),
          approval.map(Set::of).orElse(Set.of()),
          channels.orElse(Set.of()),
          deliver.orElse(Delivery.UNLESS_SAID),
          onStoreLoss.orElse(OnStoreLoss.GO_ON));
    }

    /** Whether it is of Ephemeris's own actions. */
    boolean isGateways() {
      return actions.filter(PolicyFile::areGateways).isPresent();
    }
  }

  /**
   * One word of a list of actions; see {@link Action#matching} and {@link GatewayAction#matching}.
   *
   * @param actions empty if it names Ephemeris's own
   * @param gatewayActions empty if it doesn't
   */
  record ActionPattern(String text, Set<Action> actions, Set<GatewayAction> gatewayActions) {
    static ActionPattern parse(String text) {
      return GatewayAction.isMeantBy(text)
          ? new ActionPattern(text, Set.of(), GatewayAction.matching(text))
          : new ActionPattern(text, Action.matching(text), Set.of());
    }

    boolean isGateways() {
      return !gatewayActions.isEmpty();
    }
  }

  /** Whether these are Ephemeris's own actions; refuses a list of both kinds. */
  private static boolean areGateways(Set<ActionPattern> patterns) {
    List<ActionPattern> listed = List.copyOf(patterns);
    for (int i = 1; i < listed.size(); i++) {
      if (listed.get(i).isGateways() != listed.getFirst().isGateways()) {
        throw new InvalidField(
            "Ephemeris's own actions and those on accounts are of two rules; expected one kind",
            "actions",
            i);
      }
    }
    return listed.getFirst().isGateways();
  }

  /** A key has as many levels as Cosmos DB's have, and of claims only those of a known issuer. */
  private static void requireClaims(List<KeyPart> key, Subjects subjects) {
    if (key.size() > MOST_LEVELS) {
      throw new InvalidField(
          "a partition key has at most %d levels".formatted(MOST_LEVELS), "partitionKey");
    }
    for (int i = 0; i < key.size(); i++) {
      if (key.get(i).claim().isPresent() && subjects.issuer().isEmpty()) {
        throw new InvalidField(
            "whose claim is '%s'? expected issuer in this rule's for".formatted(key.get(i)),
            "partitionKey",
            i);
      }
    }
  }

  /** Whatever can't be held to isn't accepted, so that no rule gives more than it says. */
  private static void refuse(Optional<?> given, String key) {
    refuseOfGateways(given.isPresent(), key);
  }

  static void refuseOfGateways(boolean given, String key) {
    if (given) {
      throw new InvalidField(
          "Ephemeris's own actions are on the gateway as a whole; leave " + key + " out", key);
    }
  }

  private static void refuseOfDenial(Optional<?> given, String key) {
    if (given.isPresent()) {
      throw new InvalidField("a rule that denies gives nothing; leave " + key + " out", key);
    }
  }

  static void requireSome(Optional<? extends Collection<?>> list, String key) {
    if (list.filter(Collection::isEmpty).isPresent()) {
      throw new InvalidField("expected at least one", key);
    }
  }
}
