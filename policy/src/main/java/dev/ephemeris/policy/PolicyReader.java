package dev.ephemeris.policy;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.ephemeris.policy.PolicyFile.ActionPattern;
import dev.ephemeris.policy.PolicyFile.RuleEntry;
import dev.ephemeris.policy.yaml.Problem;
import dev.ephemeris.policy.yaml.Suggestion;
import dev.ephemeris.policy.yaml.YamlException;
import dev.ephemeris.policy.yaml.YamlFile;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Puts policy files together: roles are looked up, and names held unique, across all of them. */
final class PolicyReader {
  private final Map<RoleName, Role> roles = new LinkedHashMap<>();
  private final List<Rule> rules = new ArrayList<>();
  private final List<GatewayRule> gatewayRules = new ArrayList<>();
  private final Set<RuleName> ruleNames = new HashSet<>(Set.of(GatewayRule.ADMINISTRATORS));
  private final List<Problem> problems = new ArrayList<>();

  private PolicyReader() {
    Role.BUILT_IN.forEach(role -> roles.put(role.name(), role));
  }

  static Policy read(List<PolicySource> sources) {
    return new PolicyReader().readAll(sources);
  }

  private Policy readAll(List<PolicySource> sources) {
    List<YamlFile<PolicyFile>> files =
        sources.stream().flatMap(source -> open(source).stream()).toList();
    // A role that is missing because its file is broken isn't worth a second message.
    stopAtProblems();
    files.forEach(this::addRoles);
    files.forEach(this::addRules);
    stopAtProblems();
    return new Policy(roles, rules, new GatewayRules(gatewayRules));
  }

  private Optional<YamlFile<PolicyFile>> open(PolicySource source) {
    try {
      return Optional.of(YamlFile.open(source.name(), source.text(), PolicyFile.class));
    } catch (YamlException e) {
      problems.addAll(e.problems());
      return Optional.empty();
    }
  }

  private void stopAtProblems() {
    if (!problems.isEmpty()) {
      throw new PolicyException(problems);
    }
  }

  private void addRoles(YamlFile<PolicyFile> file) {
    file.value()
        .roles()
        .forEach(
            (name, entry) -> {
              Role role = new Role(name, Optional.empty(), actions(entry.actions()));
              Role earlier = roles.putIfAbsent(name, role);
              if (earlier != null) {
                String kind = earlier.azureId().isPresent() ? "Azure's" : "another";
                problems.add(
                    file.problem(
                        "'%s' is %s role's name already; expected a new one".formatted(name, kind),
                        "roles",
                        name.value()));
              }
            });
  }

  private void addRules(YamlFile<PolicyFile> file) {
    List<RuleEntry> entries = file.value().rules();
    for (int i = 0; i < entries.size(); i++) {
      RuleEntry entry = entries.get(i);
      if (entry.role().isPresent() && !roles.containsKey(entry.role().get())) {
        List<String> known = roles.keySet().stream().map(RoleName::value).toList();
        String name = entry.role().get().value();
        problems.add(
            file.problem("unknown role " + Suggestion.expected(name, known), "rules", i, "role"));
      } else if (!ruleNames.add(entry.name())) {
        problems.add(
            file.problem(
                "another rule is called '%s' already; expected a new name".formatted(entry.name()),
                "rules",
                i,
                "name"));
      } else if (entry.isGateways()) {
        gatewayRules.add(gatewayRule(entry));
      } else {
        rules.add(rule(entry));
      }
    }
  }

  private static GatewayRule gatewayRule(RuleEntry entry) {
    return new GatewayRule(
        entry.name(),
        entry.effect(),
        entry.subjects(),
        entry.actions().orElseThrow().stream()
            .flatMap(pattern -> pattern.gatewayActions().stream())
            .collect(toUnmodifiableSet()));
  }

  private Rule rule(RuleEntry entry) {
    return new Rule(
        entry.name(),
        entry.effect(),
        entry.subjects(),
        entry
            .actions()
            .map(PolicyReader::actions)
            .or(() -> entry.role().map(roles::get).map(Role::actions))
            .orElseThrow(),
        entry.scopes().orElse(List.of(ScopePattern.EVERYTHING)),
        entry.environments().orElse(List.of(EnvironmentPattern.ANY)),
        entry.lanes().orElse(Set.of(Lane.values())),
        entry.effect() == Effect.DENY
            ? Set.of(CredentialForm.values())
            : entry.credentials().orElse(Rule.CREDENTIALS_UNLESS_SAID),
        entry.partitionKey().orElse(List.of()),
        entry.when().orElse(Conditions.NONE),
        entry.ttl().orElse(Ttl.UNLESS_SAID),
        entry.obligations());
  }

  private static Set<Action> actions(Set<ActionPattern> patterns) {
    return patterns.stream()
        .flatMap(pattern -> pattern.actions().stream())
        .collect(toCollection(() -> EnumSet.noneOf(Action.class)));
  }
}
