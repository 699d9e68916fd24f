package dev.ephemeris.gateway.mint;

import dev.ephemeris.gateway.custody.AccountRoles.Listed;
import dev.ephemeris.policy.azure.RoleAssignment;
import dev.ephemeris.policy.azure.RoleDefinition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What leads from the roles that an account has to those that its leases hold, to be done in this
 * order. What isn't the gateway's own is in none of it.
 *
 * @param unassign the gateway's own assignments that no lease holds
 * @param define definitions that leases need and that aren't there, or aren't as they should be
 * @param undefine the gateway's own definitions that nobody has once the rest is done
 * @param there assignments that leases hold and that are there already, by their ids
 * @param refused those that can't be made, each with why
 */
record RolePlan(
    List<RoleAssignment> unassign,
    List<RoleDefinition> define,
    List<OwnRoles.Made> assign,
    List<RoleDefinition> undefine,
    Set<UUID> there,
    Map<UUID, String> refused) {

  /** What the service takes in one account (Azure Cosmos DB service quotas). */
  static final int MOST_ASSIGNMENTS = 2_000;

  static final int MOST_DEFINITIONS = 100;

  /**
   * @param held what leases hold, each once
   * @param actual what the account has
   */
  static RolePlan of(OwnRoles own, Collection<OwnRoles.Made> held, Listed actual) {
    return new Making(own, actual).of(held);
  }

  /** Whether nothing is left to do. */
  boolean isDone() {
    return unassign.isEmpty() && define.isEmpty() && assign.isEmpty() && undefine.isEmpty();
  }

  private static final class Making {

    private final OwnRoles own;
    private final Listed actual;
    private final Map<UUID, RoleDefinition> definitions;
    private final List<RoleAssignment> remaining = new ArrayList<>();
    private final Map<UUID, RoleDefinition> define = new LinkedHashMap<>();
    private final List<OwnRoles.Made> assign = new ArrayList<>();
    private final Set<UUID> there = new HashSet<>();
    private final Map<UUID, String> refused = new LinkedHashMap<>();

    Making(OwnRoles own, Listed actual) {
      this.own = own;
      this.actual = actual;
      this.definitions =
          actual.definitions().stream()
              .collect(Collectors.toMap(RoleDefinition::id, each -> each, (one, other) -> one));
    }

    RolePlan of(Collection<OwnRoles.Made> held) {
      Set<RoleAssignment> wanted =
          held.stream().map(OwnRoles.Made::assignment).collect(Collectors.toSet());
      List<RoleAssignment> unassign = new ArrayList<>();
      for (RoleAssignment each : actual.assignments()) {
        if (own.isOwn(each) && !wanted.contains(each)) {
          unassign.add(each);
        } else {
          remaining.add(each);
        }
      }
      held.forEach(this::hold);
      return new RolePlan(
          unassign, List.copyOf(define.values()), assign, undefine(held), there, refused);
    }

    private void hold(OwnRoles.Made made) {
      RoleAssignment wanted = made.assignment();
      Optional<RoleAssignment> same = remaining.stream().filter(wanted::means).findFirst();
      if (same.isPresent() && !own.isOwn(same.get())) {
        refused.put(
            wanted.id(),
            "role assignment "
                + same.get().id()
                + ", which isn't the gateway's, gives it already, and would go on after the lease's"
                + " end. Use it without a lease, or have whoever made it remove it.");
        return;
      }
      Optional<String> full = full(made);
      if (full.isPresent()) {
        refused.put(wanted.id(), full.get());
        return;
      }
      made.definition()
          .filter(needed -> !isThere(needed))
          .ifPresent(needed -> define.put(needed.id(), needed));
      // By another root key's id it does as well, as long as a lease of that time holds it.
      if (same.isPresent()) {
        there.add(wanted.id());
      } else {
        assign.add(made);
        remaining.removeIf(each -> each.id().equals(wanted.id()));
        remaining.add(wanted);
      }
    }

    private boolean isThere(RoleDefinition needed) {
      RoleDefinition found = definitions.get(needed.id());
      return found != null && OwnRoles.isSame(needed, found);
    }

    /** Before the service says so, in other words. */
    private Optional<String> full(OwnRoles.Made made) {
      boolean another = remaining.stream().noneMatch(made.assignment()::means);
      if (another && remaining.size() + actual.unreadAssignments() >= MOST_ASSIGNMENTS) {
        return Optional.of(
            "account “"
                + made.assignment().account().account()
                + "” has as many role assignments as Azure lets it have, "
                + MOST_ASSIGNMENTS
                + ". Use the lane proxy, or have some removed.");
      }
      boolean anotherDefinition =
          made.definition()
              .filter(needed -> !definitions.containsKey(needed.id()))
              .filter(needed -> !define.containsKey(needed.id()))
              .isPresent();
      if (anotherDefinition && definitions() >= MOST_DEFINITIONS) {
        return Optional.of(
            "account “"
                + made.assignment().account().account()
                + "” has as many role definitions as Azure lets it have, "
                + MOST_DEFINITIONS
                + ". Ask for a role that others have leases of, or one of Azure's own; or use the"
                + " lane proxy.");
      }
      return Optional.empty();
    }

    private long definitions() {
      return customDefinitions(actual)
          + define.keySet().stream().filter(id -> !definitions.containsKey(id)).count();
    }

    private List<RoleDefinition> undefine(Collection<OwnRoles.Made> held) {
      Set<UUID> used =
          remaining.stream().map(RoleAssignment::roleDefinition).collect(Collectors.toSet());
      held.stream()
          .flatMap(made -> made.definition().stream())
          .map(RoleDefinition::id)
          .forEach(used::add);
      return actual.definitions().stream()
          .filter(own::isOwn)
          .filter(each -> !used.contains(each.id()))
          .toList();
    }
  }

  /** How many definitions count for the service's limit, which leaves out its own. */
  static long customDefinitions(Listed actual) {
    return actual.definitions().stream().filter(each -> !each.builtIn()).count()
        + actual.unreadDefinitions();
  }
}
