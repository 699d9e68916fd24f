package dev.ephemeris.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.ephemeris.gateway.AzureBeside;
import dev.ephemeris.gateway.Copilot;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.gateway.mcp.AgentClient;
import dev.ephemeris.policy.GatewayAction;
import dev.ephemeris.simulator.issuer.TokenFault;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The running server against the contract that it publishes. */
class ContractTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String QUESTION =
      "{\"action\":\"items/read\",\"scope\":\"" + GatewayFixture.ORDERS + "\"}";
  private static final String REQUEST =
      "{\"scope\":\"" + GatewayFixture.ORDERS + "\",\"role\":\"data-reader\"}";

  private static GatewayFixture fixture;
  private static Copilot copilot;
  private static AzureBeside azure;
  private static String preview;
  private static JsonNode contract;
  private static String alice;
  private static String opal;

  @BeforeAll
  static void start() throws Exception {
    fixture = new GatewayFixture();
    copilot = new Copilot(fixture);
    azure =
        new AzureBeside(
            fixture,
            "Microsoft.DocumentDB/databaseAccounts/read",
            "Microsoft.DocumentDB/databaseAccounts/listKeys/action",
            "Microsoft.DocumentDB/databaseAccounts/regenerateKey/action",
            "Microsoft.Insights/diagnosticSettings/read");
    azure.keepRootKeys(fixture);
    fixture.append("policy.yaml", APPROVED + Copilot.READS);
    preview = azure.preview(fixture, "orders-pr-7", Map.of()).id();
    azure.letCome(fixture, "longest: 90d, keys: { kind: resource-manager }");
    alice = fixture.token(GatewayFixture.ALICE);
    opal = fixture.token(GatewayFixture.OPAL);
    contract = new YAMLMapper().readTree(fixture.api("GET", "/openapi.yaml", "", "").body());
  }

  @AfterAll
  static void stop() throws IOException {
    fixture.close();
    azure.close();
  }

  /** One operation of the contract, as it stands there. */
  record Operation(String id, String method, String path, JsonNode definition) {
    boolean matches(String requested) {
      return requested.matches(path.replaceAll("\\{\\w+}", "[^/]+"));
    }

    boolean open() {
      return definition.has("security") && definition.get("security").isEmpty();
    }

    /** What it says that it takes; nothing if it says nothing. */
    String action() {
      return definition.path("x-ephemeris-action").asText();
    }

    /** Whether a rule has to give it. */
    boolean given() {
      return !open() && !action().equals("ephemeris/self");
    }

    @Override
    public String toString() {
      return id;
    }
  }

  static List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    contract
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        method -> {
                          if (method.getValue().has("operationId")) {
                            operations.add(
                                new Operation(
                                    method.getValue().get("operationId").textValue(),
                                    method.getKey().toUpperCase(java.util.Locale.ROOT),
                                    path.getKey(),
                                    method.getValue()));
                          }
                        }));
    return operations;
  }

  /** A body for each operation that takes one; the test fails if one is missing. */
  private static final String SHUT_OUT =
      "{\"principal\":\"corp:sub-nobody\",\"reason\":\"a look\"}";

  /** What takes another's word; and, if it can't wait, none. */
  private static final String APPROVED =
      """
        - name: the team changes orders after approval
          for: { groups: [group:default/team] }
          role: data-contributor
          scopes: ["orders-prod:/dbs/shop/colls/orders"]
          approval: { from: [group:default/platform], expires: 1h, breakGlass: 5m }
      """;

  private static final String ASKED =
      "{\"scope\":\""
          + GatewayFixture.ORDERS
          + "\",\"role\":\"data-contributor\",\"reason\":\"a look\"}";

  private static final Map<String, String> BODIES =
      Map.ofEntries(
          Map.entry("addAccount", "one that ends after now"),
          Map.entry("explain", QUESTION),
          Map.entry("exchangeToken", "a form of its own"),
          Map.entry("issueLease", REQUEST),
          Map.entry("renewLease", "{}"),
          Map.entry("askForAccess", ASKED),
          Map.entry("approveAccess", "{\"ttlSeconds\":60}"),
          Map.entry("denyAccess", "{}"),
          Map.entry("reviewAccessRequest", "{\"justified\":true}"),
          Map.entry("kill", SHUT_OUT),
          Map.entry("suspend", SHUT_OUT),
          Map.entry("rotateAccountKeys", "{\"cutOffOthers\":true}"),
          Map.entry("panicAboutAccount", "{\"cutOffOthers\":true}"));

  /** What only somebody else than who asks may do. */
  private static final Set<String> OF_APPROVERS =
      Set.of("approveAccess", "denyAccess", "reviewAccessRequest");

  /** One of Alice's, for the operation to be done with. */
  private static String accessRequest(Operation operation) throws Exception {
    // Nobody has many at a time.
    fixture.sql("DELETE FROM access_request");
    boolean review = operation.id().equals("reviewAccessRequest");
    String id =
        fixture
            .api(
                "POST",
                "/v1/access-requests",
                alice,
                ASKED.replace("}", ",\"breakGlass\":" + review + "}"))
            .json()
            .at("/accessRequest/id")
            .asText();
    if (operation.id().equals("pickUpLease")) {
      fixture.api("POST", "/v1/access-requests/" + id + "/approvals", opal, "{}");
    }
    return id;
  }

  /** The id of one that acts for Alice, by another sign-in than it had before. */
  private static String agent() throws Exception {
    String signedIn = copilot.actForAlice();
    return fixture.api("GET", "/v1/agents", signedIn, "").json().at("/agents/0/id").textValue();
  }

  private static Reply call(Operation operation, String token) throws Exception {
    return call(operation, token, Map.of());
  }

  private static Reply call(Operation operation, String token, Map<String, String> headers)
      throws Exception {
    if (operation.id().equals("listAgents")) {
      agent();
    }
    if (operation.id().equals("exchangeToken")) {
      return fixture.exchange(token, "");
    }
    if (operation.id().equals("addAccount")) {
      return fixture.api("POST", "/v1/accounts", token, previewWanted(), headers);
    }
    String path = path(operation, token);
    String body = BODIES.getOrDefault(operation.id(), "");
    Reply reply = fixture.api(operation.method(), path, token, body, headers);
    long until = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    // What is sealed is found a moment later.
    while (operation.id().equals("readSessionTimeline")
        && reply.status() == 404
        && System.nanoTime() < until) {
      Thread.sleep(20);
      reply = fixture.api(operation.method(), path, token, body, headers);
    }
    return reply;
  }

  /** Where there is what the operation is done with. */
  private static String path(Operation operation, String token) throws Exception {
    String path = operation.path();
    if (operation.id().equals("removeAccount")) {
      path = path.replace("{account}", "orders-pr-7");
      if (token.equals(opal)) {
        assertThat(addPreview(token).status()).isBetween(200, 201);
      }
    }
    path = path.replace("{account}", "orders-prod");
    if (path.contains("{accessRequestId}")) {
      path = path.replace("{accessRequestId}", accessRequest(operation));
    }
    if (operation.id().equals("handLeaseOver")) {
      path = path.replace("{leaseId}", leaseOfAnAgent());
    }
    if (path.contains("{leaseId}")) {
      path = path.replace("{leaseId}", fixture.lease().at("/lease/id").textValue());
    }
    if (path.contains("{kid}")) {
      path = path.replace("{kid}", token.equals(opal) ? olderRootKey() : "a");
    }
    if (operation.id().equals("rotateRootKey")) {
      // The one that another test has made derives by now.
      fixture.clock().advance(Duration.ofMinutes(1));
    }
    if (path.contains("{sessionId}")) {
      String another = fixture.token(GatewayFixture.ALICE);
      String id = fixture.api("GET", "/v1/me", another, "").json().at("/session/id").asText();
      path = path.replace("{sessionId}", id);
      // Of a session there is what is sealed.
      sealed(fixture.journal().size());
    }
    if (path.contains("{path}")) {
      path = path.replace("{path}", "0/" + tile());
    }
    if (path.contains("{agentId}")) {
      path = path.replace("{agentId}", agent());
    }
    if (path.contains("{blockId}")) {
      path = path.replace("{blockId}", fixture.block());
    }
    if (operation.id().equals("makeReport")) {
      path += "?framework=soc2&from=2020-01-01T00:00:00Z&to=2120-01-01T00:00:00Z";
    }
    return path;
  }

  /** Of one that acts for Alice. */
  private static String leaseOfAnAgent() throws Exception {
    Reply tokens = AgentClient.exchange(fixture, alice, Map.of());
    return AgentClient.connect(fixture, tokens.json().path("access_token").asText())
        .found("request_lease", "{\"scope\": \"" + GatewayFixture.ORDERS + "\"}")
        .path("leaseId")
        .asText();
  }

  private static Reply addPreview(String token) throws Exception {
    return fixture.api("POST", "/v1/accounts", token, previewWanted());
  }

  private static String previewWanted() {
    Instant tomorrow = fixture.clock().instant().plus(Duration.ofDays(1));
    return """
    {"resourceId": "%s", "environment": "preview-7", "endsAt": "%s"}
    """
        .formatted(preview, tomorrow);
  }

  /** The first tile of the journal's leaves: full, or as wide as it is by now. */
  private static String tile() throws Exception {
    long size = sealed(1);
    return size < 256 ? "000.p/" + size : "000";
  }

  /** How many entries are sealed, once there are that many. */
  private static long sealed(long least) throws Exception {
    // From the file: who asks the gateway is on record, and tests count what is.
    Path checkpoint = fixture.folder().resolve("journal").resolve("checkpoint");
    long size = Long.parseLong(Files.readAllLines(checkpoint).get(1));
    while (size < least) {
      Thread.sleep(20); // what was appended is sealed within a second
      size = Long.parseLong(Files.readAllLines(checkpoint).get(1));
    }
    return size;
  }

  /** One that may be revoked, made for that. */
  private static String olderRootKey() throws Exception {
    fixture.clock().advance(Duration.ofMinutes(1));
    for (JsonNode key : fixture.api("GET", "/v1/root-keys", opal, "").json().path("rootKeys")) {
      if (key.path("state").asText().equals("verifies")) {
        return key.path("kid").asText();
      }
    }
    assertThat(fixture.api("POST", "/v1/root-keys", opal, "").status()).isEqualTo(201);
    return olderRootKey();
  }

  @Test
  void hasOperations() {
    assertThat(operations()).hasSize(53);
  }

  @ParameterizedTest
  @MethodSource("operations")
  void answersAsTheContractSays(Operation operation) throws Exception {
    assertThat(operation.definition().has("requestBody"))
        .isEqualTo(BODIES.containsKey(operation.id()));

    if (doneOnce().contains(operation)) {
      doesItOnce(operation);
      return;
    }

    Reply reply = call(operation, doer(operation));

    assertThat(reply.status()).isBetween(200, 299);
    assertFits(operation, reply);
  }

  /** With a key, and then again with it. */
  private static void doesItOnce(Operation operation) throws Exception {
    String token = doer(operation);
    String path = path(operation, token);
    String body =
        operation.id().equals("addAccount")
            ? previewWanted()
            : BODIES.getOrDefault(operation.id(), "");
    Map<String, String> key = Map.of("idempotency-key", "\"" + operation.id() + "-1\"");

    Reply first = fixture.api("POST", path, token, body, key);
    Reply again = fixture.api("POST", path, token, body, key);

    assertThat(first.status()).as(first.body()).isBetween(200, 299);
    assertFits(operation, first);
    assertThat(again.status()).isEqualTo(first.status());
    assertThat(again.json()).isEqualTo(first.json());
    assertThat(again.header("idempotency-replayed")).isEqualTo("true");
    assertFits(operation, again);
    if (!body.isEmpty()) {
      Reply other = fixture.api("POST", path, token, body.replace("}", " }"), key);
      assertThat(other.status()).isEqualTo(422);
      assertFits(operation, other);
    }
  }

  private static String doer(Operation operation) {
    return operation.given() || OF_APPROVERS.contains(operation.id()) ? opal : alice;
  }

  static List<Operation> readAgain() {
    return operations().stream()
        .filter(operation -> operation.definition().at("/responses/200/headers").has("ETag"))
        .toList();
  }

  /** Whatever is read and isn't made for the one answer. */
  @Test
  void knowsAgainWhatIsRead() {
    assertThat(operations())
        .filteredOn(operation -> operation.method().equals("GET"))
        .filteredOn(operation -> !readAgain().contains(operation))
        .extracting(Operation::id)
        .containsExactlyInAnyOrder(
            "readDoctor",
            "listKeyUsers",
            "readAccountPosture",
            "readCheckpoint",
            "readTile",
            "searchEntries",
            "readSessionTimeline",
            "reviewAccess",
            "makeReport");
  }

  @ParameterizedTest
  @MethodSource("readAgain")
  void sendsNothingToWhomHasIt(Operation operation) throws Exception {
    String path = path(operation, doer(operation));
    Reply first = fixture.api("GET", path, doer(operation), "");
    assertThat(first.header("etag")).isNotEmpty();

    Reply again =
        fixture.api(
            "GET", path, doer(operation), "", Map.of("if-none-match", first.header("etag")));

    assertThat(again.status()).isEqualTo(304);
    assertFits(operation, again);
  }

  /** All lists that grow. */
  @Test
  void pagesLists() {
    assertThat(operations())
        .filteredOn(operation -> operation.definition().toString().contains("parameters/Cursor"))
        .allSatisfy(
            operation ->
                assertThat(operation.definition().toString())
                    .contains("parameters/Limit", "headers/Link"))
        .extracting(Operation::id)
        .containsExactlyInAnyOrder(
            "listLeases",
            "listSessions",
            "listAccessRequests",
            "listBlocks",
            "listAnyLeases",
            "listAnySessions",
            "listAnyBlocks");
  }

  static List<Operation> doneOnce() {
    return operations().stream()
        .filter(
            operation -> operation.definition().toString().contains("parameters/IdempotencyKey"))
        .toList();
  }

  @Test
  void doesOnceWhatChangesSomething() {
    assertThat(operations())
        .filteredOn(operation -> operation.method().equals("POST"))
        .filteredOn(operation -> !doneOnce().contains(operation))
        .extracting(Operation::id)
        // The last three change nothing; and who exchanges tokens has no name before.
        .containsExactlyInAnyOrder("exchangeToken", "refreshCatalog", "explain", "handLeaseOver");
  }

  static List<Operation> decided() {
    return operations().stream()
        .filter(operation -> operation.definition().toString().contains("parameters/IfMatch"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("decided")
  void doesNothingToWhatWasNotSeen(Operation operation) throws Exception {
    Reply reply = call(operation, doer(operation), Map.of("if-match", "\"another\""));

    assertThat(reply.status()).as(reply.body()).isEqualTo(412);
    assertFits(operation, reply);
  }

  @Test
  void namesWhatIsDecidedOn() {
    assertThat(decided())
        .extracting(Operation::id)
        .containsExactlyInAnyOrder(
            "approveAccess",
            "denyAccess",
            "reviewAccessRequest",
            "withdrawAccessRequest",
            "addAccount",
            "removeAccount");
  }

  @ParameterizedTest
  @MethodSource("operations")
  void namesItsAction(Operation operation) {
    if (operation.open()) {
      assertThat(operation.action()).isEqualTo("ephemeris/public");
    } else if (operation.given()) {
      assertThat(GatewayAction.named(operation.action())).isPresent();
    } else {
      assertThat(operation.action()).isEqualTo("ephemeris/self");
    }
  }

  @ParameterizedTest
  @MethodSource("operations")
  void refusesWhoeverHasNoRuleAllButTheirOwn(Operation operation) throws Exception {
    String bob = fixture.token(GatewayFixture.BOB);
    String lease = fixture.lease().at("/lease/id").textValue();
    fixture.block();
    int before = fixture.journal("operationDecided").size();

    Reply reply = call(operation, bob);

    List<JsonNode> decisions = fixture.journal("operationDecided");
    if (!operation.given()) {
      // What isn't Bob's isn't there for him; what his rules don't give is of no route's concern.
      assertThat(reply.body()).doesNotContain("\"action\":\"ephemeris/");
      assertThat(decisions).hasSize(before);
      return;
    }
    assertThat(reply.status()).isEqualTo(403);
    assertFits(operation, reply);
    assertThat(reply.json().path("action").asText()).isEqualTo(operation.action());
    assertThat(reply.json().path("reason").asText()).isEqualTo("no-rule");
    assertThat(reply.detail())
        .contains("corp:sub-bob", "“actions: [" + operation.action() + "]”", "ephemeris explain ");
    assertThat(decisions).hasSize(before + 1);
    JsonNode decision = decisions.getLast();
    assertThat(decision.path("principal").asText()).isEqualTo("corp:sub-bob");
    assertThat(decision.path("actions")).hasSize(1);
    assertThat(decision.path("actions").path(0).asText()).isEqualTo(operation.action());
    assertThat(decision.path("operation").asText()).isEqualTo(operation.id());
    assertThat(decision.path("decision").asText()).isEqualTo("deny");
    assertThat(decision.path("reason").asText()).isEqualTo("no-rule");
    assertThat(fixture.api("GET", "/v1/leases/" + lease, alice, "").json().path("state").asText())
        .isEqualTo("active");
  }

  @Test
  void recordsWhatAdministratorsDoBeforeTheyDoIt() throws Exception {
    String lease = fixture.lease().at("/lease/id").textValue();

    Reply reply = fixture.api("DELETE", "/v1/any/leases/" + lease, opal, "");

    assertThat(reply.status()).isEqualTo(204);
    List<JsonNode> records = fixture.journal();
    JsonNode decided = records.get(records.size() - 2);
    JsonNode revoked = records.getLast();
    assertThat(decided.path("type").asText()).isEqualTo("operationDecided");
    assertThat(decided.path("decision").asText()).isEqualTo("allow");
    assertThat(decided.path("rule").asText()).isEqualTo("administrators, by the configuration");
    assertThat(decided.path("target").asText()).isEqualTo("/v1/any/leases/" + lease);
    assertThat(revoked.path("type").asText()).isEqualTo("leaseRevoked");
    assertThat(revoked.path("principal").asText()).isEqualTo("corp:sub-alice");
    assertThat(revoked.path("by").asText()).isEqualTo("corp:sub-opal");
  }

  @Test
  void doesNothingForAdministratorsThatIsNotOnRecord() throws Exception {
    String lease = fixture.lease().at("/lease/id").textValue();

    fixture.loseJournal();
    Reply read = fixture.api("GET", "/v1/any/leases", opal, "");
    Reply end = fixture.api("DELETE", "/v1/any/leases/" + lease, opal, "");
    fixture.findJournal();

    assertThat(List.of(read.status(), end.status())).containsExactly(503, 503);
    assertThat(fixture.api("GET", "/v1/leases/" + lease, alice, "").json().path("state").asText())
        .isEqualTo("active");
  }

  @Test
  void showsAdministratorsWhoseLeasesTheyAre() throws Exception {
    String lease = fixture.lease().at("/lease/id").textValue();
    String block = fixture.block();

    JsonNode all = fixture.api("GET", "/v1/any/leases", opal, "").json().path("leases");
    JsonNode alices =
        fixture
            .api("GET", "/v1/any/leases?principal=corp:sub-alice", opal, "")
            .json()
            .path("leases");
    JsonNode bobs =
        fixture.api("GET", "/v1/any/leases?principal=corp:sub-bob", opal, "").json().path("leases");
    JsonNode blocks = fixture.api("GET", "/v1/any/blocks", opal, "").json().path("blocks");

    assertThat(all.findValuesAsText("id")).contains(lease);
    assertThat(alices.findValuesAsText("id")).contains(lease);
    assertThat(alices.findValuesAsText("principal")).containsOnly("corp:sub-alice");
    assertThat(bobs).isEmpty();
    assertThat(blocks.findValuesAsText("id")).contains(block);
    assertThat(blocks.findValuesAsText("madeBy")).contains("corp:sub-alice");
    for (String principal :
        List.of("alice", ":alice", "corp:", "corp:%E2%80%83", "a:b&principal=c:d")) {
      assertThat(fixture.api("GET", "/v1/any/leases?principal=" + principal, opal, "").status())
          .as(principal)
          .isEqualTo(400);
    }
  }

  @Test
  void letsNobodyLiftTheBlockOfAnAdministrator() throws Exception {
    for (JsonNode open : fixture.api("GET", "/v1/blocks", alice, "").json().path("blocks")) {
      fixture.api("DELETE", "/v1/blocks/" + open.path("id").asText(), alice, "");
    }
    String lease = fixture.ownTokenLease();
    fixture.api("DELETE", "/v1/any/leases/" + lease, opal, "");
    String block = "/b-" + lease;

    Reply byAlice = fixture.api("DELETE", "/v1/blocks" + block, alice, "");
    Reply byOpalAsHerOwn = fixture.api("DELETE", "/v1/blocks" + block, opal, "");
    Reply byOpal = fixture.api("DELETE", "/v1/any/blocks" + block, opal, "");

    assertThat(byAlice.status()).isEqualTo(404);
    assertThat(byOpalAsHerOwn.status()).isEqualTo(404);
    assertThat(byOpal.status()).isEqualTo(204);
    assertThat(fixture.journal("blockLifted").getLast().path("by").asText())
        .isEqualTo("corp:sub-opal");
  }

  @Test
  void explainsItsOwnActions() throws Exception {
    String question = "{\"action\":\"ephemeris/audit/read\"}";
    JsonNode opals = fixture.api("POST", "/v1/explain", opal, question).json();
    JsonNode bobs =
        fixture.api("POST", "/v1/explain", fixture.token(GatewayFixture.BOB), question).json();

    assertThat(opals.path("decision").asText()).isEqualTo("allow");
    assertThat(opals.path("rule").asText()).isEqualTo("administrators, by the configuration");
    assertThat(bobs.path("reason").asText()).isEqualTo("no-rule");
    assertThat(bobs.path("text").asText())
        .contains("it is for subject anyone in group:default/platform");
    assertThat(problems("Explanation", bobs)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("operations")
  void keepsStrangersOut(Operation operation) throws Exception {
    // As many fail here as are answered meanwhile, so that none is slowed.
    fixture.clock().advance(Duration.ofSeconds(7));
    String lease = fixture.lease().path("token").textValue();
    fixture.block();
    for (String token :
        List.of(
            "",
            "nonsense",
            "a.b.c",
            lease,
            lease.substring(lease.indexOf("sig=") + 4),
            faulty(TokenFault.WRONG_AUDIENCE),
            faulty(TokenFault.EXPIRED))) {
      int leasesBefore = leases(alice);

      Reply reply = call(operation, token);

      if (operation.id().equals("exchangeToken")) {
        // Its proof is in its body.
        assertThat(reply.status()).isEqualTo(400);
        assertFits(operation, reply);
        assertThat(reply.json().path("error").asText()).isEqualTo("invalid_request");
        assertThat(leases(alice)).isEqualTo(leasesBefore);
      } else if (operation.open()) {
        assertThat(reply.status()).isEqualTo(200);
      } else {
        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.header("www-authenticate")).startsWith("Bearer");
        assertThat(reply.detail()).contains("ephemeris login");
        assertFits(operation, reply);
        // One is there that the call itself needs, to have something to ask for.
        int own =
            operation.path().contains("{leaseId}")
                    || operation.path().startsWith("/v1/agents")
                    || operation.id().equals("reviewAccessRequest")
                ? 1
                : 0;
        assertThat(leases(alice)).isEqualTo(leasesBefore + own);
      }
    }
  }

  private static String faulty(TokenFault fault) {
    return fixture.issuer().faultyToken(fault, GatewayFixture.ALICE, GatewayFixture.CLIENT);
  }

  @Test
  void saysWhichMethodsThereAre() throws Exception {
    assertThat(fixture.api("PUT", "/v1/leases", alice, "").header("allow")).isEqualTo("GET, POST");
    assertThat(fixture.api("POST", "/v1/leases/abc", alice, "{}").header("allow"))
        .isEqualTo("DELETE, GET");
  }

  @ParameterizedTest
  @CsvFileSource(resources = "refusals.csv", delimiter = '|', numLinesToSkip = 1)
  void refuses(
      String what, String method, String path, String type, String body, int status, String detail)
      throws Exception {
    int leasesBefore = leases(alice);

    HttpRequest.Builder request =
        HttpRequest.newBuilder(fixture.gateway().api().resolve(path))
            .header("authorization", "Bearer " + alice)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(
                        body.replace("LONG", "x".repeat(70_000)).replace('\'', '"')));
    if (type != null) {
      request.header("content-type", type);
    }
    Reply reply = fixture.send(request);

    assertThat(reply.status()).as(reply.body()).isEqualTo(status);
    assertThat(reply.header("content-type")).isEqualTo("application/problem+json");
    assertThat(reply.detail()).contains(detail).doesNotContain("Exception", "\n", "\tat ");
    assertThat(problems("Problem", reply.json())).isEmpty();
    operations().stream()
        .filter(operation -> operation.method().equals(method) && operation.matches(path))
        .forEach(operation -> assertFits(operation, reply));
    assertThat(leases(alice)).isEqualTo(leasesBefore);
  }

  @Test
  void showsNobodyTheLeasesOfOthers() throws Exception {
    String id = fixture.lease().at("/lease/id").textValue();
    String missing = "b" + id.substring(1);
    String bob = fixture.token(GatewayFixture.BOB);

    for (String method : List.of("GET", "DELETE")) {
      Reply others = fixture.api(method, "/v1/leases/" + id, bob, "");
      Reply none = fixture.api(method, "/v1/leases/" + missing, bob, "");

      assertThat(others.status()).isEqualTo(404);
      assertThat(others.body().replace(id, missing)).isEqualTo(none.body());
    }
    assertThat(leases(bob)).isZero();
    assertThat(fixture.api("GET", "/v1/leases/" + id, alice, "").json().path("state").asText())
        .isEqualTo("active");
  }

  @Test
  void deniesWhatThePolicyDoesNotGive() throws Exception {
    Reply reply = fixture.api("POST", "/v1/leases", fixture.token(GatewayFixture.BOB), REQUEST);

    assertThat(reply.status()).isEqualTo(403);
    assertThat(problems("Problem", reply.json())).isEmpty();
    assertThat(reply.json().path("reason").asText()).isEqualTo("no-rule");
    assertThat(reply.detail()).contains("corp:sub-bob", "no rule allows readMetadata there");
  }

  @Test
  void givesTheCredentialOnceAndForNobodyToKeep() throws Exception {
    Reply issued = fixture.api("POST", "/v1/leases", alice, REQUEST);
    String location = issued.header("location");

    assertThat(issued.header("cache-control")).isEqualTo("no-store");
    assertThat(fixture.api("GET", location, alice, "").body())
        .doesNotContain(issued.json().path("token").textValue().substring(40));
  }

  @Test
  void endsALeaseTwiceAsOnce() throws Exception {
    String path = "/v1/leases/" + fixture.lease().at("/lease/id").textValue();

    assertThat(fixture.api("DELETE", path, alice, "").status()).isEqualTo(204);
    assertThat(fixture.api("DELETE", path, alice, "").status()).isEqualTo(204);
    assertThat(fixture.api("GET", path, alice, "").json().path("state").asText())
        .isEqualTo("revoked");
  }

  @Test
  void explainsAsItDecides() throws Exception {
    JsonNode allowed = fixture.api("POST", "/v1/explain", alice, QUESTION).json();
    JsonNode denied =
        fixture
            .api("POST", "/v1/explain", alice, QUESTION.replace("/colls/orders", "/colls/other"))
            .json();
    JsonNode approved =
        fixture
            .api("POST", "/v1/explain", alice, QUESTION.replace("items/read", "items/delete"))
            .json();

    JsonNode elsewhere =
        fixture.api("POST", "/v1/explain", alice, QUESTION.replace("orders-prod", "other")).json();

    assertThat(elsewhere.path("reason").asText()).isEqualTo("no-rule");
    assertThat(allowed.path("decision").asText()).isEqualTo("allow");
    assertThat(allowed.path("rule").asText()).isEqualTo("the team reads orders");
    assertThat(denied.path("decision").asText()).isEqualTo("deny");
    assertThat(denied.path("reason").asText()).isEqualTo("no-rule");
    assertThat(allowed.has("approvals")).isFalse();
    assertThat(approved.path("approvals").path(0).asText())
        .isEqualTo("1 of group:default/platform, or at once for 5m");
  }

  private static int leases(String token) throws Exception {
    return fixture.api("GET", "/v1/leases", token, "").json().path("leases").size();
  }

  /** Whether the answer is one of those that the contract has for the operation. */
  private static void assertFits(Operation operation, Reply reply) {
    JsonNode response =
        resolved(operation.definition().path("responses").path(Integer.toString(reply.status())));
    assertThat(response.isMissingNode()).as("%s answers %s", operation, reply.status()).isFalse();
    Map<String, JsonNode> contents = new TreeMap<>();
    response.path("content").properties().forEach(c -> contents.put(c.getKey(), c.getValue()));
    if (contents.isEmpty()) {
      assertThat(reply.body()).isEmpty();
      return;
    }
    assertThat(contents.keySet()).contains(reply.header("content-type"));
    JsonNode schema = contents.values().iterator().next().path("schema");
    if (schema.has("$ref")) {
      String name = schema.get("$ref").textValue().replace("#/components/schemas/", "");
      assertThat(problems(name, reply.json())).isEmpty();
    }
  }

  private static JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? contract.at(node.get("$ref").textValue().substring(1)) : node;
  }

  private static Set<String> problems(String schema, JsonNode value) {
    ObjectNode document = JSON.createObjectNode();
    document.put("$ref", "#/components/schemas/" + schema);
    document.set("components", contract.path("components"));
    Set<String> problems = new TreeSet<>();
    SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(document.toString())
        .validate(value.toString(), InputFormat.JSON)
        .forEach(problem -> problems.add(problem.getMessage()));
    return problems;
  }
}
