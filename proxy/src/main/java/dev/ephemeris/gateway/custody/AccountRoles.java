package dev.ephemeris.gateway.custody;

import dev.ephemeris.policy.azure.AccountId;
import dev.ephemeris.policy.azure.RoleAssignment;
import dev.ephemeris.policy.azure.RoleDefinition;
import java.util.List;

/**
 * The native role definitions and assignments of one account. Calls block, for virtual threads, and
 * fail with {@link RolesException}. Thread-safe.
 *
 * <p>What is made or removed is so when a call returns; what the account makes of it follows within
 * minutes.
 */
public interface AccountRoles {

  AccountId account();

  /**
   * What there is.
   *
   * @param unreadDefinitions how many definitions there are beside those, which can't be read
   * @param unreadAssignments the same of assignments
   */
  record Listed(
      List<RoleDefinition> definitions,
      List<RoleAssignment> assignments,
      int unreadDefinitions,
      int unreadAssignments) {
    public Listed {
      definitions = List.copyOf(definitions);
      assignments = List.copyOf(assignments);
    }
  }

  Listed list();

  /** Makes a definition, or makes it what this says. */
  void define(RoleDefinition definition);

  /** Nothing if there is no such definition. */
  void undefine(RoleDefinition definition);

  /** Makes an assignment, or makes it what this says. */
  void assign(RoleAssignment assignment);

  /** Nothing if there is no such assignment. */
  void unassign(RoleAssignment assignment);

  /** Azure Resource Manager hasn't done it, or nobody knows whether it has. */
  final class RolesException extends RuntimeException {

    private final boolean refused;
    private final boolean absent;

    /**
     * @param refused whether it will say the same again
     */
    public RolesException(String message, boolean refused, Throwable cause) {
      this(message, refused, false, cause);
    }

    /**
     * @param absent whether that is since there is no such account
     */
    public RolesException(String message, boolean refused, boolean absent, Throwable cause) {
      super(message, cause);
      this.refused = refused;
      this.absent = absent;
    }

    public boolean absent() {
      return absent;
    }

    public boolean refused() {
      return refused;
    }
  }
}
