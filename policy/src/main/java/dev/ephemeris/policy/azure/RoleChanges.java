package dev.ephemeris.policy.azure;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What has to be done at an account so that its native RBAC gives groups what a policy does, and
 * nothing that an earlier policy did. Whatever {@link Exported} hasn't written is left alone, as it
 * is known by its id to be.
 *
 * @param define roles to be made, or made again as they should be
 * @param assign assignments to be made, or made again
 * @param unassign assignments to be taken away
 * @param undefine roles to be taken away, which nobody has then
 * @param others assignments that are somebody else's doing
 */
public record RoleChanges(
    List<RoleDefinition> define,
    List<Exported.Assignment> assign,
    List<RoleAssignment> unassign,
    List<RoleDefinition> undefine,
    List<RoleAssignment> others) {

  public RoleChanges {
    define = List.copyOf(define);
    assign = List.copyOf(assign);
    unassign = List.copyOf(unassign);
    undefine = List.copyOf(undefine);
    others = List.copyOf(others);
  }

  /**
   * From what is there to what should be. What is there and couldn't be read is left alone.
   *
   * @param actual of the same account
   */
  public static RoleChanges between(Exported expected, NativeRoles actual) {
    List<RoleDefinition> define =
        expected.definitions().stream()
            .filter(role -> actual.definitions().stream().noneMatch(there -> isSame(role, there)))
            .toList();
    List<Exported.Assignment> assign =
        expected.assignments().stream()
            .filter(each -> actual.assignments().stream().noneMatch(each.assignment()::means))
            .toList();

    Set<UUID> replaced =
        assign.stream().map(each -> each.assignment().id()).collect(Collectors.toSet());
    List<RoleAssignment> unassign = new ArrayList<>();
    List<RoleAssignment> others = new ArrayList<>();
    Set<UUID> roles =
        new HashSet<>(
            expected.assignments().stream()
                .map(each -> each.assignment().roleDefinition())
                .toList());
    for (RoleAssignment there : actual.assignments()) {
      boolean isMeant =
          expected.assignments().stream()
              .map(Exported.Assignment::assignment)
              .anyMatch(there::means);
      if (!isMeant && !replaced.contains(there.id())) {
        if (Exported.wrote(there)) {
          unassign.add(there);
        } else {
          others.add(there);
          roles.add(there.roleDefinition());
        }
      }
    }
    List<RoleDefinition> undefine =
        actual.definitions().stream()
            .filter(role -> !role.builtIn() && Exported.wrote(role))
            .filter(role -> !roles.contains(role.id()))
            .filter(role -> actual.leftOut().isEmpty())
            .toList();
    return new RoleChanges(define, assign, unassign, undefine, others);
  }

  /** Whether there is nothing to be done. */
  public boolean isNone() {
    return define.isEmpty() && assign.isEmpty() && unassign.isEmpty() && undefine.isEmpty();
  }

  /** The calls that do it, in their order: what somebody needs is there before what it takes. */
  public List<AzCall> calls() {
    List<AzCall> calls = new ArrayList<>();
    define.forEach(role -> calls.add(AzCall.define(role)));
    assign.forEach(each -> calls.add(AzCall.assign(each.assignment())));
    unassign.forEach(each -> calls.add(AzCall.unassign(each)));
    undefine.forEach(role -> calls.add(AzCall.undefine(role)));
    return calls;
  }

  private static boolean isSame(RoleDefinition role, RoleDefinition there) {
    return role.id().equals(there.id())
        && role.roleName().equals(there.roleName())
        && role.dataActions().equals(there.dataActions())
        && Set.copyOf(role.assignableScopes()).equals(Set.copyOf(there.assignableScopes()));
  }
}
