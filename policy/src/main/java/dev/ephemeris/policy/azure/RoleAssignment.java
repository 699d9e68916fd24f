package dev.ephemeris.policy.azure;

import dev.ephemeris.policy.Scope;
import java.util.UUID;

/**
 * Who has a role of native RBAC, and where.
 *
 * @param principal the object id of a user, group or program in Entra ID
 * @param roleDefinition in the same account
 */
public record RoleAssignment(
    AccountId account, UUID id, UUID principal, UUID roleDefinition, Scope scope) {

  /** What Azure calls the type of such a resource. */
  static final String TYPE = "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments";

  /** The resource's id in Azure. */
  String resourceId() {
    return account + "/sqlRoleAssignments/" + id;
  }

  /** Whether it says the same as {@code other}, under whatever id. */
  public boolean means(RoleAssignment other) {
    return account.equals(other.account)
        && principal.equals(other.principal)
        && roleDefinition.equals(other.roleDefinition)
        && scope.equals(other.scope);
  }
}
