package dev.ephemeris.policy.azure;

import static java.util.stream.Collectors.joining;

import dev.ephemeris.policy.Quoted;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** Native RBAC as {@code az} prints it. */
final class AzJson {

  private AzJson() {}

  static String of(Exported exported) {
    List<String> resources =
        Stream.concat(
                exported.definitions().stream().map(AzJson::definition),
                exported.assignments().stream().map(each -> assignment(each.assignment())))
            .toList();
    return resources.isEmpty() ? "[]\n" : "[\n" + String.join(",\n", resources) + "\n]\n";
  }

  private static String definition(RoleDefinition role) {
    return """
    {
      "assignableScopes": [%s],
      "id": %s,
      "name": %s,
      "permissions": [
        {
          "dataActions": [%s],
          "notDataActions": []
        }
      ],
      "resourceGroup": %s,
      "roleName": %s,
      "type": "%s",
      "typePropertiesType": "CustomRole"
    }\
    """
        .formatted(
            list(role.assignableScopes().stream().map(role.account()::in).toList()),
            Quoted.json(role.resourceId()),
            Quoted.json(role.id().toString()),
            list(role.dataActions()),
            Quoted.json(role.account().resourceGroup()),
            Quoted.json(role.roleName()),
            RoleDefinition.TYPE)
        .indent(2)
        .stripTrailing();
  }

  private static String assignment(RoleAssignment assignment) {
    AccountId account = assignment.account();
    return """
    {
      "id": %s,
      "name": %s,
      "principalId": %s,
      "resourceGroup": %s,
      "roleDefinitionId": %s,
      "scope": %s,
      "type": "%s"
    }\
    """
        .formatted(
            Quoted.json(assignment.resourceId()),
            Quoted.json(assignment.id().toString()),
            Quoted.json(assignment.principal().toString()),
            Quoted.json(account.resourceGroup()),
            Quoted.json(RoleDefinition.resourceId(account, assignment.roleDefinition())),
            Quoted.json(account.in(assignment.scope())),
            RoleAssignment.TYPE)
        .indent(2)
        .stripTrailing();
  }

  private static String list(Collection<String> values) {
    return values.stream().map(Quoted::json).collect(joining(", "));
  }
}
