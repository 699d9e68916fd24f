package dev.ephemeris.gateway.lease;

import java.util.List;
import java.util.Optional;

/**
 * What a lease is at the account itself, where it is of a lane that the account enforces. Azure's
 * logs know whoever uses it by these ids.
 */
public sealed interface AtAccount {

  /**
   * A permission of one of Cosmos DB's own users, whose resource tokens are handed out.
   *
   * @param item the only item that it is for; all of the lease's scope and key if empty
   * @param all whether it is for everything, or for reading only
   * @param userId of a user in the database of the lease's scope
   * @param userRid what logs call the user
   * @param permissionId of the user's
   */
  record Permission(
      Optional<String> item, boolean all, String userId, String userRid, String permissionId)
      implements AtAccount {}

  /**
   * Role assignments.
   *
   * @param objectId whom Entra ID knows by it
   * @param assignmentIds GUIDs, at least one
   */
  record Assignments(String objectId, List<String> assignmentIds) implements AtAccount {
    public Assignments {
      if (assignmentIds.isEmpty()) {
        throw new IllegalArgumentException("no assignment gives nothing");
      }
      assignmentIds = List.copyOf(assignmentIds);
    }
  }
}
