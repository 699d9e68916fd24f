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

  /** An entry of {@code roles}. */
  record RoleEntry(Set<ActionPattern> actions) {
    RoleEntry {
      requireSome(Optional.of(actions), "actions");
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
      Optional<Ttl> ttl,
      Optional<Limits> limits) {

    RuleEntry {
      requireSome(actions, "actions");
      requireSome(scopes, "scopes");
      requireSome(environments, "environments");
      requireSome(lanes, "lanes");
      requireSome(credentials, "credentials");
      if (role.isPresent() == actions.isPresent()) {
        throw new IllegalArgumentException("expected either role or actions in this rule");
      }
      if (effect == Effect.ALLOW && scopes.isEmpty()) {
        throw new IllegalArgumentException("missing key 'scopes', which a rule that allows names");
      }
      if (effect == Effect.DENY && credentials.isPresent()) {
        throw new InvalidField(
            "a rule that denies does so whatever is shown; leave credentials out", "credentials");
      }
      if (effect == Effect.DENY && limits.isPresent()) {
        throw new InvalidField("a rule that denies leaves nothing to limit", "limits");
      }
      if (limits.filter(Limits::isNone).isPresent()) {
        throw new InvalidField("expected at least one limit", "limits");
      }
      if (effect == Effect.DENY && ttl.isPresent()) {
        throw new InvalidField("a rule that denies gives no leases; leave ttl out", "ttl");
      }
    }
  }

  /** One word of a list of actions; see {@link Action#matching}. */
  record ActionPattern(String text, Set<Action> actions) {
    static ActionPattern parse(String text) {
      return new ActionPattern(text, Action.matching(text));
    }
  }

  private static void requireSome(Optional<? extends Collection<?>> list, String key) {
    if (list.filter(Collection::isEmpty).isPresent()) {
      throw new InvalidField("expected at least one", key);
    }
  }
}
