package dev.ephemeris.policy.azure;

import static dev.ephemeris.policy.azure.World.ACCOUNT;
import static dev.ephemeris.policy.azure.World.ADA_ID;
import static dev.ephemeris.policy.azure.World.ENTRA;
import static dev.ephemeris.policy.azure.World.G_ID;
import static dev.ephemeris.policy.azure.World.H_ID;
import static dev.ephemeris.policy.azure.World.NOBODYS_ID;
import static dev.ephemeris.policy.azure.World.assignment;
import static dev.ephemeris.policy.azure.World.definition;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.policy.Quoted;
import dev.ephemeris.policy.RoleName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ImportedTest {
  private static final UUID READER = UUID.fromString("00000000-0000-0000-0000-000000000001");
  private static final UUID ROLE = UUID.fromString("cccccccc-0000-0000-0000-000000000000");
  private static final UUID ONE = UUID.fromString("dddddddd-0000-0000-0000-000000000001");
  private static final UUID TWO = UUID.fromString("dddddddd-0000-0000-0000-000000000002");
  private static final String READ =
      "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read";

  @Test
  void isAPolicyThatSomebodyCouldHaveWritten() {
    Imported imported =
        of(
            definition(ROLE, "order reader", List.of("/"), List.of(READ)),
            assignment(ONE, G_ID, ROLE, ACCOUNT + "/dbs/shop/colls/orders"),
            assignment(TWO, G_ID, ROLE, ACCOUNT + "/dbs/shop/colls/invoices"),
            assignment(ROLE, H_ID, READER, ACCOUNT.toString()));

    assertThat(imported.leftOut()).isEmpty();
    assertThat(imported.policy())
        .isEqualTo(
            """
            apiVersion: ephemeris.dev/v1

            roles:
              "order reader":
                actions: [items/read]

            rules:
              - name: "group:default/g has order reader"
                for: { groups: ["group:default/g"] }
                role: "order reader"
                scopes: ["one:/dbs/shop/colls/invoices", "one:/dbs/shop/colls/orders"]
              - name: "group:default/h has data-reader"
                for: { groups: ["group:default/h"] }
                role: "data-reader"
                scopes: ["one:/"]
            """);
  }

  @Test
  void isAPolicyWithoutRulesIfNothingIsThere() {
    assertThat(of().policy()).isEqualTo("apiVersion: ephemeris.dev/v1\n\nrules: []\n");
  }

  @Test
  void namesWhatHasNoPlaceInAPolicy() {
    assertThat(whyNot(assignment(ONE, NOBODYS_ID, READER, "/")))
        .isEqualTo("no entity of the catalog has the id of its principal, " + NOBODYS_ID);
    assertThat(whyNot(assignment(ONE, ADA_ID, READER, "/")))
        .isEqualTo(
            "it is for one person, user:default/ada; rules are for groups that people are in");
    assertThat(whyNot(assignment(ONE, G_ID, TWO, "/")))
        .isEqualTo("its role, " + TWO + ", isn't in the policy");
    assertThat(whyNot(assignment(ONE, G_ID, READER, "/colls/a")))
        .isEqualTo("'/colls/a' is no scope of an account");
    assertThat(whyNot(assignment(ONE, G_ID, READER, ""))).isEqualTo("'' is no scope of an account");
    assertThat(whyNot(assignment(ONE, G_ID, READER, ACCOUNT.toString().replace("/one", "/two"))))
        .endsWith("is in another account");
    assertThat(whyNot(assignment(ONE, G_ID, READER, "/dbs/a*b")))
        .startsWith("'a*b' can't be a database");
  }

  @Test
  void namesWhatItDoesNotUnderstand() {
    assertThat(whyNot(with(assignment(ONE, G_ID, READER, "/"), "condition", "@Resource[x]")))
        .isEqualTo("its property 'condition' isn't known here");
    assertThat(whyNot(with(assignment(ONE, G_ID, READER, "/"), "principalId", "1-2-3-4-5")))
        .isEqualTo("'1-2-3-4-5' is no GUID");
    assertThat(whyNot(with(assignment(ONE, G_ID, READER, "/"), "principalId", 7)))
        .isEqualTo("expected text as principalId");
    assertThat(whyNot(with(assignment(ONE, G_ID, READER, "/"), "type", "Microsoft.Web/sites")))
        .isEqualTo("resources of this type aren't read here");
    assertThat(
            whyNot(
                with(
                    assignment(ONE, G_ID, READER, "/"),
                    "roleDefinitionId",
                    ACCOUNT.toString().replace("/one", "/two") + "/sqlRoleDefinitions/" + READER)))
        .isEqualTo("its role is of another account");
    assertThat(whyNot(with(role(), "typePropertiesType", "1")))
        .isEqualTo("expected BuiltInRole or CustomRole as its own type");
    assertThat(whyNot(with(role(), "assignableScopes", "/")))
        .isEqualTo("expected a list as assignableScopes");
    assertThat(whyNot(with(role(), "permissions", List.of("all"))))
        .isEqualTo("expected objects as permissions");
    assertThat(
            whyNot(
                with(
                    role(),
                    "permissions",
                    List.of(
                        Map.of("dataActions", List.of(READ), "notDataActions", List.of(READ))))))
        .isEqualTo("it has notDataActions, which a policy has no word for");
    assertThat(
            whyNot(
                with(
                    role(),
                    "permissions",
                    List.of(Map.of("dataActions", List.of(READ), "condition", "@Resource[x]")))))
        .isEqualTo("its property 'condition' isn't known here");
    assertThat(World.why(Imported.of(NativeRoles.read(List.of("text")), ENTRA).leftOut()))
        .containsExactly("it is no resource");
  }

  @Test
  void namesTheActionsThatPoliciesDoNotHaveAndImportsTheOthers() {
    Imported imported =
        of(
            definition(
                ROLE,
                "r",
                List.of("/"),
                List.of(READ, "reads", "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/write")),
            assignment(ONE, G_ID, ROLE, "/"));

    assertThat(World.why(imported.leftOut()))
        .containsExactly(
            "policies have no data action"
                + " 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/write'",
            "policies have no data action 'reads'");
    assertThat(imported.policy()).contains("actions: [items/read]", "group:default/g has r");
  }

  @Test
  void namesWhatHasARoleOfWhichNothingIsLeft() {
    Imported imported =
        of(definition(ROLE, "r", List.of("/"), List.of("reads")), assignment(ONE, G_ID, ROLE, "/"));

    assertThat(World.why(imported.leftOut()))
        .containsExactly(
            "policies have no data action 'reads'",
            "it has no action that policies have",
            "its role, " + ROLE + ", isn't in the policy");
  }

  @Test
  void namesAnAssignmentOutsideOfItsRole() {
    Imported imported =
        of(
            definition(ROLE, "r", List.of("/dbs/a"), List.of(READ)),
            assignment(ONE, G_ID, ROLE, "/"),
            assignment(TWO, G_ID, ROLE, "/dbs/a/colls/b"));

    assertThat(World.why(imported.leftOut()))
        .containsExactly("its scope is outside of its role's assignableScopes");
    assertThat(imported.policy()).contains("scopes: [\"one:/dbs/a/colls/b\"]");
  }

  @Test
  void namesScopesThatAreNotThereAnyMore() {
    Object[] there = {
      resource("sqlDatabases/a"),
      resource("sqlDatabases/b"),
      resource("sqlDatabases/a/containers/x")
    };

    assertThat(whyNot(there, assignment(ONE, G_ID, READER, "/dbs/gone"))).endsWith("any more");
    assertThat(whyNot(there, assignment(ONE, G_ID, READER, "/dbs/gone/colls/x")))
        .endsWith("any more");
    assertThat(whyNot(there, assignment(ONE, G_ID, READER, "/dbs/a/colls/gone")))
        .endsWith("any more");
    for (String scope : List.of("/", "/dbs/a", "/dbs/a/colls/x", "/dbs/b/colls/unlisted")) {
      List<Object> all = new ArrayList<>(List.of(there));
      all.add(assignment(ONE, G_ID, READER, scope));
      assertThat(Imported.of(NativeRoles.read(all), ENTRA).leftOut()).as(scope).isEmpty();
    }
  }

  @Test
  void tellsRolesOfOneNameApart() {
    UUID other = UUID.fromString("cccccccc-0000-0000-0000-000000000001");
    UUID third = UUID.fromString("cccccccc-0000-0000-0000-000000000002");
    String delete = READ.replace("read", "delete");
    Imported imported =
        of(
            definition(ROLE, "data-reader", List.of("/"), List.of(READ)),
            definition(other, "two\nlines", List.of("/"), List.of(READ)),
            definition(third, "two lines", List.of("/"), List.of(delete)));

    assertThat(World.policy(imported.policy()).roleNames())
        .contains("data-reader (one/" + ROLE + ")", "two lines", "two lines (one/" + third + ")");
  }

  @Test
  void readsAzuresOwnRolesAsOurs() {
    Map<String, Object> reader =
        with(
            definition(
                READER,
                "Cosmos DB Built-in Data Reader",
                List.of("/"),
                List.of(
                    "Microsoft.DocumentDB/databaseAccounts/readMetadata",
                    READ,
                    READ.replace("items/read", "executeQuery"),
                    READ.replace("items/read", "readChangeFeed"))),
            "typePropertiesType",
            "BuiltInRole");

    assertThat(of(reader, assignment(ONE, G_ID, READER, "/")).policy())
        .contains("role: \"data-reader\"")
        .doesNotContain("roles:");
  }

  @Test
  void trustsNoIdOfAzuresForWhatARoleHolds() {
    String policy =
        of(
                definition(READER, "Reader", List.of("/"), List.of(READ)),
                assignment(ONE, G_ID, READER, "/"))
            .policy();

    assertThat(policy).contains("actions: [items/read]", "role: \"Reader\"");
  }

  @Test
  void writesNamesAsNothingButNames() {
    for (String name :
        List.of(
            "a\": {}\nrules: []",
            "- x",
            "${y}",
            "\\",
            "\u202e\u0085\ud83d\ude00",
            "x".repeat(3000))) {
      String policy =
          of(
                  definition(ROLE, name, List.of("/"), List.of(READ)),
                  assignment(ONE, G_ID, ROLE, "/dbs/a \"b\" 'c' ${d}"))
              .policy();

      assertThat(World.policy(policy).roleNames())
          .as(policy)
          .hasSize(3)
          .anyMatch(role -> role.startsWith(Quoted.line(name).substring(0, 1)));
    }
    assertThat(
            World.policy(of(definition(ROLE, " ", List.of("/"), List.of(READ))).policy())
                .role(new RoleName(ROLE.toString())))
        .isPresent();
  }

  private static Imported of(Object... resources) {
    return Imported.of(NativeRoles.read(List.of(resources)), ENTRA);
  }

  private static String whyNot(Map<String, Object> resource) {
    return whyNot(new Object[0], resource);
  }

  /** The one thing that is in the way of this resource. */
  private static String whyNot(Object[] others, Map<String, Object> resource) {
    List<Object> all = new ArrayList<>(List.of(others));
    all.add(resource);
    Imported imported = Imported.of(NativeRoles.read(all), ENTRA);
    assertThat(imported.policy()).contains("rules: []").doesNotContain("roles:");
    assertThat(imported.leftOut())
        .singleElement()
        .satisfies(left -> assertThat(left.what()).isEqualTo(resource.get("id")));
    return imported.leftOut().getFirst().why();
  }

  private static Map<String, Object> role() {
    return definition(ROLE, "r", List.of("/"), List.of(READ));
  }

  private static Map<String, Object> with(
      Map<String, Object> resource, String property, Object value) {
    Map<String, Object> changed = new HashMap<>(resource);
    changed.put(property, value);
    return changed;
  }

  private static Map<String, Object> resource(String path) {
    return Map.of(
        "id",
        ACCOUNT + "/" + path,
        "type",
        "Microsoft.DocumentDB/databaseAccounts/" + path.replaceAll("/[ab](?=/|$)|/x$", ""),
        "options",
        "whatever");
  }
}
