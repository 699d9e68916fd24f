package dev.ephemeris.policy.azure;

import static dev.ephemeris.policy.azure.World.ACCOUNT;
import static dev.ephemeris.policy.azure.World.G_ID;
import static dev.ephemeris.policy.azure.World.H_ID;
import static dev.ephemeris.policy.azure.World.assignment;
import static dev.ephemeris.policy.azure.World.definition;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.policy.azure.Drift.Difference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DriftTest {
  private static final UUID ROLE = UUID.fromString("cccccccc-0000-0000-0000-000000000000");
  private static final UUID ONE = UUID.fromString("dddddddd-0000-0000-0000-000000000001");
  private static final UUID TWO = UUID.fromString("dddddddd-0000-0000-0000-000000000002");
  private static final String ROLE_ID = ACCOUNT + "/sqlRoleDefinitions/" + ROLE;
  private static final String ONE_ID = ACCOUNT + "/sqlRoleAssignments/" + ONE;
  private static final String TWO_ID = ACCOUNT + "/sqlRoleAssignments/" + TWO;

  @Test
  void isNoneBetweenTheSameHoweverItIsSpelt() {
    NativeRoles expected =
        NativeRoles.read(
            List.of(role("r", "/", "a", "b"), assignment(ONE, G_ID, ROLE, "/dbs/shop")));
    NativeRoles actual =
        NativeRoles.read(
            List.of(
                assignment(
                    ONE,
                    G_ID,
                    ROLE,
                    ACCOUNT.toString().replace("/resourceG", "/RESOURCEG") + "/dbs/shop"),
                role("r", ACCOUNT.toString().replace("/shop", "/SHOP"), "b", "a")));

    assertThat(Drift.between(expected, actual)).matches(Drift::isNone);
    assertThat(Drift.between(actual, expected)).matches(Drift::isNone);
  }

  @Test
  void namesWhatIsMissingAndWhatIsExtra() {
    NativeRoles something =
        NativeRoles.read(List.of(role("r", "/", "a"), assignment(ONE, G_ID, ROLE, "/")));
    NativeRoles nothing = NativeRoles.read(List.of());

    assertThat(Drift.between(something, nothing))
        .isEqualTo(new Drift(List.of(ONE_ID, ROLE_ID), List.of(), List.of(), List.of()))
        .matches(drift -> !drift.isNone());
    assertThat(Drift.between(nothing, something))
        .isEqualTo(new Drift(List.of(), List.of(ONE_ID, ROLE_ID), List.of(), List.of()))
        .matches(drift -> !drift.isNone());
  }

  @Test
  void namesEachPropertyThatDiffers() {
    Drift drift =
        Drift.between(
            NativeRoles.read(List.of(role("r", "/", "a"), assignment(ONE, G_ID, ROLE, "/"))),
            NativeRoles.read(
                List.of(role("s", "/dbs/x", "a", "b"), assignment(ONE, H_ID, TWO, "/dbs/x"))));

    assertThat(drift.different())
        .containsExactly(
            new Difference(ONE_ID, "principalId", G_ID.toString(), H_ID.toString()),
            new Difference(ONE_ID, "roleDefinitionId", ROLE.toString(), TWO.toString()),
            new Difference(ONE_ID, "scope", "one:/", "one:/dbs/x"),
            new Difference(ROLE_ID, "assignableScopes", "one:/", "one:/dbs/x"),
            new Difference(ROLE_ID, "dataActions", "a", "a, b"),
            new Difference(ROLE_ID, "roleName", "r", "s"));
    assertThat(drift.missing()).isEmpty();
    assertThat(drift.extra()).isEmpty();
    assertThat(drift.isNone()).isFalse();
  }

  @Test
  void findsTheSameAssignmentUnderAnotherName() {
    Drift drift =
        Drift.between(
            NativeRoles.read(List.of(assignment(ONE, G_ID, ROLE, "/"))),
            NativeRoles.read(List.of(assignment(TWO, G_ID, ROLE, "/"))));

    assertThat(drift)
        .isEqualTo(
            new Drift(
                List.of(),
                List.of(),
                List.of(new Difference(TWO_ID, "name", ONE.toString(), TWO.toString())),
                List.of()));
  }

  @Test
  void tellsAssignmentsUnderOtherNamesApartByAllThatTheySay() {
    NativeRoles expected = NativeRoles.read(List.of(assignment(ONE, G_ID, ROLE, "/")));

    for (Map<String, Object> other :
        List.of(
            assignment(TWO, H_ID, ROLE, "/"),
            assignment(TWO, G_ID, TWO, "/"),
            assignment(TWO, G_ID, ROLE, "/dbs/x"))) {
      assertThat(Drift.between(expected, NativeRoles.read(List.of(other))))
          .isEqualTo(new Drift(List.of(ONE_ID), List.of(TWO_ID), List.of(), List.of()));
    }
  }

  @Test
  void passesOverAzuresOwnRoles() {
    Map<String, Object> azures = new HashMap<>(role("r", "/", "a"));
    azures.put("typePropertiesType", "BuiltInRole");
    NativeRoles withAzures = NativeRoles.read(List.of(azures));
    NativeRoles without = NativeRoles.read(List.of());

    assertThat(Drift.between(withAzures, without)).matches(Drift::isNone);
    assertThat(Drift.between(without, withAzures)).matches(Drift::isNone);
  }

  @Test
  void isNotNoneIfSomethingIsNotCompared() {
    NativeRoles unreadable = NativeRoles.read(List.of(Map.of("id", "x", "type", "y")));
    NativeRoles twice =
        NativeRoles.read(
            List.of(assignment(ONE, G_ID, ROLE, "/"), assignment(ONE, G_ID, ROLE, "/")));
    NativeRoles once = NativeRoles.read(List.of(assignment(ONE, G_ID, ROLE, "/")));
    NativeRoles nothing = NativeRoles.read(List.of());

    assertThat(Drift.between(unreadable, nothing).isNone()).isFalse();
    assertThat(Drift.between(nothing, unreadable).isNone()).isFalse();
    assertThat(Drift.between(once, twice).leftOut())
        .containsExactly(new LeftOut(ONE_ID, "its id stands here twice"));
  }

  private static Map<String, Object> role(String name, String assignable, String... actions) {
    return definition(ROLE, name, List.of(assignable), List.of(actions));
  }
}
