package dev.ephemeris.gateway.mint;

import dev.ephemeris.gateway.custody.AccountRoles;
import dev.ephemeris.policy.azure.AccountId;
import dev.ephemeris.policy.azure.RoleAssignment;
import dev.ephemeris.policy.azure.RoleDefinition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Roles in memory, with the service's refusals, and faults before or after what is asked. */
final class StandInRoles implements AccountRoles {

  static final AccountId ACCOUNT =
      AccountId.parse(
          "/subscriptions/7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11/resourceGroups/orders"
              + "/providers/Microsoft.DocumentDB/databaseAccounts/orders-prod");

  /** What becomes of the next change. */
  enum Fault {
    NONE,
    BEFORE,
    AFTER
  }

  final Map<UUID, RoleDefinition> definitions = new LinkedHashMap<>();
  final Map<UUID, RoleAssignment> assignments = new LinkedHashMap<>();
  final List<String> asked = new ArrayList<>();
  Fault fault = Fault.NONE;
  boolean forbidden;

  @Override
  public AccountId account() {
    return ACCOUNT;
  }

  @Override
  public synchronized Listed list() {
    if (forbidden) {
      throw failure("AuthorizationFailed", false);
    }
    return new Listed(List.copyOf(definitions.values()), List.copyOf(assignments.values()), 0, 0);
  }

  @Override
  public void define(RoleDefinition definition) {
    change("define " + definition.id(), () -> definitions.put(definition.id(), definition));
  }

  @Override
  public void undefine(RoleDefinition definition) {
    change(
        "undefine " + definition.id(),
        () -> {
          if (assignments.values().stream()
              .anyMatch(each -> each.roleDefinition().equals(definition.id()))) {
            throw failure("it is assigned", true);
          }
          definitions.remove(definition.id());
        });
  }

  @Override
  public void assign(RoleAssignment assignment) {
    change(
        "assign " + assignment.id(),
        () -> {
          if (assignments.values().stream()
              .anyMatch(each -> !each.id().equals(assignment.id()) && each.means(assignment))) {
            throw failure("it already exists", false);
          }
          assignments.put(assignment.id(), assignment);
        });
  }

  @Override
  public void unassign(RoleAssignment assignment) {
    change("unassign " + assignment.id(), () -> assignments.remove(assignment.id()));
  }

  private synchronized void change(String what, Runnable done) {
    asked.add(what);
    Fault now = fault;
    fault = Fault.NONE;
    if (now == Fault.BEFORE) {
      throw failure("nobody answers", false);
    }
    done.run();
    if (now == Fault.AFTER) {
      throw failure("the connection was reset", false);
    }
  }

  private static RolesException failure(String message, boolean refused) {
    return new RolesException(message, refused, new IllegalStateException(message));
  }
}
