package dev.ephemeris.policy.azure;

import static java.util.Comparator.comparing;

import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Quoted;
import dev.ephemeris.policy.Role;
import dev.ephemeris.policy.Scope;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** The roles of native RBAC under the names that a policy gives them. */
final class ImportedRoles {
  private static final List<Role> BUILT_IN = List.of(Role.DATA_READER, Role.DATA_CONTRIBUTOR);

  /** What YAML takes as a key is limited, and nobody reads on. */
  private static final int LONGEST_NAME = 200;

  private final Map<Id, Assignable> roles = new HashMap<>();
  private final SortedMap<String, Set<Action>> written = new TreeMap<>();
  private final List<LeftOut> leftOut;

  private ImportedRoles(List<LeftOut> leftOut) {
    this.leftOut = leftOut;
  }

  /** A GUID names a role in one account only. */
  private record Id(AccountId account, UUID id) {}

  /**
   * A role of the policy.
   *
   * @param scopes where it may be assigned
   */
  record Assignable(String name, List<Scope> scopes) {}

  /** These roles; what they have that policies don't is added to {@code leftOut}. */
  static ImportedRoles of(List<RoleDefinition> definitions, List<LeftOut> leftOut) {
    ImportedRoles roles = new ImportedRoles(leftOut);
    definitions.stream().sorted(comparing(RoleDefinition::resourceId)).forEach(roles::add);
    return roles;
  }

  /** A role of that account; Azure's own are in every one, listed or not. */
  Optional<Assignable> find(AccountId account, UUID id) {
    return Optional.ofNullable(roles.get(new Id(account, id)))
        .or(
            () ->
                BUILT_IN.stream()
                    .filter(role -> role.azureId().equals(Optional.of(id)))
                    .map(role -> ofAzure(role, account))
                    .findFirst());
  }

  /** The roles that the policy file must hold, by name. */
  SortedMap<String, Set<Action>> written() {
    return written;
  }

  private static Assignable ofAzure(Role role, AccountId account) {
    return new Assignable(role.name().value(), List.of(Scope.of(account.account())));
  }

  private void add(RoleDefinition definition) {
    Set<Action> actions = EnumSet.noneOf(Action.class);
    for (String name : definition.dataActions()) {
      Set<Action> meant = dataActions(name);
      actions.addAll(meant);
      if (meant.isEmpty()) {
        leftOut.add(
            new LeftOut(definition.resourceId(), "policies have no data action '" + name + "'"));
      }
    }
    if (actions.isEmpty()) {
      leftOut.add(new LeftOut(definition.resourceId(), "it has no action that policies have"));
      return;
    }
    roles.put(
        new Id(definition.account(), definition.id()),
        new Assignable(name(definition, actions), definition.assignableScopes()));
  }

  /** The actions that Azure means by {@code name}; none if it isn't known. */
  private static Set<Action> dataActions(String name) {
    // Policies have short names and classes too, which mean nothing in Azure.
    if (!name.startsWith("Microsoft.DocumentDB/")) {
      return Set.of();
    }
    try {
      Set<Action> actions = Action.matching(name);
      return Action.dataActions().containsAll(actions) ? actions : Set.of();
    } catch (IllegalArgumentException unknown) {
      return Set.of();
    }
  }

  private String name(RoleDefinition definition, Set<Action> actions) {
    Optional<Role> azures =
        BUILT_IN.stream()
            .filter(role -> role.azureId().equals(Optional.of(definition.id())))
            .filter(role -> role.actions().equals(actions))
            .findFirst();
    if (azures.isPresent()) {
      return azures.get().name().value();
    }
    String name = readable(definition.roleName());
    String wanted = name.isEmpty() ? definition.id().toString() : name;
    while (taken(wanted, actions)) {
      wanted += " (" + definition.account().account() + "/" + definition.id() + ")";
    }
    written.put(wanted, actions);
    return wanted;
  }

  private boolean taken(String name, Set<Action> actions) {
    return BUILT_IN.stream().anyMatch(role -> role.name().value().equals(name))
        || !written.getOrDefault(name, actions).equals(actions);
  }

  private static String readable(String name) {
    String line = Quoted.line(name);
    return line.length() <= LONGEST_NAME ? line : line.substring(0, LONGEST_NAME).strip();
  }
}
