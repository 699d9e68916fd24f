package dev.ephemeris.policy.azure;

import static dev.ephemeris.policy.azure.World.ACCOUNT;
import static dev.ephemeris.policy.azure.World.ENTRA;
import static dev.ephemeris.policy.azure.World.FACTS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.policy.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What has to be done at an account, and what is none of an export's. */
class RoleChangesTest {

  private static final String BOTH =
      """
      roles: { order-reader: { actions: [items/read, executeQuery] } }
      rules:
      - { name: g, for: { groups: [group:g] }, role: order-reader, scopes: ['one:/dbs/shop'] }
      - { name: h, for: { groups: [group:h] }, role: data-reader, scopes: ['one:/'] }
      """;

  private static final String ONE =
      """
      rules:
      - { name: h, for: { groups: [group:h] }, role: data-reader, scopes: ['one:/'] }
      """;

  private static final Exported WANTED = exported(BOTH);

  private static Exported exported(String rules) {
    return Exported.of(World.rules(rules), FACTS, ACCOUNT, ENTRA);
  }

  private static NativeRoles there(
      List<RoleDefinition> definitions, List<RoleAssignment> assignments) {
    return new NativeRoles(definitions, assignments, Set.of(), List.of());
  }

  private static RoleAssignment ofG() {
    return WANTED.assignments().getFirst().assignment();
  }

  private static RoleAssignment as(RoleAssignment assignment, UUID id, Scope scope) {
    return new RoleAssignment(
        ACCOUNT, id, assignment.principal(), assignment.roleDefinition(), scope);
  }

  private static List<String> verbs(RoleChanges changes) {
    return changes.calls().stream()
        .map(call -> call.words().get(3) + " " + call.words().get(4))
        .toList();
  }

  @Test
  void makesAllInAnEmptyAccountRolesFirst() {
    RoleChanges changes = RoleChanges.between(WANTED, there(List.of(), List.of()));

    assertThat(verbs(changes))
        .containsExactly("definition create", "assignment create", "assignment create");
    assertThat(changes.isNone()).isFalse();
  }

  @Test
  void doesNothingWhereAllIsThere() {
    RoleChanges changes = RoleChanges.between(WANTED, WANTED.roles());

    assertThat(changes.isNone()).isTrue();
    assertThat(changes.calls()).isEmpty();
    assertThat(changes.others()).isEmpty();
  }

  @Test
  void takesAwayWhatNoRuleGivesAnyMoreAssignmentsFirst() {
    RoleChanges changes = RoleChanges.between(exported(ONE), WANTED.roles());

    assertThat(verbs(changes)).containsExactly("assignment delete", "definition delete");
    assertThat(changes.unassign()).containsExactly(ofG());
    assertThat(changes.undefine()).isEqualTo(WANTED.definitions());
  }

  /** Whoever made it under another id has made the same. */
  @Test
  void theSameUnderAnotherIdIsThere() {
    RoleAssignment same = as(ofG(), UUID.randomUUID(), ofG().scope());
    List<RoleAssignment> assignments = new ArrayList<>(WANTED.roles().assignments());
    assignments.remove(ofG());
    assignments.add(same);

    assertThat(RoleChanges.between(WANTED, there(WANTED.definitions(), assignments)).isNone())
        .isTrue();
  }

  @Test
  void leavesAloneWhatNoExportHasWritten() {
    RoleAssignment others =
        new RoleAssignment(
            ACCOUNT,
            UUID.randomUUID(),
            World.NOBODYS_ID,
            WANTED.definitions().getFirst().id(),
            Scope.of("one"));
    RoleDefinition role =
        new RoleDefinition(
            ACCOUNT,
            UUID.randomUUID(),
            "somebody's",
            false,
            List.of(Scope.of("one")),
            new TreeSet<>(Set.of("a")));

    RoleChanges changes =
        RoleChanges.between(
            exported(ONE),
            there(
                List.of(role, WANTED.definitions().getFirst()),
                List.of(others, exported(ONE).assignments().getFirst().assignment())));

    assertThat(changes.isNone()).isTrue();
    assertThat(changes.others()).containsExactly(others);
  }

  @Test
  void makesAgainWhatSomebodyHasChanged() {
    RoleDefinition wider =
        new RoleDefinition(
            ACCOUNT,
            WANTED.definitions().getFirst().id(),
            WANTED.definitions().getFirst().roleName(),
            false,
            WANTED.definitions().getFirst().assignableScopes(),
            new TreeSet<>(Set.of("Microsoft.DocumentDB/databaseAccounts/*")));
    RoleAssignment elsewhere = as(ofG(), ofG().id(), Scope.of("one"));
    List<RoleAssignment> assignments = new ArrayList<>(WANTED.roles().assignments());
    assignments.set(assignments.indexOf(ofG()), elsewhere);

    RoleChanges changes = RoleChanges.between(WANTED, there(List.of(wider), assignments));

    assertThat(changes.define()).isEqualTo(WANTED.definitions());
    assertThat(changes.assign()).extracting(Exported.Assignment::assignment).containsExactly(ofG());
    assertThat(changes.unassign()).isEmpty();
    assertThat(changes.others()).isEmpty();
  }

  /** What couldn't be read may need the role. */
  @Test
  void takesNoRoleAwayWhereSomethingCouldNotBeRead() {
    NativeRoles actual =
        new NativeRoles(
            WANTED.definitions(),
            WANTED.roles().assignments(),
            Set.of(),
            List.of(new LeftOut("something", "it can't be read")));

    RoleChanges changes = RoleChanges.between(exported(ONE), actual);

    assertThat(changes.unassign()).containsExactly(ofG());
    assertThat(changes.undefine()).isEmpty();
  }

  @Test
  void asksForWhatReadsBack() {
    assertThat(AzCall.listAssignments(ACCOUNT).words())
        .containsExactly(
            "cosmosdb",
            "sql",
            "role",
            "assignment",
            "list",
            "--subscription=" + ACCOUNT.subscription(),
            "--resource-group=shop",
            "--account-name=one",
            "--output=json");
    assertThat(AzCall.unassign(ofG()).words())
        .endsWith("--role-assignment-id=" + ofG().id(), "--yes");
    assertThat(AzCall.undefine(WANTED.definitions().getFirst()).words())
        .endsWith("--role-definition-id=" + WANTED.definitions().getFirst().id(), "--yes");
  }
}
