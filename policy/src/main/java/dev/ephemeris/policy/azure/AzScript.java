package dev.ephemeris.policy.azure;

import static java.util.stream.Collectors.joining;

import dev.ephemeris.policy.Quoted;

/**
 * Native RBAC as a shell script of {@code az}, whose {@code create} also replaces what is there.
 */
final class AzScript {

  private AzScript() {}

  static String of(Exported exported) {
    StringBuilder text =
        new StringBuilder(
            """
            #!/bin/sh
            # Written by ephemeris policy export.
            set -eu
            """);
    exported.definitions().forEach(role -> text.append('\n').append(definition(role)));
    exported.assignments().forEach(each -> text.append('\n').append(assignment(each)));
    return text.toString();
  }

  private static String definition(RoleDefinition role) {
    String body =
        """
        {"Id": %s, "RoleName": %s, "Type": "CustomRole", "AssignableScopes": [%s], \
        "Permissions": [{"DataActions": [%s]}]}\
        """
            .formatted(
                Quoted.json(role.id().toString()),
                Quoted.json(role.roleName()),
                role.assignableScopes().stream()
                    .map(role.account()::in)
                    .map(Quoted::json)
                    .collect(joining(", ")),
                role.dataActions().stream().map(Quoted::json).collect(joining(", ")));
    return "az cosmosdb sql role definition create \\\n"
        + where(role.account())
        + option("body", body)
        + "\n";
  }

  private static String assignment(Exported.Assignment each) {
    RoleAssignment assignment = each.assignment();
    return "# "
        + Comment.of(each)
        + "\naz cosmosdb sql role assignment create \\\n"
        + where(assignment.account())
        + option("role-assignment-id", assignment.id().toString())
        + " \\\n"
        + option("role-definition-id", assignment.roleDefinition().toString())
        + " \\\n"
        + option("principal-id", assignment.principal().toString())
        + " \\\n"
        + option("scope", assignment.account().in(assignment.scope()))
        + "\n";
  }

  private static String where(AccountId account) {
    return option("subscription", account.subscription().toString())
        + " \\\n"
        + option("resource-group", account.resourceGroup())
        + " \\\n"
        + option("account-name", account.account())
        + " \\\n";
  }

  /** In one word, so that no value that begins with a hyphen is an option itself. */
  private static String option(String name, String value) {
    return "  --" + name + "=" + Quoted.shell(value);
  }
}
