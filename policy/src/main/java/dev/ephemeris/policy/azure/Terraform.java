package dev.ephemeris.policy.azure;

import static java.util.stream.Collectors.joining;

import dev.ephemeris.policy.Quoted;
import dev.ephemeris.policy.Scope;
import java.util.Collection;
import java.util.UUID;

/** Native RBAC as resources of Terraform's provider azurerm. */
final class Terraform {

  private Terraform() {}

  static String of(Exported exported) {
    StringBuilder text = new StringBuilder("# Written by ephemeris policy export.\n");
    exported.definitions().forEach(role -> text.append('\n').append(definition(role)));
    exported.assignments().forEach(each -> text.append('\n').append(assignment(exported, each)));
    return text.toString();
  }

  private static String definition(RoleDefinition role) {
    return """
    resource "azurerm_cosmosdb_sql_role_definition" "%s" {
      role_definition_id  = %s
      resource_group_name = %s
      account_name        = %s
      name                = %s
      type                = "CustomRole"
      assignable_scopes = [
    %s
      ]

      permissions {
        data_actions = [
    %s
        ]
      }
    }
    """
        .formatted(
            label("role", role.id()),
            Quoted.hcl(role.id().toString()),
            Quoted.hcl(role.account().resourceGroup()),
            Quoted.hcl(role.account().account()),
            Quoted.hcl(role.roleName()),
            lines(4, role.assignableScopes().stream().map(role.account()::in).toList()),
            lines(6, role.dataActions()));
  }

  private static String assignment(Exported exported, Exported.Assignment each) {
    RoleAssignment assignment = each.assignment();
    AccountId account = assignment.account();
    Scope scope = assignment.scope();
    boolean defined =
        exported.definitions().stream()
            .anyMatch(role -> role.id().equals(assignment.roleDefinition()));
    return """
    # %s
    resource "azurerm_cosmosdb_sql_role_assignment" "%s" {
      name                = %s
      resource_group_name = %s
      account_name        = %s
      role_definition_id  = %s
      principal_id        = %s
      scope               = %s
    }
    """
        .formatted(
            Comment.of(each),
            label("assignment", assignment.id()),
            Quoted.hcl(assignment.id().toString()),
            Quoted.hcl(account.resourceGroup()),
            Quoted.hcl(account.account()),
            defined
                // By reference, so that the role is there first.
                ? "azurerm_cosmosdb_sql_role_definition.%s.id"
                    .formatted(label("role", assignment.roleDefinition()))
                : Quoted.hcl(RoleDefinition.resourceId(account, assignment.roleDefinition())),
            Quoted.hcl(assignment.principal().toString()),
            Quoted.hcl(account.in(scope)));
  }

  private static String lines(int indent, Collection<String> values) {
    return values.stream()
        .map(value -> " ".repeat(indent) + Quoted.hcl(value) + ",")
        .collect(joining("\n"));
  }

  private static String label(String kind, UUID id) {
    return kind + "_" + id.toString().replace('-', '_');
  }
}
