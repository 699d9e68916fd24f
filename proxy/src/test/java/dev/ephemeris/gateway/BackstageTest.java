package dev.ephemeris.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.gateway.metrics.Scrape;
import dev.ephemeris.simulator.issuer.Person;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A whole gateway, a real Backstage, and the real SDK: who may what is what the catalog says. */
@Tag("full")
class BackstageTest {

  /** Alice is in the squad, that is in the team, that is in the department. */
  private static final String ORG =
      """
      apiVersion: backstage.io/v1alpha1
      kind: Group
      metadata: { name: department }
      spec: { type: department, children: [team] }
      ---
      apiVersion: backstage.io/v1alpha1
      kind: Group
      metadata: { name: team }
      spec: { type: team, children: [] }
      ---
      apiVersion: backstage.io/v1alpha1
      kind: Group
      metadata: { name: squad }
      spec: { type: squad, parent: team, children: [] }
      ---
      apiVersion: backstage.io/v1alpha1
      kind: Group
      metadata: { name: platform }
      spec: { type: team, children: [], members: [opal] }
      ---
      apiVersion: backstage.io/v1alpha1
      kind: User
      metadata: { name: opal, annotations: { example.com/subject: sub-opal } }
      spec: { memberOf: [] }
      ---
      apiVersion: backstage.io/v1alpha1
      kind: User
      metadata: { name: bob, annotations: { example.com/subject: sub-bob } }
      spec: { memberOf: [ghosts] }
      """;

  private static final String ALICE =
      """
      ---
      apiVersion: backstage.io/v1alpha1
      kind: User
      metadata: { name: alice, annotations: { example.com/subject: sub-alice } }
      spec: { memberOf: [squad] }
      """;

  private static RealBackstage backstage;
  private GatewayFixture fixture;

  @BeforeAll
  static void startBackstage() throws Exception {
    // The Java SDK has no other way to trust a certificate for one client only.
    System.setProperty("COSMOS.EMULATOR_SERVER_CERTIFICATE_VALIDATION_DISABLED", "true");
    backstage = new RealBackstage(ORG + ALICE);
  }

  @AfterAll
  static void stopBackstage() throws Exception {
    backstage.close();
  }

  @BeforeEach
  void start() throws Exception {
    backstage.write(ORG + ALICE);
    until(() -> backstage.entity("user/default/alice").contains("group:default/squad"));
    fixture = new GatewayFixture();
    token(RealBackstage.TOKEN);
    Path configuration = fixture.folder().resolve("ephemeris.yaml");
    fixture.write(
        "ephemeris.yaml",
        Files.readString(configuration)
            .replaceFirst(
                "(?m)^catalog: .*$",
                "catalog: { backstage: { baseUrl: '%s', tokenFile: backstage.token, origins: ['%s'], refresh: 1s } }"
                    .formatted(backstage.baseUrl(), backstage.origin()))
            .replace(
                "principal: person\n", "principal: person\n    workloads: { idtyp: [app] }\n"));
    fixture.write(
        "policy.yaml",
        """
        apiVersion: ephemeris.dev/v1
        rules:
          - name: the department reads orders
            for: { groups: [group:default/department] }
            role: data-reader
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
            ttl: { default: 1h, max: 4h }
          - name: ghosts read orders
            for: { groups: [group:default/ghosts] }
            role: data-reader
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
            ttl: { default: 1h, max: 4h }
          - name: owners write
            for: { owners: true }
            role: data-contributor
            scopes: ["*:/dbs/*/colls/*"]
            ttl: { default: 1h, max: 4h }
          - name: owners' services write
            for: { owners: true, principal: workload }
            role: data-contributor
            scopes: ["*:/dbs/*/colls/*"]
            ttl: { default: 1h, max: 4h }
          - name: the department's services read
            for: { groups: [group:default/department], principal: workload }
            role: data-reader
            scopes: ["*:/dbs/*/colls/*"]
            ttl: { default: 1h, max: 4h }
        """);
    fixture.restart();
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  private void token(String text) throws Exception {
    fixture.write("backstage.token", text);
    Files.setPosixFilePermissions(
        fixture.folder().resolve("backstage.token"), PosixFilePermissions.fromString("rw-------"));
  }

  private int ask(Person person, String role) throws Exception {
    return fixture
        .api(
            "POST",
            "/v1/leases",
            fixture.token(person),
            "{\"scope\":\"%s\",\"role\":\"%s\"}".formatted(GatewayFixture.ORDERS, role))
        .status();
  }

  /** With a token of which the issuer says that it is an application's. */
  private int askAsWorkload(String role) throws Exception {
    String token =
        fixture
            .issuer()
            .accessToken(
                GatewayFixture.BOB,
                GatewayFixture.CLIENT,
                claims -> claims.subject("app-7").claim("idtyp", "app"));
    return fixture
        .api(
            "POST",
            "/v1/leases",
            token,
            "{\"scope\":\"%s\",\"role\":\"%s\"}".formatted(GatewayFixture.ORDERS, role))
        .status();
  }

  private CosmosClient sdk(String token) {
    return new CosmosClientBuilder()
        .endpoint(fixture.gateway().dataPlane().toString())
        .key(token)
        .gatewayMode()
        .buildClient();
  }

  /** The status of a point read with the SDK. */
  private static int read(CosmosClient client) {
    try {
      return client
          .getDatabase("shop")
          .getContainer("orders")
          .readItem("o1", new PartitionKey("c1"), JsonNode.class)
          .getStatusCode();
    } catch (CosmosException e) {
      return e.getStatusCode();
    }
  }

  private JsonNode catalog() throws Exception {
    return fixture
        .send(HttpRequest.newBuilder(fixture.managementHealth()))
        .json()
        .at("/parts/catalog");
  }

  private String notice() throws Exception {
    return catalog().path("notice").asText();
  }

  private JsonNode inForce() throws Exception {
    return fixture.api("GET", "/v1/policy", fixture.token(GatewayFixture.OPAL), "").json();
  }

  private double metric(String name) throws Exception {
    return Scrape.of(fixture).series().getOrDefault(name, Double.NaN);
  }

  /** Backstage takes its time: it deletes what nobody says any more every half a minute. */
  private static void until(Callable<Boolean> condition) throws Exception {
    for (int i = 0; i < 1200 && !condition.call(); i++) {
      Thread.sleep(100);
    }
    assertThat(condition.call()).isTrue();
  }

  @Test
  void membersOfGroupsWithinGroupsAreMembers() throws Exception {
    try (CosmosClient client = sdk(fixture.lease().path("token").textValue())) {
      assertThat(read(client)).isEqualTo(200);
    }
    assertThat(ask(GatewayFixture.BOB, "data-reader")).isEqualTo(403);
    assertThat(inForce().path("notices").toString())
        .contains("user:default/bob refers to group:default/ghosts, which isn't there");
  }

  @Test
  void whoLeavesAGroupIsRefusedTheNextRequest() throws Exception {
    try (CosmosClient client = sdk(fixture.lease().path("token").textValue())) {
      assertThat(read(client)).isEqualTo(200);

      backstage.write(ORG + ALICE.replace("[squad]", "[]"));
      until(() -> read(client) == 403);
    }
  }

  @Test
  void aGroupThatIsTakenOutOfAnotherTakesItsMembersAlong() throws Exception {
    try (CosmosClient client = sdk(fixture.lease().path("token").textValue())) {
      backstage.write(ORG.replace("parent: team, ", "") + ALICE);
      until(() -> read(client) == 403);
    }
  }

  @Test
  void whoIsDeletedIsRefusedTheNextRequest() throws Exception {
    try (CosmosClient client = sdk(fixture.lease().path("token").textValue())) {
      backstage.write(ORG);
      until(() -> read(client) == 403);
    }
    assertThat(fixture.api("GET", "/v1/me", fixture.token(GatewayFixture.ALICE), "").body())
        .doesNotContain("user:default/alice");
  }

  /** With an origin of their own writing, which Backstage doesn't believe either. */
  @Test
  void whatAnybodyRegistersGivesNobodyAnythingAndTakesNothingAway() throws Exception {
    int before = (int) metric("ephemeris_catalog_other_origins");
    String origin =
        backstage.register(
            "claims.yaml",
            """
            apiVersion: backstage.io/v1alpha1
            kind: Group
            metadata: { name: ghosts, annotations: { backstage.io/managed-by-origin-location: "%1$s" } }
            spec: { type: team, children: [department], parent: department, members: [bob] }
            ---
            apiVersion: backstage.io/v1alpha1
            kind: User
            metadata:
              name: mallory
              annotations:
                backstage.io/managed-by-origin-location: "%1$s"
                example.com/subject: sub-alice
            spec: { memberOf: [department] }
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Resource
            metadata:
              name: grab
              annotations:
                backstage.io/managed-by-origin-location: "%1$s"
                ephemeris.dev/scopes: "orders-prod:/dbs/shop/colls/orders"
            spec: { type: cosmosdb-container, owner: "user:default/bob" }
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata:
              name: grab
              annotations:
                backstage.io/managed-by-origin-location: "%1$s"
                ephemeris.dev/scopes: "orders-prod:/dbs/shop"
            spec: { type: service, lifecycle: production, owner: "user:default/bob" }
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata:
              name: puppet
              annotations:
                backstage.io/managed-by-origin-location: "%1$s"
                ephemeris.dev/workload-identity: "corp:app-7"
            spec: { type: service, lifecycle: production, owner: "group:default/department" }
            """
                .formatted(backstage.origin()));
    for (String ref :
        new String[] {
          "group/default/ghosts",
          "user/default/mallory",
          "resource/default/grab",
          "component/default/grab",
          "component/default/puppet"
        }) {
      until(() -> backstage.entity(ref).contains("\"" + origin + "\""));
    }
    until(() -> metric("ephemeris_catalog_other_origins") >= before + 5);

    assertThat(ask(GatewayFixture.BOB, "data-reader")).isEqualTo(403);
    assertThat(ask(GatewayFixture.BOB, "data-contributor")).isEqualTo(403);
    assertThat(askAsWorkload("data-reader")).isEqualTo(403);
    assertThat(ask(GatewayFixture.ALICE, "data-reader")).isEqualTo(201);
    assertThat(ask(GatewayFixture.ALICE, "data-contributor")).isEqualTo(403);
    assertThat(inForce().path("notices").toString()).doesNotContain("mallory", "grab");
  }

  /** Its Component, and what its owner owns: registered together, decided by one rule. */
  @Test
  void aNewServiceGetsWhatItsOwnerOwns() throws Exception {
    String service =
        """
        ---
        apiVersion: backstage.io/v1alpha1
        kind: Component
        metadata:
          name: orders-api
          annotations: { ephemeris.dev/workload-identity: "corp:app-7" }
        spec: { type: service, lifecycle: production, owner: squad }
        """;
    String container =
        """
        ---
        apiVersion: backstage.io/v1alpha1
        kind: Resource
        metadata:
          name: orders
          annotations: { ephemeris.dev/scopes: "orders-prod:/dbs/shop/colls/orders" }
        spec: { type: cosmosdb-container, owner: squad }
        """;
    assertThat(askAsWorkload("data-contributor")).isEqualTo(403);

    backstage.write(ORG + ALICE + service + container);
    until(() -> askAsWorkload("data-contributor") == 201);
    assertThat(ask(GatewayFixture.BOB, "data-contributor")).isEqualTo(403);

    backstage.write(ORG + ALICE + service + container + service.replace("orders-api", "other-api"));
    until(() -> askAsWorkload("data-contributor") == 403);
    assertThat(inForce().path("notices").toString())
        .contains("claim the subject of corp:app-7 both, and neither gets it");
  }

  @Test
  void whatTwoClaimIsNeithers() throws Exception {
    String orders =
        """
        ---
        apiVersion: backstage.io/v1alpha1
        kind: Resource
        metadata:
          name: orders
          annotations: { ephemeris.dev/scopes: "orders-prod:/dbs/shop/colls/orders" }
        spec: { type: cosmosdb-container, owner: squad }
        """;
    backstage.write(ORG + ALICE + orders);
    until(() -> ask(GatewayFixture.ALICE, "data-contributor") == 201);

    backstage.write(
        ORG
            + ALICE
            + orders
            + orders.replace("name: orders", "name: again").replace("squad", "user:bob"));
    until(() -> ask(GatewayFixture.ALICE, "data-contributor") == 403);

    assertThat(ask(GatewayFixture.BOB, "data-contributor")).isEqualTo(403);
    assertThat(inForce().path("notices").toString())
        .contains("claim orders-prod:/dbs/shop/colls/orders both, and neither gets it");
    assertThat(fixture.journal("catalogFlawed").getLast().path("notices").toString())
        .contains("claim orders-prod:/dbs/shop/colls/orders both");
  }

  @Test
  void aTokenThatItDoesNotKnowIsTold() throws Exception {
    token("another-token-than-it-knows");
    until(() -> notice().contains("it refuses the token (401)"));

    assertThat(notice()).doesNotContain("another-token");
    assertThat(ask(GatewayFixture.ALICE, "data-reader")).isEqualTo(201);
  }

  @Test
  void nobodyGetsThroughOnceItHasBeenAwayForTooLong() throws Exception {
    String lease = fixture.lease().path("token").textValue();
    backstage.stop();
    until(() -> notice().contains("Backstage gives no answer since"));
    assertThat(fixture.readOrder(lease).status()).isEqualTo(200);

    fixture.clock().advance(Duration.ofMinutes(5));
    Reply read = fixture.readOrder(lease);
    assertThat(read.status()).isEqualTo(503);
    assertThat(read.body()).contains("Backstage's catalog");
    assertThat(catalog().path("ready").booleanValue()).isFalse();

    backstage.restart();
    until(() -> fixture.readOrder(lease).status() == 200);
  }
}
