package dev.ephemeris.policy.azure;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.joining;

import dev.ephemeris.policy.AccountFacts;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.RbacRule;
import dev.ephemeris.policy.Role;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.RuleName;
import dev.ephemeris.policy.Scope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * What a policy allows groups in one account, as native RBAC.
 *
 * <p>Ids follow from what they stand for, so that the same policy gives the same again.
 *
 * @param definitions the roles that Azure hasn't built in, in the order of their names
 * @param assignments in the order of groups and scopes
 * @param leftOut what the policy says and this doesn't; it never allows more
 */
public record Exported(
    AccountId account,
    List<RoleDefinition> definitions,
    List<Assignment> assignments,
    List<LeftOut> leftOut) {

  /**
   * One assignment, and what it is for.
   *
   * @param by the rules that it comes from
   */
  public record Assignment(RoleAssignment assignment, GroupRef group, SortedSet<RuleName> by) {
    public Assignment {
      by = Collections.unmodifiableSortedSet(new TreeSet<>(by));
    }
  }

  public Exported {
    definitions =
        definitions.stream()
            .sorted(comparing(RoleDefinition::roleName).thenComparing(RoleDefinition::id))
            .toList();
    assignments =
        assignments.stream()
            .sorted(
                comparing((Assignment each) -> each.group().toString())
                    .thenComparing(each -> each.assignment().scope().toString())
                    .thenComparing(each -> each.assignment().id()))
            .toList();
    leftOut = List.copyOf(leftOut);
  }

  /**
   * What {@code policy} allows the groups that {@code entra} knows.
   *
   * @param facts of the account; only rules for the lane {@code rbac} are exported, so it should
   *     permit that
   * @throws IllegalArgumentException if {@code facts} and {@code account} are of two accounts
   */
  public static Exported of(Policy policy, AccountFacts facts, AccountId account, EntraIds entra) {
    if (!facts.name().equals(account.account())) {
      throw new IllegalArgumentException(account + " isn't the account " + facts.name());
    }
    Export export = new Export(policy, account, entra);
    policy.rbacRules(facts).forEach(export::rule);
    return new Exported(
        account, List.copyOf(export.definitions.values()), export.assignments(), export.leftOut);
  }

  /** The definitions and assignments alone. */
  public NativeRoles roles() {
    return new NativeRoles(
        definitions,
        assignments.stream().map(Assignment::assignment).toList(),
        Set.of(),
        List.of());
  }

  /** Whether an export has written it so, of whatever policy; somebody may have since. */
  static boolean wrote(RoleAssignment there) {
    return there
        .id()
        .equals(
            assignmentId(
                there.account(), there.principal(), there.roleDefinition(), there.scope()));
  }

  /** The same, whatever it gives by now. */
  static boolean wrote(RoleDefinition there) {
    return there.id().equals(definitionId(there.account(), there.roleName()));
  }

  private static UUID assignmentId(AccountId account, UUID principal, UUID role, Scope scope) {
    return Guid.of(
        String.join(
            "\n",
            "assignment",
            account.toString(),
            principal.toString(),
            role.toString(),
            AccountId.path(scope)));
  }

  private static UUID definitionId(AccountId account, String name) {
    return Guid.of(String.join("\n", "definition", account.toString(), name));
  }

  private static final class Export {
    private final AccountId account;
    private final EntraIds entra;
    private final Collection<Role> named;
    private final SortedMap<UUID, RoleDefinition> definitions = new TreeMap<>();
    private final SortedMap<UUID, Assignment> assignments = new TreeMap<>();
    private final List<LeftOut> leftOut;

    private Export(Policy policy, AccountId account, EntraIds entra) {
      this.account = account;
      this.entra = entra;
      this.named =
          policy.roleNames().stream()
              .flatMap(name -> policy.role(new RoleName(name)).stream())
              .toList();
      this.leftOut = new ArrayList<>(entra.leftOut());
    }

    private List<Assignment> assignments() {
      return List.copyOf(assignments.values());
    }

    private void rule(RbacRule rule) {
      switch (rule) {
        case RbacRule.Inexpressible(RuleName name, List<String> reasons) ->
            reasons.forEach(reason -> leftOut.add(new LeftOut(name.value(), reason)));
        case RbacRule.Expressible(
                RuleName name,
                Set<GroupRef> groups,
                Set<Action> actions,
                List<Scope> scopes) ->
            groups.stream()
                .sorted(comparing(GroupRef::toString))
                .forEach(
                    group ->
                        entra
                            .id(group)
                            .ifPresentOrElse(
                                id ->
                                    scopes.forEach(
                                        scope -> assign(name, group, id, actions, scope)),
                                () -> leftOut.add(new LeftOut(name.value(), unknown(group)))));
      }
    }

    private static String unknown(GroupRef group) {
      return "%s has no annotation %s in the catalog that is its own"
          .formatted(group, EntraIds.GROUP_ID);
    }

    private void assign(
        RuleName rule, GroupRef group, UUID principal, Set<Action> actions, Scope scope) {
      UUID role = role(actions);
      RoleAssignment assignment =
          new RoleAssignment(
              account, assignmentId(account, principal, role, scope), principal, role, scope);
      assignments.merge(
          assignment.id(),
          new Assignment(assignment, group, new TreeSet<>(Set.of(rule))),
          (one, other) -> {
            SortedSet<RuleName> by = new TreeSet<>(one.by());
            by.addAll(other.by());
            return new Assignment(assignment, group, by);
          });
    }

    /** Azure's own role of these actions, or one that is defined here. */
    private UUID role(Set<Action> actions) {
      Optional<Role> role =
          named.stream()
              .filter(each -> each.actions().equals(actions))
              .max(comparing(each -> each.azureId().isPresent()));
      return role.flatMap(Role::azureId)
          .orElseGet(() -> define(role.map(each -> each.name().value()), actions));
    }

    private UUID define(Optional<String> policysName, Set<Action> actions) {
      String name =
          policysName.orElseGet(
              () -> actions.stream().sorted().map(Action::shortName).collect(joining(", ")));
      UUID id = definitionId(account, name);
      definitions.computeIfAbsent(
          id,
          none ->
              new RoleDefinition(
                  account,
                  id,
                  name,
                  false,
                  List.of(Scope.of(account.account())),
                  new TreeSet<>(actions.stream().map(Action::azureName).toList())));
      return id;
    }
  }
}
