package dev.ephemeris.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.models.CosmosBatch;
import com.azure.cosmos.models.CosmosItemRequestOptions;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.gateway.metrics.Scrape;
import dev.ephemeris.simulator.issuer.Person;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An account in report mode: what the rules refuse passes and is told, and nothing else does. */
class ReportModeTest {

  private static final String POLICY =
      """
      apiVersion: ephemeris.dev/v1
      rules:
        - name: the team reads orders
          for: { groups: [group:default/team] }
          role: data-reader
          scopes: ["orders-prod:/dbs/shop/colls/orders"]
          ttl: { default: 1h, max: 4h }
        - name: nobody deletes orders
          effect: deny
          for: { principal: person }
          actions: [items/delete]
      """;

  private static final String ORDERS = "/dbs/shop/colls/orders";
  private static final String ORDER = ORDERS + "/docs/o1";
  private static final String COUNTED = "ephemeris_reported_total{account=\"%s\",reason=\"%s\"}";
  private static final String REPORT_MODE = "report mode, by the configuration";

  private GatewayFixture fixture;

  @BeforeEach
  void start() throws Exception {
    fixture = new GatewayFixture();
    fixture.write("policy.yaml", POLICY);
    mode("report");
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  private void mode(String mode) throws Exception {
    configure(
        "    environment: prod\n(    mode: .*\n)?",
        "    environment: prod\n    mode: " + mode + "\n");
  }

  private void configure(String find, String replacement) throws Exception {
    Path file = fixture.folder().resolve("ephemeris.yaml");
    fixture.write("ephemeris.yaml", Files.readString(file).replaceFirst(find, replacement));
    fixture.restart();
  }

  private Reply ask(Person person, String scope, String more) throws Exception {
    return fixture.api(
        "POST",
        "/v1/leases",
        fixture.token(person),
        "{\"scope\": \"orders-prod:" + scope + "\"" + more + "}");
  }

  private String lease(Person person, String scope, String more) throws Exception {
    Reply given = ask(person, scope, more);
    assertThat(given.status()).as(given.body()).isEqualTo(201);
    return given.json().path("token").textValue();
  }

  /** Of a sign-in some time before, as the issuer would tell it. */
  private String ownToken(Person person) {
    long signedIn = fixture.clock().instant().minusSeconds(600).getEpochSecond();
    return "type=aad&ver=1.0&sig="
        + fixture
            .issuer()
            .accessToken(
                person,
                GatewayFixture.CLIENT,
                claims -> claims.audience("api://ephemeris-data").claim("auth_time", signedIn));
  }

  private Reply send(String method, String path, String credential) throws Exception {
    return send(method, path, credential, "");
  }

  private Reply send(String method, String path, String credential, String body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(fixture.gateway().dataPlane().resolve(path))
            .header("x-ms-version", "2020-07-15")
            .header("x-ms-documentdb-partitionkey", "[\"c1\"]")
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!credential.isEmpty()) {
      request.header("authorization", URLEncoder.encode(credential, StandardCharsets.UTF_8));
    }
    return fixture.send(request);
  }

  /** Of each record of a refusal that passed: actions, scope, reason, rule. */
  private List<String> reported() throws IOException {
    return fixture.journal("decision").stream()
        .filter(record -> record.path("decision").textValue().equals("report"))
        .map(
            record ->
                "%s %s %s %s"
                    .formatted(
                        record.path("actions"),
                        record.path("scope").textValue(),
                        record.path("reason").textValue(),
                        record.path("rule").asText()))
        .toList();
  }

  // --- what passes -------------------------------------------------------------------------------

  /** It is had without anybody's approval, and told; where nobody looks at requests, it isn't. */
  @Test
  void whatWantsAnApprovalPasses() throws Exception {
    fixture.write(
        "policy.yaml",
        POLICY.replace(
                "rules:",
                "roles:\n  changer: { actions: [readMetadata, items/read, items/replace] }\nrules:")
            + """
              - name: changes are approved
                for: { groups: [group:default/team] }
                role: changer
                scopes: ["orders-prod:/dbs/shop/colls/orders"]
                approval: { from: [group:default/platform], expires: 1h }
            """);
    configure("    environment: prod\n", "    environment: prod\n    lanes: [proxy, token]\n");

    String lease = lease(GatewayFixture.ALICE, ORDERS, ",\"role\":\"changer\"");
    int replaced = send("PUT", ORDER, lease, "{\"id\":\"o1\",\"customerId\":\"c1\"}").status();

    assertThat(replaced).isEqualTo(200);
    assertThat(reported())
        .anyMatch(told -> told.endsWith("needs-approval changes are approved"))
        .anyMatch(
            told -> told.startsWith("[\"items/replace\"]") && told.contains("needs-approval"));
    Reply direct = ask(GatewayFixture.ALICE, ORDERS, ",\"role\":\"changer\",\"lane\":\"token\"");
    assertThat(direct.json().path("reason").asText()).isEqualTo("needs-approval");
  }

  @Test
  void theSdkDoesWhatTheRulesRefuse() throws Exception {
    System.setProperty("COSMOS.EMULATOR_SERVER_CERTIFICATE_VALIDATION_DISABLED", "true");
    String token = lease(GatewayFixture.ALICE, ORDERS, ",\"role\": \"data-contributor\"");
    int before = reported().size();

    try (CosmosClient client =
        new CosmosClientBuilder()
            .endpoint(fixture.gateway().dataPlane().toString())
            .key(token)
            .gatewayMode()
            .buildClient()) {
      CosmosContainer orders = client.getDatabase("shop").getContainer("orders");
      PartitionKey key = new PartitionKey("c1");
      ObjectNode order = orders.readItem("o1", key, ObjectNode.class).getItem();
      assertThat(reported()).hasSize(before);

      CosmosBatch batch = CosmosBatch.createCosmosBatch(key);
      batch.upsertItemOperation(order.deepCopy().put("id", "o2"));
      batch.readItemOperation("o1");
      batch.deleteItemOperation("o1");
      assertThat(orders.executeCosmosBatch(batch).getStatusCode()).isEqualTo(200);
      orders.deleteItem("o2", key, new CosmosItemRequestOptions());
    }

    assertThat(fixture.account().find("shop", "orders", "o1")).isEmpty();
    assertThat(fixture.account().find("shop", "orders", "o2")).isEmpty();
    String deleted =
        "[\"items/delete\"] orders-prod:" + ORDERS + " denied-by-rule nobody deletes orders";
    assertThat(reported().subList(before, reported().size()))
        .containsExactly(
            "[\"items/upsert\"] orders-prod:" + ORDERS + " no-rule ", deleted, deleted);
    List<JsonNode> journal = fixture.journal();
    JsonNode last =
        journal.stream()
            .filter(record -> record.path("type").asText().equals("requestIntent"))
            .reduce((one, next) -> next)
            .orElseThrow();
    assertThat(last.path("operation").textValue()).isEqualTo("DELETE_ITEM");
    assertThat(last.path("rule").textValue()).isEqualTo(REPORT_MODE);
    // On record before what it is about.
    JsonNode reported = fixture.journal("decision").getLast();
    assertThat(reported.path("activityId")).isEqualTo(last.path("activityId"));
    assertThat(reported.path("sequence").longValue())
        .isEqualTo(last.path("sequence").longValue() - 1);
  }

  @Test
  void aLeaseThatTheRulesRefuseIsGivenShortly() throws Exception {
    Reply given = ask(GatewayFixture.BOB, ORDERS, ",\"role\": \"data-contributor\"");

    assertThat(given.status()).isEqualTo(201);
    JsonNode lease = given.json().path("lease");
    assertThat(lease.path("rule").textValue()).isEqualTo(REPORT_MODE);
    assertThat(
            Duration.between(
                Instant.parse(lease.path("issuedAt").textValue()),
                Instant.parse(lease.path("expiresAt").textValue())))
        .isEqualTo(Duration.ofMinutes(15));
    assertThat(reported())
        .satisfiesExactly(
            first ->
                assertThat(first)
                    .startsWith("[\"readMetadata\",\"items/create\"")
                    .doesNotContain("items/delete")
                    .endsWith("] orders-prod:" + ORDERS + " no-rule "),
            second ->
                assertThat(second)
                    .startsWith("[\"items/delete\"]")
                    .endsWith(" denied-by-rule nobody deletes orders"));
    assertThat(fixture.journal("decision"))
        .allSatisfy(record -> assertThat(record.path("leaseId")).isEqualTo(lease.path("id")));
    Reply tooLong = ask(GatewayFixture.BOB, ORDERS, ",\"ttlSeconds\": 28801");
    assertThat(tooLong.status()).isEqualTo(400);
    assertThat(tooLong.detail()).contains("gives at most 8h");
  }

  @Test
  void onesOwnTokenOpensALeaseOfAllThatTheKeyAllows() throws Exception {
    String bob = ownToken(GatewayFixture.BOB);

    assertThat(send("GET", ORDER, bob).status()).isEqualTo(200);
    assertThat(
            send(
                    "POST",
                    "/dbs/shop/colls",
                    bob,
                    "{\"id\":\"made\",\"partitionKey\":{\"paths\":[\"/a\"]}}")
                .status())
        .isEqualTo(201);
    assertThat(send("GET", "/dbs/shop/colls", bob).json().path("DocumentCollections"))
        .extracting(container -> container.path("id").textValue())
        .containsExactlyInAnyOrder("orders", "made");
    assertThat(reported())
        .containsExactly(
            "[] orders-prod:/ no-rule ",
            "[\"items/read\"] orders-prod:" + ORDERS + " no-rule ",
            "[\"sqlDatabases/containers/write\"] orders-prod:/dbs/shop no-rule ");
  }

  @Test
  void itIsCountedAndTold() throws Exception {
    String bob = lease(GatewayFixture.BOB, ORDERS, ",\"role\": \"data-contributor\"");
    assertThat(send("GET", ORDER, bob).status()).isEqualTo(200);
    assertThat(send("DELETE", ORDER, bob).status()).isEqualTo(204);

    Scrape counted = Scrape.of(fixture);
    assertThat(counted.value(COUNTED.formatted("orders-prod", "no-rule"))).isEqualTo(2);
    assertThat(counted.value(COUNTED.formatted("orders-prod", "denied-by-rule"))).isEqualTo(2);
    assertThat(
            fixture
                .send(HttpRequest.newBuilder(fixture.managementHealth()))
                .json()
                .at("/parts/policy/notice")
                .textValue())
        .contains("orders-prod");
    JsonNode why =
        fixture
            .api(
                "POST",
                "/v1/explain",
                fixture.token(GatewayFixture.BOB),
                "{\"action\": \"items/read\", \"scope\": \"" + GatewayFixture.ORDERS + "\"}")
            .json();
    assertThat(why.path("decision").textValue()).isEqualTo("deny");
    assertThat(why.path("mode").textValue()).isEqualTo("report");
    assertThat(why.path("text").textValue()).endsWith("What a lease is for still holds.");
  }

  @Test
  void whatIsEnforcedAgainIsDecidedByTheRulesAlone() throws Exception {
    String bob = lease(GatewayFixture.BOB, ORDERS, "");
    String own = ownToken(GatewayFixture.BOB);
    assertThat(send("GET", ORDER, bob).status()).isEqualTo(200);
    assertThat(send("GET", ORDER, own).status()).isEqualTo(200);

    mode("enforce");

    assertThat(send("GET", ORDER, bob).status()).isEqualTo(403);
    assertThat(send("GET", ORDER, own).status()).isEqualTo(403);
    assertThat(ask(GatewayFixture.BOB, ORDERS, "").status()).isEqualTo(403);
    assertThat(send("GET", ORDER, ownToken(GatewayFixture.OPAL)).status()).isEqualTo(403);
    assertThat(
            fixture
                .api(
                    "POST",
                    "/v1/explain",
                    fixture.token(GatewayFixture.BOB),
                    "{\"action\": \"items/read\", \"scope\": \"" + GatewayFixture.ORDERS + "\"}")
                .json()
                .has("mode"))
        .isFalse();
  }

  // --- what doesn't ------------------------------------------------------------------------------

  @Test
  void aLeaseIsStillForWhatItIsFor() throws Exception {
    fixture.account().createContainer("shop", "payments", "/customerId");
    String reader = lease(GatewayFixture.BOB, ORDERS, "");
    String ofKey = lease(GatewayFixture.BOB, ORDERS, ",\"partitionKey\": [\"c2\"]");
    int before = reported().size();

    assertThat(send("DELETE", ORDER, reader).body()).contains("no rule allows it with this lease");
    assertThat(send("GET", "/dbs/shop/colls/payments/docs/p1", reader).status()).isEqualTo(403);
    assertThat(send("GET", ORDER, ofKey).body()).contains("is for one partition key");

    assertThat(reported()).hasSize(before);
    assertThat(fixture.journal("decision").subList(before, before + 3))
        .extracting(record -> record.path("reason").textValue())
        .containsExactly("outside-lease", "outside-lease", "outside-partition-key");
    assertThat(fixture.account().find("shop", "orders", "o1")).isPresent();
  }

  @Test
  void nobodyPassesWhoIsNobody() throws Exception {
    String revoked = lease(GatewayFixture.BOB, ORDERS, "");
    String id = fixture.journal("leaseIssued").getLast().path("leaseId").textValue();
    fixture.api("DELETE", "/v1/leases/" + id, fixture.token(GatewayFixture.BOB), "");
    String expired = lease(GatewayFixture.BOB, ORDERS, "");
    String forged = "type=resource&ver=1.0&sig=" + "a".repeat(43);
    int before = reported().size();

    for (String credential :
        List.of("", forged, revoked, "type=aad&ver=1.0&sig=" + fixture.token(GatewayFixture.BOB))) {
      assertThat(send("GET", ORDER, credential).status()).as(credential).isEqualTo(401);
    }
    fixture.clock().advance(Duration.ofMinutes(16));
    assertThat(send("GET", ORDER, expired).status()).isEqualTo(401);

    assertThat(reported()).hasSize(before);
  }

  @Test
  void aBlockHolds() throws Exception {
    assertThat(send("GET", ORDER, ownToken(GatewayFixture.BOB)).status()).isEqualTo(200);
    String id = fixture.journal("leaseIssued").getLast().path("leaseId").textValue();
    fixture.api("DELETE", "/v1/leases/" + id, fixture.token(GatewayFixture.BOB), "");

    assertThat(send("GET", ORDER, ownToken(GatewayFixture.BOB)).status()).isEqualTo(401);
  }

  @Test
  void whatGuardsAndParserRefuseIsRefused() throws Exception {
    String bob = ownToken(GatewayFixture.BOB);
    assertThat(send("GET", ORDER, bob).status()).isEqualTo(200);

    assertThat(send("GET", "/dbs//colls/orders/docs/o1", bob).status()).isEqualTo(400);
    Reply users = send("GET", "/dbs/shop/users", bob);
    assertThat(users.status()).isEqualTo(403);
    assertThat(users.header("x-ms-substatus")).isEqualTo("5300");
    assertThat(reported()).hasSize(2);
  }

  /** Whoever a rule lets is held to its limits; whoever none lets has no rule that limits them. */
  @Test
  void limitsOfARuleHold() throws Exception {
    fixture.write(
        "policy.yaml",
        """
        apiVersion: ephemeris.dev/v1
        rules:
          - name: the team writes little
            for: { groups: [group:default/team] }
            actions: [items/create]
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
            limits: { requestBytes: 10 }
        """);
    fixture.restart();
    String order = "{\"id\":\"o3\",\"customerId\":\"c1\"}";

    assertThat(send("POST", ORDERS + "/docs", ownToken(GatewayFixture.ALICE), order).status())
        .isEqualTo(413);
    assertThat(send("POST", ORDERS + "/docs", ownToken(GatewayFixture.BOB), order).status())
        .isEqualTo(201);
  }

  @Test
  void ephemerisOwnActionsAreRefused() throws Exception {
    assertThat(fixture.api("GET", "/v1/policy", fixture.token(GatewayFixture.BOB), "").status())
        .isEqualTo(403);
  }

  @Test
  void nothingPassesThatTheJournalDoesNotTake() throws Exception {
    String bob = lease(GatewayFixture.BOB, ORDERS, ",\"role\": \"data-contributor\"");
    fixture.loseJournal();

    assertThat(send("DELETE", ORDER, bob).status()).isEqualTo(503);
    assertThat(ask(GatewayFixture.BOB, ORDERS, "").status()).isEqualTo(503);

    assertThat(fixture.account().find("shop", "orders", "o1")).isPresent();
  }

  /** Another account of the same gateway is decided as ever. */
  @Test
  void oneAccountInReportModeChangesNothingForAnother() throws Exception {
    Path file = fixture.folder().resolve("ephemeris.yaml");
    String text = Files.readString(file);
    String account =
        text.substring(text.indexOf("  - name: orders-prod"), text.indexOf("issuers:"));
    fixture.write(
        "ephemeris.yaml",
        text.replace(
            account,
            account
                + account
                    .replace("name: orders-prod", "name: orders-eu")
                    .replace("mode: report", "mode: enforce")));
    fixture.restart();

    Reply refused =
        fixture.api(
            "POST",
            "/v1/leases",
            fixture.token(GatewayFixture.BOB),
            "{\"scope\": \"orders-eu:" + ORDERS + "\"}");

    assertThat(refused.status()).isEqualTo(403);
    assertThat(ask(GatewayFixture.BOB, ORDERS, "").status()).isEqualTo(201);
    Scrape counted = Scrape.of(fixture);
    assertThat(counted.value(COUNTED.formatted("orders-eu", "no-rule"))).isZero();
    assertThat(counted.value(COUNTED.formatted("orders-prod", "no-rule"))).isEqualTo(1);
  }
}
