package dev.ephemeris.gateway;

import static dev.ephemeris.gateway.GatewayFixture.ALICE;
import static dev.ephemeris.gateway.GatewayFixture.BOB;
import static dev.ephemeris.gateway.GatewayFixture.CLIENT;
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
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Agents that act for somebody: by a token of each, with the real SDK, until either's end. */
class AgentsTest {

  private static final String POLICY =
      """
      apiVersion: ephemeris.dev/v1
      roles:
        changer: { actions: [readMetadata, items/read, items/create] }
      rules:
        - name: the team changes orders
          for: { groups: [group:default/team], principal: person }
          actions: [readMetadata, items/read, TEAM]
          scopes: ["orders-prod:/dbs/shop/colls/orders"]
          ttl: { default: 2h, max: 4h }
        - name: copilots of the team change orders
          for:
            groups: [group:default/copilots]
            principal: agent
            actsFor: { groups: [group:default/team], principal: person }
          actions: [readMetadata, items/read, AGENTS]
          scopes: ["orders-prod:/dbs/shop/colls/orders"]
          ttl: { default: 15m, max: 3h }
      """;

  private final GatewayFixture fixture;
  private final Copilot copilot;

  AgentsTest() throws Exception {
    fixture = new GatewayFixture();
    copilot = new Copilot(fixture);
  }

  /** The Java SDK has no other way to trust a certificate for one client only. */
  @BeforeAll
  static void trust() {
    System.setProperty("COSMOS.EMULATOR_SERVER_CERTIFICATE_VALIDATION_DISABLED", "true");
  }

  @BeforeEach
  void configure() throws Exception {
    catalog("team", "copilots");
    policy("items/create", "items/create");
    fixture.restart();
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  private void catalog(String alices, String copilots) throws Exception {
    catalog(alices, copilots, "platform");
  }

  private void catalog(String alices, String copilots, String... opals) throws Exception {
    fixture.write(
        "org.yaml",
        OrgYaml.of(
            group("team"),
            group("copilots"),
            group("platform"),
            user(ALICE, alices),
            user(OPAL, opals),
            Copilot.user(copilots)));
  }

  private void policy(String team, String agents) throws Exception {
    fixture.write("policy.yaml", POLICY.replace("TEAM", team).replace("AGENTS", agents));
  }

  private String alice(Consumer<JWTClaimsSet.Builder> change) {
    return fixture.issuer().accessToken(ALICE, CLIENT, change);
  }

  private String copilot() {
    return copilot(claims -> {});
  }

  private String copilot(Consumer<JWTClaimsSet.Builder> change) {
    return copilot.token(change);
  }

  private Reply exchange(String subject, String actor) throws Exception {
    return fixture.exchange(subject, actor, "\"scope\":\"" + ORDERS + "\",\"role\":\"changer\"");
  }

  /** A lease of the copilot's, that acts for Alice. */
  private JsonNode lease() throws Exception {
    return lease(fixture.token(ALICE), copilot());
  }

  private JsonNode lease(String subject, String actor) throws Exception {
    Reply reply = exchange(subject, actor);
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    return reply.json();
  }

  private static String id(JsonNode exchanged) {
    return exchanged.at("/authorization_details/0/id").asText();
  }

  private static String session(JsonNode exchanged) {
    return exchanged.at("/authorization_details/0/sessionId").asText();
  }

  private int read(JsonNode exchanged) throws Exception {
    return fixture.readOrder(exchanged.path("access_token").asText()).status();
  }

  private Reply mine(String token, String method, String path, String body) throws Exception {
    return fixture.api(method, path, token, body);
  }

  // --- what it may -------------------------------------------------------------------------------

  /** The status of what the SDK does. */
  private static int status(Callable<Integer> asked) throws Exception {
    try {
      return asked.call();
    } catch (CosmosException e) {
      return e.getStatusCode();
    }
  }

  /** Once the gateway has seen that its files have changed. */
  private static void becomes(int status, Callable<Integer> asked) throws Exception {
    for (int i = 0; i < 200 && asked.call() != status; i++) {
      Thread.sleep(50);
    }
    assertThat(asked.call()).isEqualTo(status);
  }

  @Test
  void doWithTheSdkWhatBothMayAndNothingThatOnlyOneMay() throws Exception {
    try (CosmosClient client =
        new CosmosClientBuilder()
            .endpoint(fixture.gateway().dataPlane().toString())
            .key(lease().path("access_token").asText())
            .gatewayMode()
            .buildClient()) {
      CosmosContainer orders = client.getDatabase("shop").getContainer("orders");
      Callable<Integer> read =
          () -> orders.readItem("o1", new PartitionKey("c1"), JsonNode.class).getStatusCode();
      Callable<Integer> create =
          () ->
              orders
                  .createItem(
                      Map.of("id", "o" + System.nanoTime(), "customerId", "c1"),
                      new PartitionKey("c1"),
                      new CosmosItemRequestOptions())
                  .getStatusCode();

      assertThat(List.of(status(read), status(create))).containsExactly(200, 201);

      policy("items/delete", "items/create");
      becomes(403, () -> status(create));
      assertThat(status(read)).isEqualTo(200);
      assertThat(fixture.journal("decision").getLast().path("reason").asText())
          .isEqualTo("acted-for-may-not");

      policy("items/create", "items/create");
      becomes(201, () -> status(create));
      policy("items/create", "items/delete");
      becomes(403, () -> status(create));
      assertThat(status(read)).isEqualTo(200);
      assertThat(fixture.journal("decision").getLast().path("reason").asText())
          .isEqualTo("no-rule");
    }
  }

  @Test
  void areGivenNoLeaseForWhatOnlyOneMay() throws Exception {
    policy("items/create", "items/delete");
    fixture.restart();
    Reply agentMayNot = exchange(fixture.token(ALICE), copilot());
    policy("items/delete", "items/create");
    fixture.restart();
    Reply personMayNot = exchange(fixture.token(ALICE), copilot());

    for (Reply refused : List.of(agentMayNot, personMayNot)) {
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.json().path("error").asText()).isEqualTo("access_denied");
    }
    assertThat(agentMayNot.json().path("error_description").asText())
        .contains(
            "user:default/copilot, acting for user:default/alice,", "no rule allows items/create");
    assertThat(personMayNot.json().path("error_description").asText())
        .contains("no rule allows items/create there to whom it acts for", "acted-for-may-not");
    JsonNode decision = fixture.journal("decision").getLast();
    assertThat(decision.path("principal").asText()).isEqualTo("ci:sub-copilot");
    assertThat(decision.path("actsFor").asText()).isEqualTo("corp:sub-alice");
    // Alone, each may what is theirs.
    assertThat(fixture.exchange(copilot(), "").status()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({"platform, copilots", "team, platform", "platform, platform"})
  void mayNothingOnceEitherHasLostItsGroup(String alices, String copilots) throws Exception {
    JsonNode lease = lease();
    assertThat(read(lease)).isEqualTo(200);

    catalog(alices, copilots);

    becomes(403, () -> read(lease));
    assertThat(renewal(lease, copilot()).status()).isEqualTo(403);
    assertThat(exchange(fixture.token(ALICE), copilot()).status()).isEqualTo(400);
  }

  /** A person's rule that asks for a second factor asks for theirs. */
  @Test
  void haveTheSecondFactorOfWhomTheyActForOnlyIfTheyHadOne() throws Exception {
    fixture.configure(
        text ->
            text.replace(
                "    principal: person\n",
                "    principal: person\n    mfa: { amr: [mfa], acr: [], maxAge: 1h }\n"));
    fixture.write(
        "policy.yaml",
        POLICY
            .replace("TEAM", "items/create")
            .replace("AGENTS", "items/create")
            .replace("max: 4h }", "max: 4h }\n    when: { mfa: true }"));
    fixture.restart();

    JsonNode with = lease(alice(claims -> claims.claim("amr", List.of("mfa"))), copilot());
    Reply without =
        exchange(
            alice(claims -> claims.claim("amr", List.of("pwd"))),
            copilot(claims -> claims.claim("amr", List.of("mfa"))));

    assertThat(without.status()).isEqualTo(400);
    assertThat(read(with)).isEqualTo(200);
    fixture.clock().advance(Duration.ofMinutes(14));
    assertThat(renewal(with, copilot()).status()).isEqualTo(200);
    // It grows old though the agent goes on.
    fixture.clock().advance(Duration.ofMinutes(14));
    renewal(with, copilot());
    fixture.clock().advance(Duration.ofMinutes(14));
    renewal(with, copilot());
    fixture.clock().advance(Duration.ofMinutes(14));
    assertThat(renewal(with, copilot()).status()).isEqualTo(200);
    fixture.clock().advance(Duration.ofMinutes(6));
    assertThat(read(with)).isEqualTo(403);
    assertThat(renewal(with, copilot()).status()).isEqualTo(403);
  }

  // --- who it is ---------------------------------------------------------------------------------

  @Test
  void areOnRecordWithWhomTheyActFor() throws Exception {
    JsonNode lease = lease();
    read(lease);
    renewal(lease, copilot());
    mine(fixture.token(ALICE), "DELETE", "/v1/sessions/" + session(lease), "");

    for (String type :
        List.of("leaseIssued", "requestIntent", "leaseRenewed", "leaseRevoked", "sessionEnded")) {
      assertThat(fixture.journal(type))
          .as(type)
          .singleElement()
          .satisfies(
              record -> {
                assertThat(record.path("principal").asText()).isEqualTo("ci:sub-copilot");
                assertThat(record.path("actsFor").asText()).isEqualTo("corp:sub-alice");
              });
    }
    assertThat(fixture.journal("sessionStarted"))
        .filteredOn(record -> record.path("kind").asText().equals("agent"))
        .singleElement()
        .satisfies(
            record -> {
              assertThat(record.path("principal").asText()).isEqualTo("ci:sub-copilot");
              assertThat(record.path("actsFor").asText()).isEqualTo("corp:sub-alice");
              assertThat(record.path("client").asText()).isEqualTo("copilot");
            });
    assertThat(fixture.journal("leaseRevoked").getLast().path("by").asText())
        .isEqualTo("corp:sub-alice");
  }

  @Test
  void haveOneSessionForEachSignInWithEachOfWhomTheyActFor() throws Exception {
    String alice = fixture.token(ALICE);
    String copilot = copilot();

    String first = session(lease(alice, copilot));

    assertThat(session(lease(alice, copilot))).isEqualTo(first);
    assertThat(session(lease(alice, copilot()))).isNotEqualTo(first);
    assertThat(session(lease(fixture.token(ALICE), copilot))).isNotEqualTo(first);
  }

  @Test
  void areAmongTheLeasesAndSessionsOfBothAndNobodyElses() throws Exception {
    JsonNode lease = lease();
    String alice = fixture.token(ALICE);

    for (String token : List.of(alice, copilot())) {
      JsonNode listed = mine(token, "GET", "/v1/leases", "").json().at("/leases/0");
      assertThat(listed.path("id").asText()).isEqualTo(id(lease));
      assertThat(listed.path("principal").asText()).isEqualTo("ci:sub-copilot");
      assertThat(listed.path("actsFor").asText()).isEqualTo("corp:sub-alice");
      assertThat(mine(token, "GET", "/v1/leases/" + id(lease), "").status()).isEqualTo(200);
      assertThat(mine(token, "GET", "/v1/sessions", "").json().path("sessions"))
          .filteredOn(session -> session.path("kind").asText().equals("agent"))
          .singleElement()
          .satisfies(
              session -> assertThat(session.path("actsFor").asText()).isEqualTo("corp:sub-alice"));
    }
    assertThat(
            mine(fixture.token(OPAL), "GET", "/v1/any/leases?principal=corp:sub-alice", "")
                .json()
                .at("/leases/0/actsFor")
                .asText())
        .isEqualTo("corp:sub-alice");
    String bob = fixture.token(BOB);
    assertThat(mine(bob, "GET", "/v1/leases", "").json().path("leases")).isEmpty();
    assertThat(mine(bob, "DELETE", "/v1/leases/" + id(lease), "").status()).isEqualTo(404);
    assertThat(mine(bob, "DELETE", "/v1/sessions/" + session(lease), "").status()).isEqualTo(404);
    assertThat(read(lease)).isEqualTo(200);
  }

  @Test
  void areOnlyWhomTheTokensLetActForEachOther() throws Exception {
    for (String what :
        List.of(
            "a person",
            "itself",
            "a person's act",
            "an agent's act",
            "another",
            "another's issuer",
            "no issuer",
            "no subject",
            "text",
            "nothing",
            "another's client")) {
      int before = fixture.journal("authenticationFailed").size();

      Reply reply = actor(what);

      assertThat(reply.status()).as(what + reply.body()).isEqualTo(400);
      assertThat(reply.json().path("error").asText()).as(what).isEqualTo("invalid_request");
      assertThat(reply.json().path("error_description").asText())
          .as(what)
          .startsWith(
              switch (what) {
                // RFC 8693 §4.1: somebody acts with it already, and there are no chains.
                case "a person's act" -> "the subject token isn't accepted: it says 'act'";
                case "an agent's act" -> "the actor token isn't accepted: it says 'act'";
                default -> "the actor may not act for the subject: ";
              });
      assertThat(fixture.journal("authenticationFailed")).as(what).hasSize(before + 1);
      // Nobody is slowed for what others did before.
      fixture.clock().advance(Duration.ofSeconds(7));
    }
    assertThat(fixture.journal("leaseIssued")).isEmpty();
  }

  private Reply actor(String what) throws Exception {
    String iss = copilot.issuer().toString();
    String alice = fixture.token(ALICE);
    return switch (what) {
      case "a person" -> exchange(alice, fixture.token(OPAL));
      case "itself" -> exchange(copilot(), copilot());
      case "a person's act" ->
          exchange(alice(claims -> claims.claim("act", Map.of("sub", "x"))), copilot());
      case "an agent's act" ->
          exchange(alice, copilot(claims -> claims.claim("act", Map.of("sub", "x"))));
      case "another" -> mayAct(Map.of("iss", iss, "sub", "sub-other"));
      case "another's issuer" ->
          mayAct(Map.of("iss", fixture.issuer().issuer().toString(), "sub", "sub-copilot"));
      case "no issuer" -> mayAct(Map.of("sub", "sub-copilot"));
      case "no subject" -> mayAct(Map.of("iss", iss));
      case "text" -> mayAct("sub-copilot");
      case "nothing" -> mayAct(Map.of());
      default -> mayAct(Map.of("iss", iss, "sub", "sub-copilot", "client_id", "other"));
    };
  }

  private Reply mayAct(Object named) throws Exception {
    return exchange(alice(claims -> claims.claim("may_act", named)), copilot());
  }

  @Test
  void actForWhoeverNamesThem() throws Exception {
    assertThat(
            mayAct(
                    Map.of(
                        "iss",
                        copilot.issuer().toString(),
                        "sub",
                        "sub-copilot",
                        "client_id",
                        "copilot"))
                .status())
        .isEqualTo(200);
  }

  @Test
  void needAnAcceptedTokenOfEach() throws Exception {
    Reply expired = exchange(fixture.token(ALICE), copilot(claims -> past(claims)));
    Reply subject = exchange(alice(claims -> past(claims)), copilot());

    assertThat(expired.json().path("error_description").asText())
        .startsWith("the actor token isn't accepted: it expired");
    assertThat(subject.json().path("error_description").asText())
        .startsWith("the subject token isn't accepted: it expired");
    assertThat(fixture.journal("leaseIssued")).isEmpty();
  }

  private void past(JWTClaimsSet.Builder claims) {
    claims.expirationTime(Date.from(fixture.clock().instant().minusSeconds(1)));
  }

  /** The commands of docs/identity.md, run as they stand there, but for the gateway's name. */
  @Test
  void comeByTheirLeasesAsDocumented() throws Exception {
    policy("executeQuery, readChangeFeed", "executeQuery, readChangeFeed");
    fixture.restart();
    String page = Files.readString(Path.of("../docs/identity.md"));
    String chapter = page.substring(page.indexOf("# Agents and token exchange"));
    List<String> commands =
        Pattern.compile("^```console\n\\$ (curl .*?)^```", Pattern.MULTILINE | Pattern.DOTALL)
            .matcher(chapter.substring(0, chapter.indexOf("\n# ")))
            .results()
            .map(result -> result.group(1))
            .toList();
    JsonNode documented =
        GatewayFixture.json(
            chapter.substring(
                chapter.indexOf("```json") + 7,
                chapter.indexOf("```", chapter.indexOf("```json") + 7)));

    assertThat(commands).hasSize(2);
    JsonNode own = run(commands.getFirst());
    JsonNode agents = run(commands.getLast());

    assertThat(read(own)).isEqualTo(200);
    assertThat(read(agents)).isEqualTo(200);
    assertThat(own.at("/authorization_details/0").has("actsFor")).isFalse();
    assertThat(agents.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrderElementsOf(documented::fieldNames);
    assertThat(agents.at("/authorization_details/0").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrderElementsOf(documented.at("/authorization_details/0")::fieldNames);
    assertThat(agents.path("expires_in")).isEqualTo(documented.path("expires_in"));
  }

  private JsonNode run(String command) throws Exception {
    ProcessBuilder shell =
        new ProcessBuilder(
                "bash",
                "-c",
                command.replace(
                    "https://gateway.example.com:8080", fixture.gateway().api().toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    shell
        .environment()
        .putAll(
            Map.of(
                "CURL_CA_BUNDLE", fixture.certificate().authority().toString(),
                "TOKEN", fixture.token(ALICE),
                "ALICES_TOKEN", fixture.token(ALICE),
                "COPILOTS_TOKEN", copilot()));
    Process process = shell.start();
    String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return GatewayFixture.json(answer);
  }

  // --- how it ends -------------------------------------------------------------------------------

  /** Whatever ends either ends what the one does for the other; also over a restart. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Alice revokes it                 | alice   | DELETE | /v1/leases/LEASE           |
          the agent revokes it             | copilot | DELETE | /v1/leases/LEASE           |
          Alice ends its session           | alice   | DELETE | /v1/sessions/SESSION       |
          Alice signs out                  | alice   | DELETE | /v1/sessions/ALICES        |
          the agent signs out              | copilot | DELETE | /v1/sessions/COPILOTS      |
          somebody revokes it              | opal    | DELETE | /v1/any/leases/LEASE       |
          Alice's access is ended          | opal    | POST   | /v1/any/kills              | "user":"user:default/alice"
          the agent's access is ended      | opal    | POST   | /v1/any/kills              | "principal":"ci:sub-copilot"
          that of Alice's group            | opal    | POST   | /v1/any/kills              | "group":"group:default/team"
          that of the agent's group        | opal    | POST   | /v1/any/kills              | "group":"group:default/copilots"
          that of Alice's client           | opal    | POST   | /v1/any/kills              | "client":"corp:ephemeris-cli"
          that of the agent's client       | opal    | POST   | /v1/any/kills              | "client":"ci:copilot"
          Alice's in the account           | opal    | POST   | /v1/any/kills              | "principal":"corp:sub-alice","account":"orders-prod"
          the agent's in the account       | opal    | POST   | /v1/any/kills              | "user":"user:default/copilot","account":"orders-prod"
          everybody's in the account       | opal    | POST   | /v1/any/kills              | "account":"orders-prod"
          Alice is suspended               | opal    | POST   | /v1/any/suspensions        | "user":"user:default/alice"
          the agent is suspended           | opal    | POST   | /v1/any/suspensions        | "principal":"ci:sub-copilot"
          """)
  void end(String what, String who, String method, String path, String body) throws Exception {
    String alice = fixture.token(ALICE);
    String copilot = copilot();
    JsonNode lease = lease(alice, copilot);
    String byAlice = fixture.lease("changer").path("token").asText();
    assertThat(read(lease)).isEqualTo(200);
    String asked =
        path.replace("LEASE", id(lease))
            .replace("SESSION", session(lease))
            .replace("ALICES", own(alice))
            .replace("COPILOTS", own(copilot));

    Reply ended =
        fixture.api(
            method,
            asked,
            switch (who) {
              case "alice" -> fixture.token(ALICE);
              case "copilot" -> copilot();
              default -> fixture.token(OPAL);
            },
            body == null ? "" : "{" + body + ",\"reason\":\"a look\"}");

    assertThat(ended.status()).as(ended.body()).isBetween(200, 204);
    assertThat(read(lease)).isEqualTo(401);
    fixture.restart();
    assertThat(read(lease)).isEqualTo(401);
    if (!asked.contains("/leases/") && (body == null || !body.contains("account"))) {
      fixture.clock().advance(Duration.ofSeconds(2));
      assertThat(
              fixture
                  .api("GET", "/v1/any/sessions", fixture.token(OPAL), "")
                  .json()
                  .path("sessions"))
          .filteredOn(session -> session.path("id").asText().equals(session(lease)))
          .singleElement()
          .satisfies(session -> assertThat(session.path("state").asText()).isEqualTo("ended"));
    }
    if (!asked.contains("/leases/")) {
      assertThat(exchange(alice, copilot).status()).as("the same tokens again").isEqualTo(400);
    }
    if (who.equals("copilot") || what.contains("agent") || what.contains("its session")) {
      assertThat(fixture.readOrder(byAlice).status()).as("what Alice has herself").isEqualTo(200);
    }
  }

  private String own(String token) throws Exception {
    return fixture.api("GET", "/v1/me", token, "").json().at("/session/id").asText();
  }

  /** What another gateway or hand has ended in the store begins nothing here. */
  @ParameterizedTest
  @ValueSource(strings = {"alice", "copilot"})
  void beginNothingOnceEitherSessionHasEnded(String who) throws Exception {
    String alice = fixture.token(ALICE);
    String copilot = copilot();
    String ended = own(who.equals("alice") ? alice : copilot);
    own(alice);
    own(copilot);
    fixture.sql("UPDATE session SET ended_at = 1 WHERE id = '" + ended + "'");

    Reply reply = exchange(alice, copilot);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().path("error_description").asText())
        .contains("the session in which they would act together was ended");
  }

  /**
   * A block holds though the store doesn't take it, and what was given before gets no more time.
   */
  @ParameterizedTest
  @ValueSource(strings = {"corp:sub-alice", "ci:sub-copilot"})
  void getNoMoreTimeOnceEitherIsKeptOut(String principal) throws Exception {
    JsonNode lease = lease();
    fixture.sql(
        "CREATE TRIGGER full BEFORE INSERT ON block BEGIN SELECT RAISE(ABORT, 'full'); END");
    assertThat(
            mine(
                    fixture.token(OPAL),
                    "POST",
                    "/v1/any/kills",
                    "{\"principal\":\"%s\",\"account\":\"orders-prod\",\"reason\":\"a look\"}"
                        .formatted(principal))
                .status())
        .isEqualTo(503);

    Reply renewed = renewal(lease, copilot());

    assertThat(renewed.status()).isEqualTo(403);
    assertThat(renewed.json().path("type").asText()).isEqualTo("urn:ephemeris:problem:kept-out");
  }

  /** The session's row isn't sealed; the lease's is, and says with what it ends. */
  @ParameterizedTest
  @ValueSource(strings = {"alice", "copilot"})
  void endWithASignInThoughTheStoreWasChanged(String who) throws Exception {
    String alice = fixture.token(ALICE);
    String copilot = copilot();
    JsonNode lease = lease(alice, copilot);
    fixture.sql("UPDATE session SET acts_for_session = 's-0', own_session = 's-0'");

    String token = who.equals("alice") ? alice : copilot;
    assertThat(mine(token, "DELETE", "/v1/sessions/" + own(token), "").status()).isEqualTo(204);

    assertThat(read(lease)).isEqualTo(401);
  }

  /** Each change of a lease of its own, beside one that nobody has changed. */
  @Test
  void areNothingOnceTheirRowWasChanged() throws Exception {
    List<String> changes =
        List.of(
            "acts_for_issuer = 'ci'",
            "acts_for_subject = 'sub-opal'",
            "acts_for_kind = 'WORKLOAD'",
            "acts_for_claims = '{\"a\":\"b\"}'",
            "acts_for_client = 'other'",
            "acts_for_client = NULL",
            "acts_for_mfa_until = 253402300799000000",
            "acts_for_mfa_until = NULL",
            "acts_for_session = 's-0'",
            "own_session = 's-0'",
            "acts_for_subject = NULL",
            "kind = 'WORKLOAD'",
            "kind = 'PERSON', acts_for_issuer = NULL, acts_for_subject = NULL, acts_for_kind ="
                + " NULL, acts_for_claims = NULL, acts_for_client = NULL, acts_for_mfa_until ="
                + " NULL, acts_for_session = NULL, own_session = NULL");
    fixture.configure(
        text ->
            text.replace(
                "    principal: person\n",
                "    principal: person\n    mfa: { amr: [mfa], acr: [], maxAge: 1h }\n"));
    fixture.restart();
    Map<String, JsonNode> leases = new LinkedHashMap<>();
    for (String change : changes) {
      leases.put(change, lease(alice(claims -> claims.claim("amr", List.of("mfa"))), copilot()));
    }
    JsonNode untouched = lease(alice(claims -> claims.claim("amr", List.of("mfa"))), copilot());

    fixture.stopGateway();
    for (Map.Entry<String, JsonNode> each : leases.entrySet()) {
      fixture.sql(
          "UPDATE lease SET " + each.getKey() + " WHERE id = '" + id(each.getValue()) + "'");
    }
    fixture.restart();

    for (Map.Entry<String, JsonNode> each : leases.entrySet()) {
      assertThat(read(each.getValue())).as(each.getKey()).isEqualTo(401);
    }
    assertThat(read(untouched)).isEqualTo(200);
  }

  // --- how it goes on ----------------------------------------------------------------------------

  private Reply renewal(JsonNode lease, String token) throws Exception {
    return mine(token, "POST", "/v1/leases/" + id(lease) + "/renewals", "{}");
  }

  @Test
  void goOnByThemselvesAndNotByWhomTheyActFor() throws Exception {
    JsonNode lease = lease();
    fixture.clock().advance(Duration.ofMinutes(10));

    Reply byAlice = renewal(lease, fixture.token(ALICE));
    Reply byCopilot = renewal(lease, copilot());

    assertThat(byAlice.status()).isEqualTo(409);
    assertThat(byAlice.detail()).contains("is that of user:default/copilot, which acts for you");
    assertThat(byCopilot.status()).isEqualTo(200);
    assertThat(byCopilot.json().at("/lease/actsFor").asText()).isEqualTo("corp:sub-alice");
    fixture.clock().advance(Duration.ofMinutes(14));
    assertThat(read(lease)).isEqualTo(200);
  }

  /** The rules of both give four and three hours; twelve is what each session has. */
  @Test
  void endByTheEndOfEithersSession() throws Exception {
    String alice = fixture.token(ALICE);
    own(alice);
    Instant end = fixture.clock().instant().plus(Duration.ofHours(12));
    // Her issuer goes on with her session, and so does the gateway.
    fixture.clock().advance(Duration.ofHours(11).plusMinutes(50));
    String again = alice(claims -> claims.claim("sid", sid(alice)).expirationTime(later()));

    JsonNode lease = lease(again, copilot(claims -> claims.expirationTime(later())));

    assertThat(Instant.parse(lease.at("/authorization_details/0/expiresAt").asText()))
        .isBeforeOrEqualTo(end);
    fixture.clock().advance(Duration.ofMinutes(11));
    assertThat(read(lease)).isEqualTo(401);
  }

  private Date later() {
    return Date.from(fixture.clock().instant().plus(Duration.ofHours(1)));
  }

  private static String sid(String token) {
    try {
      return SignedJWT.parse(token).getJWTClaimsSet().getStringClaim("sid");
    } catch (ParseException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Whoever is kept out gets nothing by an agent, nor an agent by acting for somebody. */
  @ParameterizedTest
  @ValueSource(strings = {"corp:sub-alice", "ci:sub-copilot"})
  void areKeptOutWithEither(String principal) throws Exception {
    String alice = fixture.token(ALICE);
    String copilot = copilot();
    mine(
        fixture.token(OPAL),
        "POST",
        "/v1/any/kills",
        "{\"principal\":\"%s\",\"account\":\"orders-prod\",\"reason\":\"a look\"}"
            .formatted(principal));

    Reply reply = exchange(alice, copilot);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().path("error").asText()).isEqualTo("access_denied");
    assertThat(reply.json().path("error_description").asText()).contains("Since ", "block b-");
  }

  // --- stopped by whom they act for --------------------------------------------------------------

  private JsonNode agents(String token) throws Exception {
    return mine(token, "GET", "/v1/agents", "").json().path("agents");
  }

  @Test
  void areListedOnceWithWhatTheyHaveForWhomTheyActFor() throws Exception {
    String alice = fixture.token(ALICE);
    JsonNode first = lease(alice, copilot());
    JsonNode second = lease(alice, copilot(claims -> claims.claim("sid", "another")));
    assertThat(session(second)).isNotEqualTo(session(first));
    JsonNode ended = lease(alice, copilot(claims -> claims.claim("sid", "third")));
    mine(alice, "DELETE", "/v1/sessions/" + session(ended), "");
    lease(alice, "");

    assertThat(agents(alice)).hasSize(1);
    JsonNode agent = agents(alice).path(0);
    assertThat(agent.path("principal").asText()).isEqualTo("ci:sub-copilot");
    assertThat(agent.path("name").asText()).isEqualTo("user:default/copilot");
    assertThat(agent.path("sessions").findValuesAsText("id"))
        .containsExactlyInAnyOrder(session(first), session(second));
    assertThat(agent.path("leases").findValuesAsText("id"))
        .containsExactlyInAnyOrder(id(first), id(second));
    for (String other : List.of(fixture.token(BOB), copilot(), fixture.token(OPAL))) {
      assertThat(agents(other)).isEmpty();
      assertThat(mine(other, "DELETE", "/v1/agents/" + agent.path("id").asText(), "").status())
          .isEqualTo(404);
    }
    assertThat(read(first)).isEqualTo(200);
  }

  @Test
  void areStoppedByWhomTheyActForUntilTheseSignInAnew() throws Exception {
    catalog("team", "copilots", "platform", "team");
    fixture.restart();
    Instant signedInAt = fixture.clock().instant();
    String alice = aliceSignedIn(signedInAt);
    String copilot = copilot();
    JsonNode lease = lease(alice, copilot);
    JsonNode opals = lease(fixture.token(OPAL), copilot);
    JsonNode own = lease(alice, "");
    assertThat(List.of(read(lease), read(opals), read(own))).containsOnly(200);

    Reply stopped = mine(alice, "DELETE", "/v1/agents/" + agents(alice).at("/0/id").asText(), "");

    assertThat(stopped.status()).as(stopped.body()).isEqualTo(200);
    assertThat(stopped.json().path("sessions").asInt()).isEqualTo(1);
    assertThat(stopped.json().path("leases").asInt()).isEqualTo(1);
    String block = stopped.json().path("block").asText();
    assertThat(List.of(read(lease), read(opals), read(own))).containsExactly(401, 200, 200);
    assertThat(agents(alice)).isEmpty();
    for (int start = 0; start < 2; start++) {
      for (String again : List.of(alice, aliceSignedIn(signedInAt))) {
        for (String agents : List.of(copilot, copilot(claims -> claims.claim("sid", "another")))) {
          assertThat(refusedAsStopped(again, agents)).contains("block " + block);
        }
      }
      fixture.restart();
    }
    assertThat(mine(copilot, "DELETE", "/v1/blocks/" + block, "").status()).isEqualTo(404);
    JsonNode known = mine(alice, "GET", "/v1/blocks", "").json().at("/blocks/0");
    assertThat(known.path("id").asText()).isEqualTo(block);
    assertThat(known.path("target").asText())
        .isEqualTo("agent ci:sub-copilot, acting for corp:sub-alice");
    JsonNode recorded = fixture.journal("accessEnded").getLast();
    assertThat(recorded.path("target").asText())
        .isEqualTo("agent ci:sub-copilot, acting for corp:sub-alice");
    assertThat(recorded.path("by").asText()).isEqualTo("corp:sub-alice");
    assertThat(fixture.journal("sessionEnded").getLast().path("blockId").asText()).isEqualTo(block);

    // Her issuer goes on with its session, in which she proves anew who she is.
    fixture.clock().advance(Duration.ofSeconds(2));
    assertThat(read(lease(aliceSignedIn(fixture.clock().instant()), copilot))).isEqualTo(200);
    // By what she had shown before it still doesn't.
    assertThat(refusedAsStopped(alice, copilot)).contains("block " + block);
  }

  /** In one session of her issuer's. */
  private String aliceSignedIn(Instant at) {
    return alice(claims -> claims.claim("sid", "of alice").claim("auth_time", at.getEpochSecond()));
  }

  private String refusedAsStopped(String subject, String actor) throws Exception {
    Reply refused = exchange(subject, actor);
    assertThat(refused.status()).isEqualTo(400);
    return refused.json().path("error_description").asText();
  }
}
