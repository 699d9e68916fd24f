package dev.ephemeris.gateway;

import static dev.ephemeris.gateway.GatewayFixture.ALICE;
import static dev.ephemeris.gateway.GatewayFixture.BOB;
import static dev.ephemeris.gateway.GatewayFixture.OPAL;
import static dev.ephemeris.gateway.GatewayFixture.ORDERS;
import static dev.ephemeris.gateway.OrgYaml.group;
import static dev.ephemeris.gateway.OrgYaml.user;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosItemRequestOptions;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.simulator.issuer.DevelopmentIssuer;
import dev.ephemeris.simulator.issuer.Person;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Leases that wait for others to agree: asked for, answered, picked up, used by the real SDK. */
class AccessRequestsTest {

  private static final Person ALICE_AT_HOME =
      new Person("home-alice", "alice.home", "Alice", "alice@home.test");

  private static final Person WORKER =
      new Person("sub-worker", "worker", "Worker", "worker@example.test");

  private static final String POLICY =
      """
      apiVersion: ephemeris.dev/v1
      roles:
        order-operator: { actions: [readMetadata, items/read, items/replace] }
      rules:
        - name: the team reads orders
          for: { groups: [group:default/team] }
          role: data-reader
          scopes: ["orders-prod:/dbs/shop/colls/orders"]
          ttl: { default: 1h, max: 4h }
        - name: changes take a second pair of eyes
          for: { groups: [group:default/team] }
          role: order-operator
          scopes: ["orders-prod:/dbs/shop/colls/orders"]
          ttl: { default: 30m, max: 2h }
          approval: APPROVAL
        - name: so do those of workloads
          for: { groups: [group:default/team], principal: workload }
          role: order-operator
          scopes: ["orders-prod:/dbs/shop/colls/orders"]
          approval: APPROVAL
      """;

  private static final String CATALOG =
      OrgYaml.of(
          group("team"),
          group("dba"),
          user(
              "alice",
              "example.com/subject: sub-alice, example.com/home: home-alice",
              "team",
              "dba"),
          user(BOB, "BOBS"),
          user(OPAL, "dba"),
          """
          apiVersion: backstage.io/v1alpha1
          kind: Component
          metadata: { name: worker, annotations: { ephemeris.dev/workload-identity: "ci:sub-worker" } }
          spec: { type: service, lifecycle: production, owner: bobs }
          """,
          """
          apiVersion: backstage.io/v1alpha1
          kind: Group
          metadata: { name: bobs }
          spec: { type: team, parent: team, children: [] }
          """);

  private static final String ONE = "{ from: [group:default/dba], expires: 2h }";

  private static GatewayFixture fixture;
  private static DevelopmentIssuer home;
  private static DevelopmentIssuer ci;

  /** As the gateway has them. */
  private static String files = "";

  /** What was on record before the test. */
  private int before;

  @BeforeAll
  static void start() throws Exception {
    // The Java SDK has no other way to trust a certificate for one client only.
    System.setProperty("COSMOS.EMULATOR_SERVER_CERTIFICATE_VALIDATION_DISABLED", "true");
    fixture = new GatewayFixture();
    home = fixture.issuerBeside("home", "person", "example.com/home", "cli");
    ci = fixture.issuerBeside("ci", "workload", "example.com/none", "worker");
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
  }

  @BeforeEach
  void begin() throws Exception {
    decidedBy(ONE, "dba, bobs");
    fixture.sql("DELETE FROM access_request");
    before = fixture.journal().size();
  }

  /** From now on, with such an approval and Bob in these groups. */
  private static void decidedBy(String approval, String bobs) throws Exception {
    String policy = POLICY.replace("APPROVAL", approval);
    String catalog = CATALOG.replace("BOBS", bobs);
    if (!files.equals(policy + catalog)) {
      fixture.write("policy.yaml", policy);
      fixture.write("org.yaml", catalog);
      fixture.restart();
      files = policy + catalog;
    }
  }

  private List<JsonNode> journal(String type) throws Exception {
    return fixture.journal().stream()
        .skip(before)
        .filter(entry -> entry.path("type").asText().equals(type))
        .toList();
  }

  private String alice() {
    return fixture.token(ALICE);
  }

  private static String body(String more) {
    return "{\"scope\":\"" + ORDERS + "\",\"role\":\"order-operator\"" + more + "}";
  }

  private Reply ask(String token, String more) throws Exception {
    return fixture.api(
        "POST", "/v1/access-requests", token, body(",\"reason\":\"a refund is stuck\"" + more));
  }

  private String asked(String more) throws Exception {
    Reply reply = ask(alice(), more);
    assertThat(reply.status()).as(reply.body()).isEqualTo(201);
    assertThat(reply.json().at("/accessRequest/state").asText()).isEqualTo("waiting");
    return reply.json().at("/accessRequest/id").asText();
  }

  private Reply to(String id, String token, String what, String body) throws Exception {
    return fixture.api("POST", "/v1/access-requests/" + id + "/" + what, token, body);
  }

  private Reply approve(String id, String token) throws Exception {
    return to(id, token, "approvals", "{}");
  }

  private Reply pickUp(String id, String token) throws Exception {
    return to(id, token, "leases", "");
  }

  private JsonNode request(String id, String token) throws Exception {
    return fixture.api("GET", "/v1/access-requests/" + id, token, "").json();
  }

  private List<String> toAnswer(String token) throws Exception {
    List<String> ids = new ArrayList<>();
    fixture
        .api("GET", "/v1/access-requests?of=to-answer", token, "")
        .json()
        .path("accessRequests")
        .forEach(request -> ids.add(request.path("id").asText()));
    return ids;
  }

  private int replace(JsonNode lease) {
    try (CosmosClient client =
        new CosmosClientBuilder()
            .endpoint(fixture.gateway().dataPlane().toString())
            .key(lease.path("token").asText())
            .gatewayMode()
            .buildClient()) {
      CosmosContainer orders = client.getDatabase("shop").getContainer("orders");
      return orders
          .replaceItem(
              Map.of("id", "o1", "customerId", "c1", "refunded", true),
              "o1",
              new PartitionKey("c1"),
              new CosmosItemRequestOptions())
          .getStatusCode();
    } catch (RuntimeException e) {
      // At its start the client says it in another.
      return ((CosmosException) (e.getCause() == null ? e : e.getCause())).getStatusCode();
    }
  }

  // --- the story ---------------------------------------------------------------------------------

  @Test
  void aRefusedWriteIsApprovedByAnotherAndHappensOnce() throws Exception {
    JsonNode reader = fixture.lease();
    assertThat(replace(reader)).isEqualTo(403);
    Reply refused = fixture.api("POST", "/v1/leases", alice(), body(""));
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.json().path("reason").asText()).isEqualTo("needs-approval");
    assertThat(refused.detail())
        .contains(
            "changes take a second pair of eyes",
            "1 of group:default/dba",
            "ephemeris request " + ORDERS + " --role order-operator");

    String id = asked(",\"ticket\":\"OPS-17\"");
    assertThat(toAnswer(fixture.token(BOB))).containsExactly(id);
    assertThat(pickUp(id, alice()).status()).isEqualTo(409);
    Reply approved = approve(id, fixture.token(BOB));
    assertThat(approved.status()).as(approved.body()).isEqualTo(200);
    assertThat(approved.json().path("state").asText()).isEqualTo("approved");
    assertThat(toAnswer(fixture.token(BOB))).isEmpty();
    Reply lease = pickUp(id, alice());

    assertThat(lease.status()).as(lease.body()).isEqualTo(201);
    assertThat(replace(lease.json())).isEqualTo(200);
    assertThat(pickUp(id, alice()).status()).isEqualTo(409);
    assertThat(request(id, alice()).path("state").asText()).isEqualTo("picked-up");
    JsonNode pickedUp = journal("accessPickedUp").getLast();
    assertThat(pickedUp.path("approvedBy"))
        .extracting(JsonNode::asText)
        .containsExactly("corp:sub-bob");
    assertThat(pickedUp.path("principal").asText()).isEqualTo("corp:sub-alice");
    String leaseId = lease.json().at("/lease/id").asText();
    assertThat(pickedUp.path("leaseId").asText()).isEqualTo(leaseId);
    assertThat(journal("requestIntent"))
        .filteredOn(intent -> intent.path("operation").asText().equals("REPLACE_ITEM"))
        .singleElement()
        .satisfies(intent -> assertThat(intent.path("leaseId").asText()).isEqualTo(leaseId))
        .satisfies(
            intent ->
                assertThat(intent.path("rule").asText())
                    .isEqualTo("changes take a second pair of eyes"));
    JsonNode answered = journal("accessAnswered").getLast();
    assertThat(answered.path("by").asText()).isEqualTo("corp:sub-bob");
    assertThat(answered.path("verdict").asText()).isEqualTo("approved");
    assertThat(journal("accessRequested").getLast().path("ticket").asText()).isEqualTo("OPS-17");
  }

  /** By the id that the data plane's refusal tells, with the narrowest role that has it. */
  @Test
  void aRefusalsMessageSaysHowToAsk() throws Exception {
    String message = refused(fixture.lease());
    Matcher told =
        Pattern.compile("“ephemeris request --refusal ([A-Za-z0-9._-]+) --reason").matcher(message);
    assertThat(told.find()).as(message).isTrue();
    String refusal = told.group(1);
    String body = "{\"refusal\":\"" + refusal + "\",\"reason\":\"a refund is stuck\"}";

    Reply asked = fixture.api("POST", "/v1/access-requests", alice(), body);

    assertThat(asked.status()).as(asked.body()).isEqualTo(201);
    assertThat(asked.json().at("/accessRequest/role").asText()).isEqualTo("order-operator");
    assertThat(asked.json().at("/accessRequest/scope").asText()).isEqualTo(ORDERS);
    assertThat(fixture.api("POST", "/v1/access-requests", fixture.token(BOB), body).status())
        .isEqualTo(400);
    for (String bad :
        List.of(
            body.replace(refusal, "a" + refusal),
            body.replace("a refund", "two\\nlines"),
            body.replace("{", "{\"role\":\"data-contributor\","))) {
      assertThat(fixture.api("POST", "/v1/access-requests", alice(), bad).status())
          .as(bad)
          .isEqualTo(400);
    }
    fixture.clock().advance(Duration.ofHours(25));
    assertThat(fixture.api("POST", "/v1/access-requests", alice(), body).status()).isEqualTo(400);
  }

  /** What it says to whoever replaces the order. */
  private static String refused(JsonNode lease) throws Exception {
    Reply reply =
        fixture.send(
            HttpRequest.newBuilder(
                    fixture.gateway().dataPlane().resolve("/dbs/shop/colls/orders/docs/o1"))
                .header(
                    "authorization",
                    URLEncoder.encode(lease.path("token").asText(), StandardCharsets.UTF_8))
                .header("x-ms-version", "2020-07-15")
                .header("x-ms-documentdb-partitionkey", "[\"c1\"]")
                .PUT(BodyPublishers.ofString("{\"id\":\"o1\",\"customerId\":\"c1\"}")));
    assertThat(reply.status()).isEqualTo(403);
    return reply.json().path("message").asText();
  }

  /** It has what others agreed to, and no renewal gets more out of it. */
  @Test
  void endsWhenTheTimeIsOverToWhichOthersAgreed() throws Exception {
    String id = asked(",\"ttlSeconds\":1800");
    assertThat(to(id, fixture.token(BOB), "approvals", "{\"ttlSeconds\":600}").status())
        .isEqualTo(200);
    JsonNode lease = pickUp(id, alice()).json();
    String path = "/v1/leases/" + lease.at("/lease/id").asText() + "/renewals";

    assertThat(fixture.api("POST", path, alice(), "{\"ttlSeconds\":3600}").status()).isEqualTo(409);
    fixture.clock().advance(Duration.ofMinutes(9));
    assertThat(replace(lease)).isEqualTo(200);
    assertThat(fixture.api("POST", path, alice(), "{}").status()).isEqualTo(409);
    fixture.clock().advance(Duration.ofMinutes(2));
    assertThat(replace(lease)).isEqualTo(401);
  }

  // --- who may answer ----------------------------------------------------------------------------

  @Test
  void nobodyAnswersForThemselvesByWhateverTheySignIn() throws Exception {
    String id = asked("");

    for (String self : List.of(alice(), home.accessToken(ALICE_AT_HOME, "cli", claims -> {}))) {
      assertThat(toAnswer(self)).isEmpty();
      Reply reply = approve(id, self);
      assertThat(reply.status()).isIn(403, 404);
    }
    assertThat(request(id, alice()).path("state").asText()).isEqualTo("waiting");
    assertThat(approve(id, fixture.token(OPAL)).status()).isEqualTo(200);
  }

  /** Whoever was the same human when it was asked for is so still. */
  @Test
  void norOnceTheCatalogNoLongerSaysThatTheyAreTheSame() throws Exception {
    String id = asked("");
    fixture.write(
        "org.yaml",
        CATALOG.replace("BOBS", "dba, bobs").replace("example.com/subject: sub-alice, ", ""));
    files = "";
    fixture.restart();

    String self = home.accessToken(ALICE_AT_HOME, "cli", claims -> {});
    assertThat(toAnswer(self)).isEmpty();
    assertThat(approve(id, self).status()).isIn(403, 404);
  }

  /** Who is in which group is asked when they answer. */
  @Test
  void membersOfTheGroupsAnswerAsLongAsTheyAreMembers() throws Exception {
    String id = asked("");
    decidedBy(ONE, "bobs");

    assertThat(approve(id, fixture.token(BOB)).status()).isEqualTo(404);
    assertThat(to(id, fixture.token(BOB), "denials", "{}").status()).isEqualTo(404);
    assertThat(request(id, alice()).path("state").asText()).isEqualTo("waiting");
  }

  @Test
  void workloadsDoNotAnswerNorTheirOwnersAlone() throws Exception {
    String worker = ci.accessToken(WORKER, "worker", claims -> {});
    Reply asked = ask(worker, "");
    assertThat(asked.status()).as(asked.body()).isEqualTo(201);
    String id = asked.json().at("/accessRequest/id").asText();
    String of = asked("");

    // It is in no group of people's, whoever owns it.
    assertThat(approve(of, worker).status()).isEqualTo(404);
    assertThat(approve(id, fixture.token(BOB)).json().path("state").asText()).isEqualTo("waiting");
    assertThat(pickUp(id, worker).status()).isEqualTo(409);
    assertThat(approve(id, fixture.token(BOB)).status()).isEqualTo(409);
    assertThat(approve(id, fixture.token(OPAL)).json().path("state").asText())
        .isEqualTo("approved");
    assertThat(pickUp(id, fixture.token(BOB)).status()).isEqualTo(404);
    assertThat(pickUp(id, worker).status()).isEqualTo(201);
  }

  /** Whatever group a workload is in: it is a User's, and the User a member. */
  @Test
  void noWorkloadAnswersThoughACatalogUserIsBehindIt() throws Exception {
    fixture.write(
        "org.yaml",
        CATALOG
                .replace("BOBS", "dba, bobs")
                .replace("ephemeris.dev/workload-identity: \"ci:sub-worker\"", "x: y")
            + "---\n"
            + user("robot", "example.com/none: sub-worker", "dba"));
    files = "";
    fixture.restart();
    String id = asked("");
    String worker = ci.accessToken(WORKER, "worker", claims -> {});
    assertThat(fixture.api("GET", "/v1/me", worker, "").json().path("groups"))
        .extracting(JsonNode::asText)
        .contains("group:default/dba");

    assertThat(toAnswer(worker)).isEmpty();
    assertThat(approve(id, worker).status()).isEqualTo(404);
    assertThat(request(id, alice()).path("state").asText()).isEqualTo("waiting");
  }

  /** By another identity of the same User. */
  @Test
  void oneHumanIsOneApproverByWhateverTheySignIn() throws Exception {
    decidedBy("{ from: [group:default/dba], count: 2, expires: 2h }", "dba, bobs");
    fixture.write(
        "org.yaml",
        CATALOG
            .replace("BOBS", "dba, bobs")
            .replace(", example.com/home: home-alice", "")
            .replace(
                "example.com/subject: sub-bob",
                "example.com/subject: sub-bob, example.com/home: home-alice"));
    files = "";
    fixture.restart();
    String id = asked("");
    assertThat(approve(id, fixture.token(BOB)).status()).isEqualTo(200);

    String other = home.accessToken(ALICE_AT_HOME, "cli", claims -> {});

    assertThat(toAnswer(other)).isEmpty();
    assertThat(approve(id, other).status()).isEqualTo(409);
    assertThat(request(id, alice()).path("state").asText()).isEqualTo("waiting");
  }

  @Test
  void whoeverHasAgreedMaySayNoAfterAll() throws Exception {
    String id = asked("");
    assertThat(approve(id, fixture.token(BOB)).status()).isEqualTo(200);

    assertThat(to(id, fixture.token(BOB), "denials", "{}").status()).isEqualTo(200);

    assertThat(pickUp(id, alice()).status()).isEqualTo(409);
  }

  @Test
  void severalPeopleAgreeIfTheRuleSaysSo() throws Exception {
    decidedBy("{ from: [group:default/dba], count: 2, expires: 2h }", "dba, bobs");
    String id = asked("");

    assertThat(approve(id, fixture.token(BOB)).json().path("state").asText()).isEqualTo("waiting");
    assertThat(approve(id, fixture.token(BOB)).status()).isEqualTo(409);
    assertThat(toAnswer(fixture.token(BOB))).isEmpty();
    assertThat(pickUp(id, alice()).status()).isEqualTo(409);
    assertThat(approve(id, fixture.token(OPAL)).json().path("state").asText())
        .isEqualTo("approved");
    assertThat(pickUp(id, alice()).status()).isEqualTo(201);
    assertThat(journal("accessPickedUp").getLast().path("approvedBy")).hasSize(2);
  }

  @Test
  void anyApproverSaysNoForAll() throws Exception {
    String id = asked("");
    assertThat(approve(id, fixture.token(BOB)).status()).isEqualTo(200);

    assertThat(to(id, fixture.token(OPAL), "denials", "{\"comment\":\"not now\"}").status())
        .isEqualTo(200);

    assertThat(pickUp(id, alice()).status()).isEqualTo(409);
    assertThat(request(id, alice()).path("state").asText()).isEqualTo("denied");
    assertThat(approve(id, fixture.token(OPAL)).status()).isEqualTo(409);
    assertThat(journal("accessAnswered").getLast().path("comment").asText()).isEqualTo("not now");
  }

  // --- to what -----------------------------------------------------------------------------------

  @Test
  void anApproverAgreesToLess() throws Exception {
    String id = asked("");

    assertThat(to(id, fixture.token(BOB), "approvals", "{\"partitionKey\":[\"c2\"]}").status())
        .isEqualTo(200);

    JsonNode lease = pickUp(id, alice()).json();
    assertThat(lease.at("/lease/partitionKey/0").asText()).isEqualTo("c2");
    assertThat(replace(lease)).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"ttlSeconds\":3601}",
        "{\"scope\":\"orders-prod:/dbs/shop\"}",
        "{\"scope\":\"orders-prod:/dbs/shop/colls/other\"}",
        "{\"partitionKey\":[\"c1\"]}"
      })
  void andNeverToMore(String more) throws Exception {
    String id = asked(",\"ttlSeconds\":3600,\"partitionKey\":[\"c2\"]");

    Reply reply = to(id, fixture.token(BOB), "approvals", more);

    assertThat(reply.status()).as(reply.body()).isEqualTo(400);
    assertThat(request(id, alice()).path("state").asText()).isEqualTo("waiting");
    assertThat(journal("accessAnswered")).isEmpty();
  }

  // --- when --------------------------------------------------------------------------------------

  @Test
  void whatExpiredIsNeitherAnsweredNorPickedUp() throws Exception {
    String unanswered = asked("");
    fixture.clock().advance(Duration.ofHours(25));
    assertThat(request(unanswered, alice()).path("state").asText()).isEqualTo("expired");
    assertThat(approve(unanswered, fixture.token(BOB)).status()).isEqualTo(409);
    assertThat(toAnswer(fixture.token(BOB))).isEmpty();

    String left = asked("");
    assertThat(approve(left, fixture.token(BOB)).status()).isEqualTo(200);
    fixture.clock().advance(Duration.ofMinutes(119));
    assertThat(request(left, alice()).path("state").asText()).isEqualTo("approved");
    fixture.clock().advance(Duration.ofMinutes(2));
    assertThat(pickUp(left, alice()).status()).isEqualTo(409);
    assertThat(request(left, alice()).path("state").asText()).isEqualTo("expired");
  }

  /** What others agreed to counts for the rule as it was then. */
  @Test
  void aRuleThatWantsMoreSinceGivesNothing() throws Exception {
    String id = asked("");
    assertThat(approve(id, fixture.token(BOB)).status()).isEqualTo(200);
    String other = asked("");
    assertThat(approve(other, fixture.token(BOB)).status()).isEqualTo(200);
    JsonNode lease = pickUp(other, alice()).json();
    assertThat(replace(lease)).isEqualTo(200);

    decidedBy("{ from: [group:default/dba], count: 2, expires: 2h }", "dba, bobs");

    assertThat(pickUp(id, alice()).status()).isEqualTo(403);
    assertThat(replace(lease)).isEqualTo(403);
    // It is for what needs nobody still.
    assertThat(fixture.readOrder(lease.path("token").asText()).status()).isEqualTo(200);
    assertThat(request(id, alice()).path("state").asText()).isEqualTo("approved");
  }

  @Test
  void isPickedUpOnceHoweverManyTry() throws Exception {
    String id = asked("");
    assertThat(approve(id, fixture.token(BOB)).status()).isEqualTo(200);
    String token = alice();
    List<Integer> statuses = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<Integer>> tries = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        tries.add(threads.submit(() -> pickUp(id, token).status()));
      }
      for (Future<Integer> each : tries) {
        statuses.add(each.get());
      }
    }

    assertThat(statuses).containsOnlyOnce(201).containsOnly(201, 409);
    assertThat(journal("accessPickedUp")).hasSize(1);
  }

  @Test
  void whoeverAsksTakesItBack() throws Exception {
    String id = asked("");
    assertThat(approve(id, fixture.token(BOB)).status()).isEqualTo(200);

    assertThat(fixture.api("DELETE", "/v1/access-requests/" + id, fixture.token(BOB), "").status())
        .isEqualTo(403);
    assertThat(fixture.api("DELETE", "/v1/access-requests/" + id, alice(), "").status())
        .isEqualTo(200);

    assertThat(pickUp(id, alice()).status()).isEqualTo(409);
    assertThat(journal("accessWithdrawn").getLast().path("by").asText())
        .isEqualTo("corp:sub-alice");
  }

  // --- what can't be asked for -------------------------------------------------------------------

  @Test
  void asksOthersForNothingThatIsThereWithoutThemOrForNobody() throws Exception {
    Reply there =
        fixture.api(
            "POST",
            "/v1/access-requests",
            alice(),
            body(",\"reason\":\"a look\"").replace("order-operator", "data-reader"));
    assertThat(there.status()).isEqualTo(409);
    assertThat(there.detail()).contains("ephemeris lease");
    assertThat(
            fixture
                .api(
                    "POST",
                    "/v1/access-requests",
                    alice(),
                    body(",\"reason\":\"all of it\"").replace("order-operator", "data-contributor"))
                .status())
        .isEqualTo(403);
    assertThat(ask(fixture.token(OPAL), "").status()).isEqualTo(403);
    assertThat(ask(alice(), ",\"ttlSeconds\":7201").status()).isEqualTo(400);
    assertThat(fixture.api("POST", "/v1/access-requests", alice(), body("")).status())
        .isEqualTo(400);
    assertThat(journal("accessRequested")).isEmpty();
  }

  /** What others agreed to is the role as it was. */
  @Test
  void aRoleThatHasMoreSinceIsNotPickedUp() throws Exception {
    String id = asked("");
    assertThat(approve(id, fixture.token(BOB)).status()).isEqualTo(200);
    fixture.write(
        "policy.yaml",
        POLICY.replace("APPROVAL", ONE).replace("items/replace]", "items/replace, items/delete]"));
    files = "";
    fixture.restart();

    Reply reply = pickUp(id, alice());

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.detail()).contains("has more actions than when others agreed");
    assertThat(journal("leaseIssued")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"comment\":\" \"}", "{\"comment\":\"two\\nlines\"}"})
  void whatIsSaidOfItIsALine(String body) throws Exception {
    String id = asked("");

    assertThat(to(id, fixture.token(BOB), "approvals", body).status()).isEqualTo(400);
    assertThat(to(id, fixture.token(BOB), "denials", body).status()).isEqualTo(400);
    assertThat(request(id, alice()).path("state").asText()).isEqualTo("waiting");
  }

  @Test
  void nobodyFloodsApprovers() throws Exception {
    for (int i = 0; i < 20; i++) {
      asked("");
    }

    assertThat(ask(alice(), "").status()).isEqualTo(429);
  }

  /** Others' requests are neither to be seen nor to be told from those that there are not. */
  @ParameterizedTest
  @CsvSource({"GET, ''", "POST, /approvals", "POST, /denials", "POST, /leases", "DELETE, ''"})
  void othersRequestsAreNotThere(String method, String path) throws Exception {
    String id = asked("");
    decidedBy(ONE, "bobs");
    String body = method.equals("POST") && !path.equals("/leases") ? "{}" : "";
    String bob = fixture.token(BOB);

    Reply there = fixture.api(method, "/v1/access-requests/" + id + path, bob, body);
    Reply none =
        fixture.api(method, "/v1/access-requests/ar-aaaaaaaaaaaaaaaaaaaa" + path, bob, body);

    assertThat(there.status()).isEqualTo(404);
    assertThat(there.body().replace(id, "ar-aaaaaaaaaaaaaaaaaaaa")).isEqualTo(none.body());
  }

  /** Whoever can write to the store approves nothing by that. */
  @Test
  void aRowThatAnotherHasWrittenIsNoRequest() throws Exception {
    String id = asked("");
    fixture.sql(
        "UPDATE access_request SET body = replace(body, '\"count\":1', '\"count\":0') WHERE id = '"
            + id
            + "'");

    assertThat(fixture.api("GET", "/v1/access-requests/" + id, alice(), "").status())
        .isEqualTo(404);
    assertThat(approve(id, fixture.token(BOB)).status()).isEqualTo(404);
  }

  @Test
  void aLeaseIsNotApprovedByTheHandThatWritesTheStore() throws Exception {
    String id = asked("");
    assertThat(approve(id, fixture.token(BOB)).status()).isEqualTo(200);
    JsonNode lease = pickUp(id, alice()).json();
    fixture.sql("UPDATE lease SET approved = NULL");
    fixture.restart();

    assertThat(replace(lease)).isEqualTo(401);
  }

  // --- the glass ---------------------------------------------------------------------------------

  @Test
  void theGlassIsBrokenAtOnceAndLookedAtAfterwards() throws Exception {
    decidedBy("{ from: [group:default/dba], count: 2, expires: 2h, breakGlass: 20m }", "dba, bobs");

    assertThat(ask(alice(), ",\"breakGlass\":true,\"ttlSeconds\":1201").status()).isEqualTo(400);
    Reply broken = ask(alice(), ",\"breakGlass\":true");

    assertThat(broken.status()).as(broken.body()).isEqualTo(201);
    assertThat(broken.header("cache-control")).isEqualTo("no-store");
    String id = broken.json().at("/accessRequest/id").asText();
    JsonNode lease = broken.json().path("issued");
    assertThat(replace(lease)).isEqualTo(200);
    assertThat(request(id, alice()).path("state").asText()).isEqualTo("unreviewed");
    assertThat(journal("accessRequested").getLast().path("glassBroken").asBoolean()).isTrue();
    // However long that takes.
    fixture.clock().advance(Duration.ofDays(3));
    assertThat(toAnswer(fixture.token(BOB))).containsExactly(id);
    assertThat(to(id, alice(), "reviews", "{\"justified\":true}").status()).isEqualTo(403);
    assertThat(approve(id, fixture.token(BOB)).status()).isEqualTo(409);
    assertThat(
            to(id, fixture.token(BOB), "reviews", "{\"justified\":true,\"comment\":\"real\"}")
                .json()
                .path("state")
                .asText())
        .isEqualTo("reviewed");
    assertThat(toAnswer(fixture.token(OPAL))).isEmpty();
    assertThat(journal("accessAnswered").getLast().path("verdict").asText()).isEqualTo("justified");
  }

  /** Or it would be no glass. */
  @Test
  void theGlassIsNotBrokenAgainBeforeSomebodyHasLooked() throws Exception {
    decidedBy("{ from: [group:default/dba], expires: 2h, breakGlass: 20m }", "dba, bobs");
    String id = ask(alice(), ",\"breakGlass\":true").json().at("/accessRequest/id").asText();

    assertThat(ask(alice(), ",\"breakGlass\":true").status()).isEqualTo(429);
    assertThat(journal("leaseIssued")).hasSize(1);
    to(id, fixture.token(BOB), "reviews", "{\"justified\":true}");
    assertThat(ask(alice(), ",\"breakGlass\":true").status()).isEqualTo(201);
  }

  @Test
  void ofAGlassBrokenWithoutReasonTheLeaseEnds() throws Exception {
    decidedBy("{ from: [group:default/dba], expires: 2h, breakGlass: 20m }", "dba, bobs");
    Reply broken = ask(alice(), ",\"breakGlass\":true");
    JsonNode lease = broken.json().path("issued");
    assertThat(replace(lease)).isEqualTo(200);

    to(
        broken.json().at("/accessRequest/id").asText(),
        fixture.token(BOB),
        "reviews",
        "{\"justified\":false}");

    assertThat(replace(lease)).isEqualTo(401);
  }

  /** What nobody can take back isn't given before somebody has looked. */
  @Test
  void theGlassIsNotBrokenForAResourceToken() throws Exception {
    decidedBy("{ from: [group:default/dba], expires: 2h, breakGlass: 20m }", "dba, bobs");
    fixture.configure(
        text ->
            text.replace(
                "keyFile: account.key", "keyFile: account.key\n    lanes: [proxy, token]"));
    fixture.restart();

    Reply reply = ask(alice(), ",\"breakGlass\":true,\"lane\":\"token\"");

    fixture.configure(text -> text.replace("\n    lanes: [proxy, token]", ""));
    fixture.restart();
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.detail()).contains("Nobody can take back a resource token");
    assertThat(journal("accessRequested")).isEmpty();
  }

  /** Nothing is handed over before others agree, and then for no longer than they do. */
  @Test
  void aResourceTokenIsHandedOverOnceOthersAgree() throws Exception {
    fixture.configure(
        text ->
            text.replace(
                "keyFile: account.key", "keyFile: account.key\n    lanes: [proxy, token]"));
    fixture.write(
        "policy.yaml",
        POLICY.replace("APPROVAL", ONE).replace("ttl: { default: 1h, max: 4h }", "lanes: [proxy]")
            + """
              - name: tokens take a second pair of eyes
                for: { groups: [group:default/team] }
                role: data-reader
                scopes: ["orders-prod:/dbs/shop/colls/orders"]
                lanes: [token]
                ttl: { default: 30m, max: 2h }
                approval: { from: [group:default/dba], expires: 2h }
            """);
    files = "";
    fixture.restart();
    String wanted = body(",\"lane\":\"token\"").replace("order-operator", "data-reader");

    Reply before = fixture.api("POST", "/v1/leases", alice(), wanted);
    Reply asked =
        fixture.api(
            "POST",
            "/v1/access-requests",
            alice(),
            wanted.replace("}", ",\"reason\":\"an import\",\"ttlSeconds\":1200}"));
    String id = asked.json().at("/accessRequest/id").asText();
    Reply early = pickUp(id, alice());
    Reply approved = to(id, fixture.token(BOB), "approvals", "{\"ttlSeconds\":600}");
    Reply lease = pickUp(id, alice());
    Reply again = pickUp(id, alice());

    fixture.configure(text -> text.replace("\n    lanes: [proxy, token]", ""));
    assertThat(before.status()).isEqualTo(403);
    assertThat(before.json().path("reason").asText()).isEqualTo("needs-approval");
    assertThat(asked.status()).as(asked.body()).isEqualTo(201);
    assertThat(early.status()).isEqualTo(409);
    assertThat(approved.status()).as(approved.body()).isEqualTo(200);
    assertThat(lease.status()).as(lease.body()).isEqualTo(201);
    assertThat(lease.json().at("/lease/lane").asText()).isEqualTo("token");
    assertThat(
            Duration.between(
                Instant.parse(lease.json().at("/lease/issuedAt").asText()),
                Instant.parse(lease.json().at("/lease/expiresAt").asText())))
        .isEqualTo(Duration.ofMinutes(10));
    assertThat(again.status()).isEqualTo(409);
    assertThat(journal("accessPickedUp")).hasSize(1);
  }

  @Test
  void theGlassIsBrokenOnlyWhereTheRuleLetsPeople() throws Exception {
    assertThat(ask(alice(), ",\"breakGlass\":true").status()).isEqualTo(400);
    decidedBy("{ from: [group:default/dba], expires: 2h, breakGlass: 20m }", "dba, bobs");
    assertThat(ask(ci.accessToken(WORKER, "worker", claims -> {}), ",\"breakGlass\":true").status())
        .isEqualTo(400);
    assertThat(journal("leaseIssued")).isEmpty();
  }
}
