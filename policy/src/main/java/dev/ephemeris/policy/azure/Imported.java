package dev.ephemeris.policy.azure;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.joining;

import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Quoted;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Native RBAC as a policy: a role for each role that isn't Azure's own, and a rule for each group
 * and role.
 *
 * @param policy a policy file; it decides as the native RBAC does, but for what is left out
 * @param leftOut what isn't in the policy, or not all of it; so the policy never allows more
 */
public record Imported(String policy, List<LeftOut> leftOut) {

  public Imported {
    leftOut = List.copyOf(leftOut);
  }

  /** The policy of what is there, for the groups that {@code entra} knows. */
  public static Imported of(NativeRoles there, EntraIds entra) {
    List<LeftOut> leftOut = new ArrayList<>(there.leftOut());
    leftOut.addAll(entra.leftOut());
    ImportedRoles roles = ImportedRoles.of(there.definitions(), leftOut);
    SortedMap<Held, SortedSet<String>> scopes =
        new TreeMap<>(comparing(Held::group).thenComparing(Held::role));
    for (RoleAssignment assignment : there.assignments()) {
      switch (held(assignment, there, entra, roles)) {
        case Held held ->
            scopes
                .computeIfAbsent(held, none -> new TreeSet<>())
                .add(assignment.scope().toString());
        case Unheld(String why) -> leftOut.add(new LeftOut(assignment.resourceId(), why));
      }
    }
    return new Imported(text(roles.written(), scopes), leftOut);
  }

  /** What an assignment comes to. */
  private sealed interface Holding {}

  /** A group has a role of the policy's. */
  private record Held(String group, String role) implements Holding {}

  private record Unheld(String why) implements Holding {}

  private static Holding held(
      RoleAssignment assignment, NativeRoles there, EntraIds entra, ImportedRoles roles) {
    Optional<String> entity = entra.entity(assignment.principal());
    if (entity.isEmpty()) {
      return new Unheld(
          "no entity of the catalog has the id of its principal, " + assignment.principal());
    }
    if (!entity.get().startsWith("group:")) {
      return new Unheld(
          "it is for one person, %s; rules are for groups that people are in"
              .formatted(entity.get()));
    }
    if (there.gone(assignment.scope())) {
      return new Unheld("its scope isn't there any more");
    }
    Optional<ImportedRoles.Assignable> role =
        roles.find(assignment.account(), assignment.roleDefinition());
    if (role.isEmpty()) {
      return new Unheld("its role, " + assignment.roleDefinition() + ", isn't in the policy");
    }
    if (role.get().scopes().stream().noneMatch(scope -> scope.covers(assignment.scope()))) {
      return new Unheld("its scope is outside of its role's assignableScopes");
    }
    return new Held(entity.get(), role.get().name());
  }

  private static String text(
      SortedMap<String, Set<Action>> roles, SortedMap<Held, SortedSet<String>> scopes) {
    StringBuilder text = new StringBuilder("apiVersion: ephemeris.dev/v1\n");
    if (!roles.isEmpty()) {
      text.append("\nroles:\n");
      roles.forEach(
          (name, actions) ->
              text.append("  %s:\n    actions: [".formatted(Quoted.json(name)))
                  .append(actions.stream().map(Action::shortName).collect(joining(", ")))
                  .append("]\n"));
    }
    text.append(scopes.isEmpty() ? "\nrules: []\n" : "\nrules:\n");
    scopes.forEach(
        (held, where) ->
            text.append("  - name: ")
                .append(Quoted.json(held.group() + " has " + held.role()))
                .append("\n    for: { groups: [")
                .append(Quoted.json(held.group()))
                .append("] }\n    role: ")
                .append(Quoted.json(held.role()))
                .append("\n    scopes: [")
                .append(where.stream().map(Quoted::json).collect(joining(", ")))
                .append("]\n"));
    return text.toString();
  }
}
