package dev.ephemeris.policy.azure;

import dev.ephemeris.policy.AccountFacts;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Circumstances;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.PolicySource;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.Scope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;

/** One account, two groups and a person, and what Azure would say of them. */
final class World {
  static final AccountId ACCOUNT =
      AccountId.parse(
          "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/shop"
              + "/providers/Microsoft.DocumentDB/databaseAccounts/one");
  static final AccountFacts FACTS = new AccountFacts("one", "prod", Set.of(Lane.PROXY, Lane.RBAC));
  static final GroupRef G = new GroupRef("default", "g");
  static final GroupRef H = new GroupRef("default", "h");
  static final UUID G_ID = UUID.fromString("aaaaaaaa-0000-0000-0000-000000000001");
  static final UUID H_ID = UUID.fromString("aaaaaaaa-0000-0000-0000-000000000002");
  static final UUID ADA_ID = UUID.fromString("aaaaaaaa-0000-0000-0000-000000000003");
  static final UUID NOBODYS_ID = UUID.fromString("aaaaaaaa-0000-0000-0000-000000000004");
  static final Map<GroupRef, UUID> IDS = Map.of(G, G_ID, H, H_ID);
  static final EntraIds ENTRA =
      EntraIds.of(
          Map.of(
              G.toString(),
              G_ID.toString(),
              H.toString(),
              H_ID.toString(),
              "user:default/ada",
              ADA_ID.toString()));

  private World() {}

  static Policy policy(String text) {
    return Policy.parse(List.of(new PolicySource("policy.yaml", text)));
  }

  /** A policy of these lines, which leave out the version. */
  static Policy rules(String text) {
    return policy("apiVersion: ephemeris.dev/v1\n" + text);
  }

  static final Circumstances NOON =
      new Circumstances.Given(Instant.parse("2026-11-24T12:00:00Z"), Optional.empty());

  static Principal member(Set<GroupRef> groups) {
    return new Principal(new PrincipalId("corp", "ada"), PrincipalKind.PERSON, "Ada", groups);
  }

  /** Every scope there is, with one that no rule names. */
  static List<Scope> scopes() {
    List<Scope> scopes = new ArrayList<>(List.of(Scope.of("one")));
    for (String database : List.of("a", "b", "other")) {
      scopes.add(Scope.of("one", database));
      for (String container : List.of("a", "b", "other")) {
        scopes.add(Scope.of("one", database, container));
      }
    }
    return List.copyOf(scopes);
  }

  static void everywhere(BiConsumer<Action, Scope> check) {
    scopes()
        .forEach(scope -> List.of(Action.values()).forEach(action -> check.accept(action, scope)));
  }

  /**
   * What native RBAC says, as plainly as possible, of raw resources: some assignment to one of
   * these groups, at the scope or above it, of a role that names the action or begins it.
   */
  static boolean allows(List<?> resources, Set<GroupRef> groups, Action action, Scope scope) {
    Set<String> ids = new HashSet<>();
    groups.forEach(group -> ids.add(String.valueOf(IDS.get(group))));
    for (Object each : resources) {
      Map<?, ?> assignment = (Map<?, ?>) each;
      if (ids.contains(String.valueOf(assignment.get("principalId")))
          && reaches(String.valueOf(assignment.get("scope")), scope)) {
        for (Object other : resources) {
          Map<?, ?> definition = (Map<?, ?>) other;
          if (Objects.equals(definition.get("id"), assignment.get("roleDefinitionId"))
              && actions(definition).stream().anyMatch(name -> names(name, action))) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static boolean reaches(String azure, Scope scope) {
    String path = (scope.toString().substring("one:".length()) + "/").replace("//", "/");
    String from = azure.replaceFirst("^.*/databaseAccounts/one", "") + "/";
    return path.startsWith(from.replace("//", "/"));
  }

  private static List<String> actions(Map<?, ?> definition) {
    List<String> actions = new ArrayList<>();
    for (Object permission : list(definition, "permissions")) {
      list((Map<?, ?>) permission, "dataActions")
          .forEach(action -> actions.add(String.valueOf(action)));
    }
    return actions;
  }

  private static List<?> list(Map<?, ?> object, String key) {
    return (List<?>) Objects.requireNonNull(object.get(key), key);
  }

  private static boolean names(String pattern, Action action) {
    return Action.dataActions().contains(action)
        && (pattern.endsWith("*")
            ? action.azureName().startsWith(pattern.substring(0, pattern.length() - 1))
            : pattern.equals(action.azureName()));
  }

  /** As {@code az cosmosdb sql role definition list} prints one. */
  static Map<String, Object> definition(
      UUID id, String roleName, List<String> assignable, List<String> dataActions) {
    Map<String, Object> definition = new HashMap<>();
    definition.put("assignableScopes", assignable);
    definition.put("id", ACCOUNT + "/sqlRoleDefinitions/" + id);
    definition.put("name", id.toString());
    definition.put(
        "permissions", List.of(Map.of("dataActions", dataActions, "notDataActions", List.of())));
    definition.put("resourceGroup", "shop");
    definition.put("roleName", roleName);
    definition.put("systemData", null);
    definition.put("type", "Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions");
    definition.put("typePropertiesType", "CustomRole");
    return definition;
  }

  /** As {@code az cosmosdb sql role assignment list} prints one. */
  static Map<String, Object> assignment(UUID id, UUID principal, UUID role, String scope) {
    Map<String, Object> assignment = new HashMap<>();
    assignment.put("id", ACCOUNT + "/sqlRoleAssignments/" + id);
    assignment.put("name", id.toString());
    assignment.put("principalId", principal.toString());
    assignment.put("provisioningState", null);
    assignment.put("resourceGroup", "shop");
    assignment.put("roleDefinitionId", ACCOUNT + "/sqlRoleDefinitions/" + role);
    assignment.put("scope", scope);
    assignment.put("type", "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments");
    return assignment;
  }

  static List<String> why(List<LeftOut> leftOut) {
    return leftOut.stream().map(LeftOut::why).toList();
  }
}
