package dev.ephemeris.policy.azure;

import static java.util.stream.Collectors.joining;

import dev.ephemeris.policy.Quoted;
import dev.ephemeris.policy.Scope;
import java.util.UUID;

/** Native RBAC in Bicep, as children of an account that exists. */
final class Bicep {
  // The newest that isn't a preview; the two types have been the same since 2021.
  private static final String API_VERSION = "2026-03-15";

  private Bicep() {}

  static String of(Exported exported) {
    StringBuilder text =
        new StringBuilder(
            """
            // Written by ephemeris policy export.
            resource account 'Microsoft.DocumentDB/databaseAccounts@%s' existing = {
              name: %s
            }
            """
                .formatted(API_VERSION, Quoted.bicep(exported.account().account())));
    exported.definitions().forEach(role -> text.append('\n').append(definition(role)));
    exported.assignments().forEach(each -> text.append('\n').append(assignment(exported, each)));
    return text.toString();
  }

  private static String definition(RoleDefinition role) {
    return """
    resource %s '%s@%s' = {
      parent: account
      name: %s
      properties: {
        roleName: %s
        type: 'CustomRole'
        assignableScopes: [
    %s
        ]
        permissions: [
          {
            dataActions: [
    %s
            ]
          }
        ]
      }
    }
    """
        .formatted(
            symbol("role", role.id()),
            RoleDefinition.TYPE,
            API_VERSION,
            Quoted.bicep(role.id().toString()),
            Quoted.bicep(role.roleName()),
            role.assignableScopes().stream()
                .map(scope -> " ".repeat(6) + scope(scope))
                .collect(joining("\n")),
            role.dataActions().stream()
                .map(action -> " ".repeat(10) + Quoted.bicep(action))
                .collect(joining("\n")));
  }

  private static String assignment(Exported exported, Exported.Assignment each) {
    RoleAssignment assignment = each.assignment();
    boolean defined =
        exported.definitions().stream()
            .anyMatch(role -> role.id().equals(assignment.roleDefinition()));
    return """
    // %s
    resource %s '%s@%s' = {
      parent: account
      name: %s
      properties: {
        principalId: %s
        roleDefinitionId: %s
        scope: %s
      }
    }
    """
        .formatted(
            Comment.of(each),
            symbol("assignment", assignment.id()),
            RoleAssignment.TYPE,
            API_VERSION,
            Quoted.bicep(assignment.id().toString()),
            Quoted.bicep(assignment.principal().toString()),
            defined
                ? symbol("role", assignment.roleDefinition()) + ".id"
                : "'${account.id}/sqlRoleDefinitions/" + assignment.roleDefinition() + "'",
            scope(assignment.scope()));
  }

  /** The account's id as Bicep knows it, and the rest as text. */
  private static String scope(Scope scope) {
    String path = AccountId.path(scope);
    return path.isEmpty() ? "account.id" : "'${account.id}" + Quoted.bicep(path).substring(1);
  }

  private static String symbol(String kind, UUID id) {
    return kind + "_" + id.toString().replace('-', '_');
  }
}
