package dev.ephemeris.simulator.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.core.management.exception.ManagementException;
import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.PartitionKey;
import com.azure.resourcemanager.cosmos.fluent.SqlResourcesClient;
import com.azure.resourcemanager.cosmos.models.Permission;
import com.azure.resourcemanager.cosmos.models.RoleDefinitionType;
import com.azure.resourcemanager.cosmos.models.SqlRoleAssignmentCreateUpdateParameters;
import com.azure.resourcemanager.cosmos.models.SqlRoleDefinitionCreateUpdateParameters;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Gives roles with azure-resourcemanager-cosmos, and uses them with azure-cosmos. */
class SqlRolesTest {

  private static final String ACCOUNT = "Microsoft.DocumentDB/databaseAccounts/";
  private static final String ITEMS = ACCOUNT + "sqlDatabases/containers/items/";
  private static final String METADATA = ACCOUNT + "readMetadata";
  private static final String READER = "00000000-0000-0000-0000-000000000001";
  private static final String CONTRIBUTOR = "00000000-0000-0000-0000-000000000002";
  private static final String GROUP = RunningAzure.GROUP;
  private static final String NAME = "orders-prod";

  private static RunningAzure running;
  private static SqlResourcesClient roles;

  /** A person that a test gives roles to; another one each time. */
  private String alice = "";

  @BeforeAll
  static void start() throws Exception {
    // The SDK offers no other way to trust a certificate for one client only.
    System.setProperty("COSMOS.EMULATOR_SERVER_CERTIFICATE_VALIDATION_DISABLED", "true");
    running = new RunningAzure();
    roles = running.management(RunningAzure.OWNER).getSqlResources();
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  @BeforeEach
  void asAtTheStart() {
    running.azure.delays(Delays.NONE);
    for (var assignment : roles.listSqlRoleAssignments(GROUP, NAME).stream().toList()) {
      roles.deleteSqlRoleAssignment(assignment.name(), GROUP, NAME);
    }
    for (var definition : roles.listSqlRoleDefinitions(GROUP, NAME).stream().toList()) {
      if (definition.typePropertiesType() == RoleDefinitionType.CUSTOM_ROLE) {
        roles.deleteSqlRoleDefinition(definition.name(), GROUP, NAME);
      }
    }
    alice = UUID.randomUUID().toString();
    running.azure.tenant().addObject(alice);
    running
        .account
        .cosmos()
        .put("shop", "orders", JsonNodeFactory.instance.objectNode().put("id", "1").put("pk", "a"));
  }

  private CosmosClient asAlice() {
    return new CosmosClientBuilder()
        .endpoint(running.account.cosmos().endpoint().toString())
        .credential(running.credential(alice, Tenant.COSMOS))
        .gatewayMode()
        .buildClient();
  }

  private static CosmosContainer orders(CosmosClient client) {
    return client.getDatabase("shop").getContainer("orders");
  }

  private static void read(CosmosClient client) {
    orders(client).readItem("1", new PartitionKey("a"), JsonNode.class);
  }

  private static void upsert(CosmosClient client) {
    orders(client).upsertItem(JsonNodeFactory.instance.objectNode().put("id", "2").put("pk", "a"));
  }

  private static void assertForbidden(Runnable call) {
    assertThatExceptionOfType(CosmosException.class)
        .isThrownBy(call::run)
        .satisfies(refusal -> assertThat(refusal.getSubStatusCode()).isEqualTo(5301));
  }

  private static void assertRefused(int status, String words, Runnable call) {
    assertThatExceptionOfType(ManagementException.class)
        .isThrownBy(call::run)
        .satisfies(
            refusal -> {
              assertThat(refusal.getResponse().getStatusCode()).isEqualTo(status);
              assertThat(refusal.getMessage()).contains(words);
            });
  }

  private static SqlRoleDefinitionCreateUpdateParameters role(String name, String... dataActions) {
    return new SqlRoleDefinitionCreateUpdateParameters()
        .withRoleName(name)
        .withType(RoleDefinitionType.CUSTOM_ROLE)
        .withAssignableScopes(List.of(running.account.id()))
        .withPermissions(List.of(new Permission().withDataActions(List.of(dataActions))));
  }

  private static String define(String name, String... dataActions) {
    return define(role(name, dataActions));
  }

  private static String define(SqlRoleDefinitionCreateUpdateParameters role) {
    return roles
        .createUpdateSqlRoleDefinition(UUID.randomUUID().toString(), GROUP, NAME, role)
        .name();
  }

  private SqlRoleAssignmentCreateUpdateParameters assignment(String role, String scope) {
    return new SqlRoleAssignmentCreateUpdateParameters()
        .withRoleDefinitionId(running.account.id() + "/sqlRoleDefinitions/" + role)
        .withScope(running.account.id() + scope)
        .withPrincipalId(alice);
  }

  private String assign(String role, String scope) {
    return assign(assignment(role, scope));
  }

  private static String assign(SqlRoleAssignmentCreateUpdateParameters assignment) {
    return roles
        .createUpdateSqlRoleAssignment(UUID.randomUUID().toString(), GROUP, NAME, assignment)
        .name();
  }

  @Test
  void hasTheBuiltInRoles() {
    assertThat(roles.listSqlRoleDefinitions(GROUP, NAME))
        .extracting(role -> role.name() + " " + role.roleName())
        .containsExactly(
            READER + " Cosmos DB Built-in Data Reader",
            CONTRIBUTOR + " Cosmos DB Built-in Data Contributor");
    var reader = roles.getSqlRoleDefinition(READER, GROUP, NAME);
    assertThat(reader.typePropertiesType()).isEqualTo(RoleDefinitionType.BUILT_IN_ROLE);
    assertThat(reader.assignableScopes()).containsExactly(running.account.id());
    assertThat(reader.permissions().getFirst().dataActions()).contains(ITEMS + "read");
  }

  @Test
  void showsWhatWasMade() {
    var role = define("order reader", METADATA, ITEMS + "read");

    var id = assign(role, "/dbs/shop/colls/orders");

    var shown = roles.getSqlRoleAssignment(id, GROUP, NAME);
    assertThat(shown.principalId()).isEqualTo(alice);
    assertThat(shown.scope()).isEqualTo(running.account.id() + "/dbs/shop/colls/orders");
    assertThat(shown.roleDefinitionId())
        .isEqualTo(running.account.id() + "/sqlRoleDefinitions/" + role);
    assertThat(roles.listSqlRoleAssignments(GROUP, NAME)).hasSize(1);
    assertThat(roles.getSqlRoleDefinition(role, GROUP, NAME).permissions().getFirst().dataActions())
        .containsExactly(METADATA, ITEMS + "read");
    assertRefused(
        404,
        "was not found",
        () -> roles.getSqlRoleAssignment(UUID.randomUUID().toString(), GROUP, NAME));
  }

  @Test
  void letsTheHolderDoWhatTheRoleSaysWhereItIsAssigned() {
    var id = assign(READER, "/dbs/shop/colls/orders");
    try (var client = asAlice()) {
      read(client);
      assertForbidden(() -> upsert(client));

      roles.deleteSqlRoleAssignment(id, GROUP, NAME);

      assertForbidden(() -> read(client));
      assign(CONTRIBUTOR, "/dbs/other");
      assertForbidden(() -> upsert(client));
      assign(CONTRIBUTOR, "/dbs/shop");
      upsert(client);
    }
  }

  @Test
  void changesWhatExistingAssignmentsGive() {
    var role = define("orders", METADATA, ITEMS + "read", ITEMS + "upsert");
    assign(role, "");
    try (var client = asAlice()) {
      upsert(client);

      roles.createUpdateSqlRoleDefinition(
          role, GROUP, NAME, role("orders", METADATA, ITEMS + "read"));

      assertForbidden(() -> upsert(client));
      read(client);
    }
  }

  @Test
  void takesEffectLaterBothWays() {
    assign(READER, "/dbs/other"); // so that the client can connect
    running.azure.delays(
        Delays.NONE.withRoleChange(Duration.ofMinutes(1)).withRoleSpread(Duration.ofMinutes(5)));
    try (var client = asAlice()) {
      var id = UUID.randomUUID().toString();
      var made =
          roles.beginCreateUpdateSqlRoleAssignment(
              id, GROUP, NAME, assignment(READER, "/dbs/shop"));
      assertRefused(404, "was not found", () -> roles.getSqlRoleAssignment(id, GROUP, NAME));
      assertRefused(412, "exclusive lock", () -> assign(CONTRIBUTOR, "/dbs/shop"));
      running.pass(Duration.ofMinutes(2));
      made.waitForCompletion();
      assertThat(made.getFinalResult().name()).isEqualTo(id);
      assertForbidden(() -> read(client));
      running.pass(Duration.ofMinutes(5));
      read(client);

      var deleted = roles.beginDeleteSqlRoleAssignment(id, GROUP, NAME);
      running.pass(Duration.ofMinutes(2));
      deleted.waitForCompletion();
      assertRefused(404, "was not found", () -> roles.getSqlRoleAssignment(id, GROUP, NAME));
      read(client);
      running.pass(Duration.ofMinutes(5));
      assertForbidden(() -> read(client));
    }
  }

  @Test
  void refusesDefinitionsThatAreNone() {
    define("taken", METADATA);

    assertRefused(409, "[taken] already exists", () -> define("taken", METADATA));
    assertRefused(400, "items/raed", () -> define("misspelt", ITEMS + "raed"));
    assertRefused(400, "needs a data action", () -> define("empty"));
    assertRefused(
        400,
        "not at or below the account",
        () ->
            define(
                role("elsewhere", METADATA)
                    .withAssignableScopes(List.of("/subscriptions/" + RunningAzure.SUBSCRIPTION))));
    assertRefused(
        400,
        "needs an assignable scope",
        () -> define(role("nowhere", METADATA).withAssignableScopes(List.of())));
    assertRefused(
        400,
        "not a valid GUID",
        () ->
            roles.createUpdateSqlRoleDefinition("order-reader", GROUP, NAME, role("r", METADATA)));
    assertRefused(
        400,
        "Built-in",
        () -> roles.createUpdateSqlRoleDefinition(READER, GROUP, NAME, role("r", METADATA)));
    assertRefused(
        400,
        "not simulated: notDataActions",
        () ->
            define(
                role("but", METADATA)
                    .withPermissions(
                        List.of(
                            new Permission()
                                .withDataActions(List.of(ITEMS + "*"))
                                .withNotDataActions(List.of(ITEMS + "delete"))))));
    assertRefused(400, "Built-in", () -> roles.deleteSqlRoleDefinition(READER, GROUP, NAME));
  }

  @Test
  void keepsADefinitionThatIsAssigned() {
    var role = define("orders", METADATA);
    var id = assign(role, "");

    assertRefused(400, "can't be deleted", () -> roles.deleteSqlRoleDefinition(role, GROUP, NAME));
    roles.deleteSqlRoleAssignment(id, GROUP, NAME);
    roles.deleteSqlRoleDefinition(role, GROUP, NAME);
    roles.deleteSqlRoleDefinition(role, GROUP, NAME); // no error: it is gone
  }

  @Test
  void refusesAssignmentsThatAreNone() {
    var role =
        define(
            role("shop only", METADATA)
                .withAssignableScopes(List.of(running.account.id() + "/dbs/shop")));

    assertRefused(400, "not within the assignable scopes", () -> assign(role, ""));
    assertRefused(400, "not within the assignable scopes", () -> assign(role, "/dbs/shop2"));
    assign(role, "/dbs/shop/colls/orders");
    assertRefused(400, "not at or below", () -> assign(READER, "/dbs"));
    assertRefused(400, "not at or below", () -> assign(READER, "2/dbs/shop"));
    assertRefused(400, "does not exist", () -> assign("00000000-0000-0000-0000-000000000003", ""));
    assertRefused(
        400,
        "not a valid GUID",
        () -> assign(assignment(READER, "").withPrincipalId("alice@example.test")));
    var unknown = UUID.randomUUID().toString();
    assertRefused(
        400,
        "[" + unknown + "] was not found in the AAD tenant(s)",
        () -> assign(assignment(READER, "").withPrincipalId(unknown)));
  }

  @Test
  void takesNoSecondOfTheSameNorAnotherScopeForOne() {
    var id = assign(READER, "/dbs/shop");

    assertRefused(409, "already exists", () -> assign(READER, "/dbs/shop"));
    roles.createUpdateSqlRoleAssignment(id, GROUP, NAME, assignment(READER, "/dbs/shop"));
    roles.createUpdateSqlRoleAssignment(id, GROUP, NAME, assignment(CONTRIBUTOR, "/dbs/shop"));
    assertRefused(
        400,
        "Scope is not permitted",
        () -> roles.createUpdateSqlRoleAssignment(id, GROUP, NAME, assignment(CONTRIBUTOR, "")));
    assertRefused(
        400,
        "Principal ID is not permitted",
        () ->
            roles.createUpdateSqlRoleAssignment(
                id,
                GROUP,
                NAME,
                assignment(CONTRIBUTOR, "/dbs/shop")
                    .withPrincipalId(RunningAzure.GUEST.objectId())));
  }

  @Test
  void hasRoomForAHundredDefinitions() {
    for (var i = 0; i < 100; i++) {
      define("role " + i, METADATA);
    }

    assertRefused(400, "as many as an account can have", () -> define("one more", METADATA));
  }
}
