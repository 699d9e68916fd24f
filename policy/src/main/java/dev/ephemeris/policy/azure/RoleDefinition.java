package dev.ephemeris.policy.azure;

import dev.ephemeris.policy.Scope;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/**
 * A role of native RBAC.
 *
 * @param builtIn whether it is Azure's own
 * @param assignableScopes where it may be assigned, with all that is beneath
 * @param dataActions as they are spelt there, wildcards and unknown names included
 */
public record RoleDefinition(
    AccountId account,
    UUID id,
    String roleName,
    boolean builtIn,
    List<Scope> assignableScopes,
    SortedSet<String> dataActions) {

  /** What Azure calls the type of such a resource. */
  static final String TYPE = "Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions";

  public RoleDefinition {
    assignableScopes = List.copyOf(assignableScopes);
    dataActions = Collections.unmodifiableSortedSet(new TreeSet<>(dataActions));
  }

  /** The resource's id in Azure. */
  String resourceId() {
    return resourceId(account, id);
  }

  static String resourceId(AccountId account, UUID id) {
    return account + "/sqlRoleDefinitions/" + id;
  }
}
