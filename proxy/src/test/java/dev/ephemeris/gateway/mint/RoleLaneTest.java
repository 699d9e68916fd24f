package dev.ephemeris.gateway.mint;

import static dev.ephemeris.gateway.GatewayFixture.ALICE;
import static dev.ephemeris.gateway.GatewayFixture.BOB;
import static dev.ephemeris.gateway.GatewayFixture.CLIENT;
import static dev.ephemeris.gateway.GatewayFixture.ORDERS;
import static dev.ephemeris.gateway.GatewayFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.credential.AccessToken;
import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.config.ResourceId;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.gateway.custody.AccountRoles;
import dev.ephemeris.gateway.custody.AzureResources;
import dev.ephemeris.policy.Role;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.azure.RoleAssignment;
import dev.ephemeris.simulator.azure.AzureSimulator;
import dev.ephemeris.simulator.azure.Delays;
import dev.ephemeris.simulator.azure.ServicePrincipal;
import dev.ephemeris.simulator.azure.ServicePrincipal.Proof.Federated;
import dev.ephemeris.simulator.azure.Tenant;
import dev.ephemeris.simulator.issuer.Person;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Roles that Azure's library makes in Resource Manager, used by the real SDK at the account. */
class RoleLaneTest {

  private static final String TENANT = "72f988bf-0000-4000-8000-00000000abcd";
  private static final String SUBSCRIPTION = "11111111-2222-4333-8444-555555555555";
  private static final String RESOURCE =
      "/subscriptions/"
          + SUBSCRIPTION
          + "/resourceGroups/orders/providers/Microsoft.DocumentDB/databaseAccounts/orders-prod";
  private static final String ALICES_OBJECT = "0f0e1f5a-7d3c-4b6f-9a7e-2b1c3d4e5f60";
  private static final String BOBS_OBJECT = "1f0e1f5a-7d3c-4b6f-9a7e-2b1c3d4e5f61";

  private static final Person WORKLOAD =
      new Person("sub-gateway", "gateway", "The gateway's platform", "gateway@example.test");

  private static final String INVOICES = "orders-prod:/dbs/shop/colls/invoices";

  private static final Vertx VERTX = Vertx.vertx();
  private static GatewayFixture fixture;
  private static AzureSimulator azure;
  private static SSLContext before;

  /** Somebody else's view of the same account's roles. */
  private static AccountRoles roles;

  private final List<CosmosClient> clients = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    System.setProperty("COSMOS.EMULATOR_SERVER_CERTIFICATE_VALIDATION_DISABLED", "true");
    fixture = new GatewayFixture();
    before = SSLContext.getDefault();
    // The certificate of Azure is one that the machine trusts.
    SSLContext.setDefault(fixture.certificate().clientTls());
    azure =
        AzureSimulator.start(
                VERTX,
                new AzureSimulator.Settings(
                    "127.0.0.1",
                    0,
                    fixture.certificate().certificate(),
                    fixture.certificate().privateKey(),
                    TENANT,
                    fixture.clock()))
            .await();
    ServicePrincipal gateway =
        new ServicePrincipal(
            "aaaaaaaa-0000-4000-8000-000000000003",
            "bbbbbbbb-0000-4000-8000-000000000003",
            List.of(
                new Federated(
                    fixture.issuer().issuer().toString(),
                    WORKLOAD.subject(),
                    Federated.AUDIENCE,
                    fixture.issuer()::publishedKeys)));
    azure.tenant().add(gateway);
    azure.tenant().addObject(ALICES_OBJECT);
    azure.tenant().addObject(BOBS_OBJECT);
    azure.tenant().tokenLifetime(Duration.ofDays(7));
    var unused = azure.add(SUBSCRIPTION, "orders", fixture.account(), Map.of());
    azure.grant(
        gateway.objectId(),
        RESOURCE,
        "Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions/*",
        "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments/*");
    Files.writeString(
        fixture.folder().resolve("platform.jwt"),
        fixture
            .issuer()
            .accessToken(
                WORKLOAD,
                CLIENT,
                claims -> claims.audience(Federated.AUDIENCE).expirationTime(inDays(7))));
    fixture.configure(
        text ->
            text.replace(
                    "keyFile: account.key",
                    "keyFile: account.key\n    lanes: [proxy, rbac]\n    resourceId: " + RESOURCE)
                .replace(
                    "issuers:",
                    """
                    azure:
                      identity: { kind: workload, tenantId: %s, clientId: %s, tokenFile: platform.jwt, authority: '%s' }
                      resourceManager: %s
                    issuers:\
                    """
                        .formatted(
                            TENANT,
                            gateway.clientId(),
                            azure.tenant().authority(),
                            azure.endpoint()))
                .replace(
                    "userAnnotation: example.com/subject",
                    "userAnnotation: example.com/subject\n    objectIdClaim: oid"));
    fixture.account().createContainer("shop", "invoices", "/customerId");
    fixture.account().put("shop", "invoices", json("{\"id\":\"i1\",\"customerId\":\"c1\"}"));
    roles =
        AzureResources.of(fixture.configuration().azure().orElseThrow())
            .roles(ResourceId.parse(RESOURCE));
  }

  private static Date inDays(int days) {
    return Date.from(fixture.clock().instant().plus(Duration.ofDays(days)));
  }

  /** Alice is in the team, Bob in another group. */
  @BeforeEach
  void asAtTheStart() throws Exception {
    policy("");
    catalog("team");
    fixture.restart();
  }

  private static void policy(String more) throws Exception {
    fixture.write(
        "policy.yaml",
        """
        apiVersion: ephemeris.dev/v1
        roles:
          point-reader: { actions: [readMetadata, items/read] }
          trigger: { actions: [readMetadata, items/create, runTriggers] }
        rules:
          - name: the team reads orders
            for: { groups: [group:default/team] }
            role: data-reader
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
            ttl: { default: 1h, max: 4h }
          - name: the team reads items of orders
            for: { groups: [group:default/team] }
            role: point-reader
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
          - name: the team triggers
            for: { groups: [group:default/team] }
            role: trigger
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
          - name: others read invoices
            for: { groups: [group:default/others] }
            role: data-reader
            scopes: ["orders-prod:/dbs/shop/colls/invoices"]
        %s
        """
            .formatted(more));
  }

  private static void catalog(String alices) throws Exception {
    fixture.write(
        "org.yaml",
        """
        kind: Group
        metadata: { name: team }
        ---
        kind: Group
        metadata: { name: others }
        ---
        kind: Group
        metadata: { name: platform }
        ---
        kind: User
        metadata: { name: alice, annotations: { example.com/subject: sub-alice } }
        spec: { memberOf: [%s] }
        ---
        kind: User
        metadata:
          name: bob
          annotations: { example.com/subject: sub-bob, graph.microsoft.com/user-id: %s }
        spec: { memberOf: [others] }
        """
            .formatted(alices, BOBS_OBJECT));
  }

  @AfterEach
  void tidyUp() {
    clients.forEach(CosmosClient::close);
    azure.delays(Delays.NONE);
    fixture.clock().advance(Duration.ofHours(5));
    for (RoleAssignment each : roles.list().assignments()) {
      unassign(each);
    }
  }

  /** The gateway may be at it, too, and Azure does one thing after the other. */
  private static void unassign(RoleAssignment each) {
    while (true) {
      try {
        roles.unassign(each);
        return;
      } catch (AccountRoles.RolesException busy) {
        assertThat(busy).hasMessageContaining("PreconditionFailed");
      }
    }
  }

  @AfterAll
  static void stop() throws Exception {
    SSLContext.setDefault(before);
    fixture.close();
    azure.close().await();
    VERTX.close().await();
  }

  private static String token(Person person, String objectId, String tenant) {
    return fixture
        .issuer()
        .accessToken(
            person,
            CLIENT,
            claims -> claims.claim("oid", objectId).claim("tid", tenant).expirationTime(inDays(1)));
  }

  private static String alice() {
    return token(ALICE, ALICES_OBJECT, TENANT);
  }

  private static Reply ask(String token, String scope, String members) throws Exception {
    return fixture.api(
        "POST",
        "/v1/leases",
        token,
        "{\"lane\":\"rbac\",\"scope\":\"" + scope + "\"" + members + "}");
  }

  private static JsonNode given(String token, String scope, String members) throws Exception {
    Reply reply = ask(token, scope, members);
    assertThat(reply.status()).as(reply.body()).isEqualTo(201);
    return reply.json();
  }

  private static void end(JsonNode issued, String token) throws Exception {
    Reply reply = fixture.api("DELETE", "/v1/leases/" + issued.at("/lease/id").asText(), token, "");
    assertThat(reply.status()).isEqualTo(204);
  }

  /** What is under way is done once somebody else has what they ask for now. */
  private static void untilLookedAgain() throws Exception {
    String bob = token(BOB, "none", "none");
    end(given(bob, INVOICES, ""), bob);
  }

  /** Whoever uses the SDK with their own token of Entra ID's. */
  private CosmosContainer container(String objectId, String name) {
    CosmosClient client =
        new CosmosClientBuilder()
            .endpoint(fixture.account().endpoint().toString())
            .credential(
                context ->
                    Mono.fromSupplier(
                        () ->
                            new AccessToken(
                                azure.tenant().token(objectId, Tenant.COSMOS),
                                OffsetDateTime.now(ZoneOffset.UTC).plusMinutes(10))))
            .gatewayMode()
            .buildClient();
    clients.add(client);
    return client.getDatabase("shop").getContainer(name);
  }

  private static JsonNode read(CosmosContainer container, String id) {
    return container.readItem(id, new PartitionKey("c1"), JsonNode.class).getItem();
  }

  private static void assertForbidden(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CosmosException.class, e -> assertThat(e.getStatusCode()).isEqualTo(403));
  }

  private static List<String> assigned(String objectId) {
    return roles.list().assignments().stream()
        .filter(each -> each.principal().toString().equals(objectId))
        .map(each -> each.id().toString())
        .toList();
  }

  @Test
  void letsInWithTheCallersOwnTokenWhereTheLeaseIsForAndNowhereElse() throws Exception {
    JsonNode issued = given(alice(), ORDERS, "");

    assertThat(issued.at("/lease/lane").asText()).isEqualTo("rbac");
    assertThat(issued.at("/lease/atAccount/objectId").asText()).isEqualTo(ALICES_OBJECT);
    assertThat(issued.path("endpoint").asText()).isEqualTo(fixture.account().endpoint().toString());
    assertThat(issued.path("effectiveWithinSeconds").asInt()).isPositive();
    assertThat(issued.has("token")).isFalse();
    assertThat(assigned(ALICES_OBJECT))
        .containsExactly(issued.at("/lease/atAccount/assignmentIds/0").asText());
    CosmosContainer orders = container(ALICES_OBJECT, "orders");
    assertThat(read(orders, "o1").path("total").intValue()).isEqualTo(12);
    assertForbidden(() -> orders.upsertItem(json("{\"id\":\"n\",\"customerId\":\"c1\"}")));
    CosmosContainer invoices = container(ALICES_OBJECT, "invoices");
    assertForbidden(() -> read(invoices, "i1"));

    JsonNode record = fixture.journal("roleAssigned").getLast();
    assertThat(record.at("/leaseIds/0").asText()).isEqualTo(issued.at("/lease/id").asText());
    assertThat(record.path("objectId").asText()).isEqualTo(ALICES_OBJECT);
    assertThat(record.path("principal").asText()).isEqualTo("corp:sub-alice");
    end(issued, alice());
  }

  @Test
  void letsNobodyInOnceTheLeaseIsRevoked() throws Exception {
    JsonNode issued = given(alice(), ORDERS, "");
    JsonNode other = given(alice(), ORDERS, "");
    CosmosContainer orders = container(ALICES_OBJECT, "orders");
    end(issued, alice());
    untilLookedAgain();
    assertThat(read(orders, "o1")).isNotNull();

    end(other, alice());
    untilLookedAgain();

    assertThat(assigned(ALICES_OBJECT)).isEmpty();
    assertForbidden(() -> read(orders, "o1"));
    assertThat(fixture.journal("roleUnassigned"))
        .anyMatch(
            record -> record.at("/leaseIds/0").asText().equals(other.at("/lease/id").asText()));
  }

  @Test
  void letsNobodyInOnceTheLeaseHasExpired() throws Exception {
    JsonNode unused = given(alice(), ORDERS, ",\"ttlSeconds\":3600");
    CosmosContainer orders = container(ALICES_OBJECT, "orders");
    assertThat(read(orders, "o1")).isNotNull();

    fixture.clock().advance(Duration.ofMinutes(61));
    untilLookedAgain();

    assertForbidden(() -> read(orders, "o1"));
  }

  @Test
  void takesItBackFromWhoeverLeftTheGroup() throws Exception {
    JsonNode issued = given(alice(), ORDERS, "");
    CosmosContainer orders = container(ALICES_OBJECT, "orders");
    assertThat(read(orders, "o1")).isNotNull();

    catalog("others");
    fixture.restart();
    untilLookedAgain();

    assertForbidden(() -> read(orders, "o1"));
    JsonNode ended = fixture.journal("leaseRevoked").getLast();
    assertThat(ended.path("leaseId").asText())
        .isIn(
            issued.at("/lease/id").asText(),
            fixture.journal("leaseIssued").getLast().path("leaseId").asText());
    assertThat(fixture.journal("leaseRevoked"))
        .anyMatch(
            record ->
                record.path("leaseId").asText().equals(issued.at("/lease/id").asText())
                    && record.path("by").asText().equals("gateway"));
  }

  /** Operations take their time, and what they change spreads by and by. */
  @Test
  void takesEffectWithinWhatIsSaidBothWays() throws Exception {
    RoleAssignment toConnect =
        new RoleAssignment(
            roles.account(),
            UUID.randomUUID(),
            UUID.fromString(ALICES_OBJECT),
            Role.DATA_READER.azureId().orElseThrow(),
            Scope.of("orders-prod", "shop", "invoices"));
    roles.assign(toConnect);
    azure.delays(
        Delays.NONE.withRoleChange(Duration.ofSeconds(1)).withRoleSpread(Duration.ofMinutes(4)));

    JsonNode issued = given(alice(), ORDERS, "");

    Duration within = Duration.ofSeconds(issued.path("effectiveWithinSeconds").asInt());
    CosmosContainer orders = container(ALICES_OBJECT, "orders");
    assertForbidden(() -> read(orders, "o1"));
    fixture.clock().advance(within);
    assertThat(read(orders, "o1")).isNotNull();
    end(issued, alice());
    untilLookedAgain();
    assertThat(assigned(ALICES_OBJECT)).containsExactly(toConnect.id().toString());
    fixture.clock().advance(within);
    assertForbidden(() -> read(orders, "o1"));
  }

  @Test
  void definesWhatAzureHasNoRoleForAndRemovesItAgain() throws Exception {
    JsonNode issued = given(alice(), ORDERS, ",\"role\":\"point-reader\"");
    CosmosContainer orders = container(ALICES_OBJECT, "orders");

    assertThat(read(orders, "o1")).isNotNull();
    assertForbidden(
        () -> orders.queryItems("SELECT * FROM c", null, JsonNode.class).stream().count());
    assertThat(roles.list().definitions()).anyMatch(each -> !each.builtIn());
    end(issued, alice());
    untilLookedAgain();
    assertThat(roles.list().definitions()).allMatch(each -> each.builtIn());
  }

  @Test
  void seesAfterACrashToWhatNoLeaseHoldsAndLeavesOthersAlone() throws Exception {
    JsonNode kept = given(alice(), ORDERS, "");
    JsonNode lost = given(alice(), ORDERS, ",\"role\":\"point-reader\"");
    RoleAssignment others =
        new RoleAssignment(
            roles.account(),
            UUID.randomUUID(),
            UUID.fromString(ALICES_OBJECT),
            Role.DATA_READER.azureId().orElseThrow(),
            Scope.of("orders-prod", "shop", "invoices"));
    roles.assign(others);
    fixture.stopGateway();
    fixture.sql("DELETE FROM lease WHERE id = '" + lost.at("/lease/id").asText() + "'");
    // What is kept was removed by hand, or never made.
    roles.list().assignments().stream()
        .filter(
            each ->
                each.id().toString().equals(kept.at("/lease/atAccount/assignmentIds/0").asText()))
        .forEach(roles::unassign);

    fixture.restart();
    untilLookedAgain();

    assertThat(assigned(ALICES_OBJECT))
        .containsExactlyInAnyOrder(
            others.id().toString(), kept.at("/lease/atAccount/assignmentIds/0").asText());
    assertThat(read(container(ALICES_OBJECT, "orders"), "o1")).isNotNull();
    end(kept, alice());
    untilLookedAgain();
    assertThat(assigned(ALICES_OBJECT)).containsExactly(others.id().toString());
  }

  @Test
  void refusesWhatSomebodyElseGivesAlready() throws Exception {
    RoleAssignment others =
        new RoleAssignment(
            roles.account(),
            UUID.randomUUID(),
            UUID.fromString(ALICES_OBJECT),
            Role.DATA_READER.azureId().orElseThrow(),
            Scope.of("orders-prod", "shop", "orders"));
    roles.assign(others);

    Reply refused = ask(alice(), ORDERS, "");

    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.detail()).contains(others.id().toString(), "isn't the gateway's");
    assertThat(fixture.api("GET", "/v1/leases", alice(), "").json().at("/leases/0/state").asText())
        .isEqualTo("revoked");
  }

  @Test
  void isForWhomEntraIdKnows() throws Exception {
    Reply nobody = ask(token(ALICE, "", ""), ORDERS, "");
    assertThat(nobody.status()).isEqualTo(403);
    assertThat(nobody.detail())
        .contains("nobody says which object in Entra ID you are", "graph.microsoft.com/user-id");

    Reply elsewhere =
        ask(token(ALICE, ALICES_OBJECT, "82f988bf-0000-4000-8000-00000000abce"), ORDERS, "");
    assertThat(elsewhere.status()).isEqualTo(403);

    Reply unknown = ask(token(ALICE, UUID.randomUUID().toString(), TENANT), ORDERS, "");
    assertThat(unknown.status()).isEqualTo(403);
    assertThat(unknown.detail()).contains("was not found in the AAD tenant");
    assertThat(assigned(ALICES_OBJECT)).isEmpty();

    // The catalog says who Bob is.
    String bob = token(BOB, "", "");
    JsonNode given = given(bob, INVOICES, "");
    assertThat(given.at("/lease/atAccount/objectId").asText()).isEqualTo(BOBS_OBJECT);
    assertThat(read(container(BOBS_OBJECT, "invoices"), "i1")).isNotNull();
    end(given, bob);
  }

  @Test
  void refusesWhatNoRoleCanHoldTo() throws Exception {
    Reply key = ask(alice(), ORDERS, ",\"partitionKey\":[\"c1\"]");
    assertThat(key.status()).isEqualTo(403);
    assertThat(key.detail()).contains("a role is for a container or more");

    Reply triggers = ask(alice(), ORDERS, ",\"role\":\"trigger\"");
    assertThat(triggers.status()).isEqualTo(403);
    assertThat(triggers.detail()).contains("no data action for runTriggers");

    for (String rule :
        List.of(
            "effect: deny\n    actions: [items/read]",
            "role: data-reader\n    limits: { requestUnitsPerMinute: 100 }",
            "role: data-reader\n    partitionKey: [c1]",
            "effect: deny\n    actions: [items/read]\n    when: { mfa: true }")) {
      policy(
          """
            - name: more of it
              for: { groups: [group:default/team] }
              scopes: ["orders-prod:/dbs/shop/colls/orders"]
              %s
          """
              .formatted(rule));
      fixture.restart();

      Reply refused = ask(alice(), ORDERS, "");

      assertThat(refused.status()).as(rule).isEqualTo(403);
      assertThat(assigned(ALICES_OBJECT)).as(rule).isEmpty();
    }
  }
}
