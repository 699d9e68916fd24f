package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ephemeris.simulator.issuer.TokenFault;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code access.csv} doesn't show of Entra tokens: whose are taken, and action by action. */
class EntraTokensTest {

  private static final String ORDERS = "dbs/shop/colls/orders";
  private static final String ACCOUNT = "Microsoft.DocumentDB/databaseAccounts/";
  private static final MovableClock CLOCK = new MovableClock();

  private static RunningSimulator running;
  private static TestTenant tenant;
  private static RawClient client;

  @BeforeAll
  static void start() throws Exception {
    running = new RunningSimulator(CLOCK);
    tenant = new TestTenant();
    client = new RawClient(running);
    running.simulator.access().trust(tenant.asTrusted());
  }

  @AfterAll
  static void stop() {
    running.close();
    tenant.close();
  }

  @BeforeEach
  void oneItemAndNoRoles() {
    CLOCK.set(Duration.ZERO);
    running.resetWithContainer();
    running.put("{'id': '1', 'pk': 'a'}");
  }

  private static void assign(String principal, RoleDefinition role, String scope) {
    running.simulator.access().assign(new RoleAssignment(principal, role, scope));
  }

  private static void assignReader() {
    assign(TestTenant.ALICE.subject(), RoleDefinition.DATA_READER, "/");
  }

  private static RawClient.Reply read(String token) throws Exception {
    return read("/" + ORDERS + "/docs/1", token);
  }

  private static RawClient.Reply read(String target, String token) throws Exception {
    return client
        .request("GET", target)
        .header("x-ms-documentdb-partitionkey", "[\"a\"]")
        .header("authorization", "type=aad&ver=1.0&sig=" + token)
        .send();
  }

  @Test
  void letsInWhoHasARole() throws Exception {
    assignReader();

    assertThat(read(tenant.token()).status()).isEqualTo(200);
  }

  @Test
  void takesTheBearerFormToo() throws Exception {
    assignReader();

    assertThat(
            client
                .request("GET", "/")
                .header("authorization", "Bearer " + tenant.token())
                .send()
                .status())
        .isEqualTo(200);
  }

  @Test
  void asksNoRoleOfWhoHasAKey() throws Exception {
    assertThat(client.request("GET", "/dbs").signed("dbs", "").send().status()).isEqualTo(200);
  }

  @Test
  void goesOnWhenLocalAuthorizationIsDisabled() throws Exception {
    assignReader();
    running.simulator.access().disableLocalAuth(true);

    assertThat(read(tenant.token()).status()).isEqualTo(200);
  }

  /** Entra's access tokens have the type of ID tokens, and any application may get one. */
  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"WRONG_TYPE", "FOREIGN_CLIENT"})
  void refusesWhatIsWrongWithAToken(TokenFault fault) throws Exception {
    assignReader();

    RawClient.Reply reply = read(tenant.faultyToken(fault));

    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.message()).startsWith("Request blocked by Auth orders-prod : Provided AAD");
  }

  @Test
  void namesTheAuthorityThatItDoesntTrust() throws Exception {
    RawClient.Reply reply = read(tenant.token(claims -> claims.issuer("https://other.test/")));

    assertThat(reply.message())
        .startsWith(
            "Request blocked by Auth orders-prod : Provided AAD token was issued by the authority"
                + " [https://other.test/] which is not trusted by this database account. Please"
                + " ensure the token has been issued by the AAD tenant(s) ["
                + tenant.issuer.issuer()
                + "].");
  }

  @Test
  void namesTheAudiencesThatItAccepts() throws Exception {
    RawClient.Reply reply =
        read(tenant.token(claims -> claims.audience("https://gateway.example.test")));

    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.header("x-ms-substatus")).isEqualTo("5008");
    assertThat(reply.message())
        .startsWith(
            "Request blocked by Auth orders-prod : Provided AAD token is intended for"
                + " [https://gateway.example.test]. This database account accepts tokens intended"
                + " for [https://cosmos.azure.com, https://orders-prod.documents.azure.com].");
  }

  @Test
  void acceptsEachOfItsAudiences() throws Exception {
    assignReader();
    for (String audience : List.of("https://cosmos.azure.com", TestTenant.AUDIENCE)) {
      assertThat(read(tenant.token(claims -> claims.audience(audience))).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({"PT9M55S,200", "PT10M1S,401"})
  void refusesATokenFromItsEndOn(Duration ahead, int status) throws Exception {
    assignReader();
    String token = tenant.token();

    CLOCK.set(ahead);
    RawClient.Reply reply = read(token);

    assertThat(reply.status()).isEqualTo(status);
    if (status == 401) {
      assertThat(reply.message())
          .matches(
              "(?s)Request blocked by Auth orders-prod : Provided AAD token has been expired since"
                  + " \\[\\d+/\\d+/\\d{4} \\d+:\\d\\d:\\d\\d [AP]M \\(UTC\\)\\]. Current server"
                  + " time is \\[.+ \\(UTC\\)\\]. Please refresh the AAD token..*");
    }
  }

  @Test
  void trustsNobodyUntilTold() throws Exception {
    try (RunningSimulator other = new RunningSimulator()) {
      other.resetWithContainer();
      other
          .simulator
          .access()
          .assign(new RoleAssignment(TestTenant.ALICE.subject(), RoleDefinition.DATA_READER, "/"));

      RawClient.Reply reply =
          new RawClient(other)
              .request("GET", "/")
              .header("authorization", "type=aad&ver=1.0&sig=" + tenant.token())
              .send();

      assertThat(reply.status()).isEqualTo(401);
    }
  }

  @Test
  void takesTokensOfANewKeyAndOfTheOneBeforeIt() throws Exception {
    assignReader();
    String before = tenant.token();
    tenant.issuer.rotateKeys();

    assertThat(read(before).status()).isEqualTo(200);
    assertThat(read(tenant.token()).status()).isEqualTo(200);
    tenant.issuer.rotateKeys();
    assertThat(read(before).status()).isEqualTo(401);
  }

  @Test
  void knowsAPrincipalByItsObjectId() throws Exception {
    assign("an-object-id", RoleDefinition.DATA_READER, "/");
    String token = tenant.token(claims -> claims.claim("oid", "an-object-id"));

    assertThat(read(token).status()).isEqualTo(200);
    assertThat(read(tenant.token()).status()).isEqualTo(403);

    running.resetWithContainer();
    assignReader(); // to the subject, which doesn't count beside an object id
    assertThat(read(token).status()).isEqualTo(403);
  }

  @Test
  void countsTheRolesOfItsGroups() throws Exception {
    assign("a-group-id", RoleDefinition.DATA_READER, "/" + ORDERS);
    running.put("{'id': '1', 'pk': 'a'}");

    assertThat(
            read(tenant.token(claims -> claims.claim("groups", List.of("other", "a-group-id"))))
                .status())
        .isEqualTo(200);
    assertThat(read(tenant.token(claims -> claims.claim("groups", List.of("other")))).status())
        .isEqualTo(403);
  }

  @Test
  void forgetsARoleThatIsTakenAway() throws Exception {
    RoleAssignment assignment =
        new RoleAssignment(TestTenant.ALICE.subject(), RoleDefinition.DATA_READER, "/");
    running.simulator.access().assign(assignment);
    String token = tenant.token();
    assertThat(read(token).status()).isEqualTo(200);

    running.simulator.access().unassign(assignment);

    assertThat(read(token).status()).isEqualTo(403);
  }

  @Test
  void saysWhichActionIsMissingWhere() throws Exception {
    RawClient.Reply item = read(tenant.token());
    RawClient.Reply account = read("/", tenant.token());

    assertThat(item.header("x-ms-substatus")).isEqualTo("5301");
    assertThat(item.message())
        .startsWith(
            "Request blocked by Auth orders-prod : Request is blocked because principal"
                + " [alice-object-id] does not have required RBAC permissions to perform action"
                + " [Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read] on"
                + " resource [dbs/shop/colls/orders]. Learn more:"
                + " https://aka.ms/cosmos-native-rbac.");
    assertThat(account.message())
        .contains("[Microsoft.DocumentDB/databaseAccounts/readMetadata] on resource [/].");
  }

  @Test
  void saysWhatNoEntraTokenCanDo() throws Exception {
    assign(TestTenant.ALICE.subject(), RoleDefinition.DATA_CONTRIBUTOR, "/");

    RawClient.Reply reply =
        client
            .request("POST", "/dbs/shop/colls")
            .header("authorization", "type=aad&ver=1.0&sig=" + tenant.token())
            .body("{'id': 'more'}")
            .send();

    assertThat(reply.status()).isEqualTo(403);
    assertThat(reply.header("x-ms-substatus")).isEqualTo("5300");
    assertThat(reply.message())
        .startsWith(
            "Request blocked by Auth orders-prod : The given request [POST /dbs/shop/colls] cannot"
                + " be authorized by AAD token in data plane. Learn more:"
                + " https://aka.ms/cosmos-native-rbac.");
  }

  @Test
  void decidesOnTheNameBehindARid() throws Exception {
    assign(TestTenant.ALICE.subject(), RoleDefinition.DATA_READER, "/" + ORDERS);
    running.simulator.createContainer("shop", "other", "/pk");
    String database = running.simulator.rid("shop");

    assertThat(
            read(
                    "/dbs/" + database + "/colls/" + running.simulator.rid("shop", "orders"),
                    tenant.token())
                .status())
        .isEqualTo(200);
    RawClient.Reply other =
        read(
            "/dbs/" + database + "/colls/" + running.simulator.rid("shop", "other"),
            tenant.token());
    assertThat(other.status()).isEqualTo(403);
    assertThat(other.message()).contains("on resource [dbs/shop/colls/other]");
  }

  /** Each action alone is enough for its call, and all others together aren't. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "readMetadata            | GET    |             |         |",
        "readMetadata            | GET    | /pkranges   |         |",
        "items/read              | GET    | /docs/1     |         |",
        "items/create            | POST   | /docs       |         | {'id': '2', 'pk': 'a'}",
        "items/upsert            | POST   | /docs       | upsert  | {'id': '2', 'pk': 'a'}",
        "items/replace           | PUT    | /docs/1     |         | {'id': '1', 'pk': 'a'}",
        "items/replace           | PATCH  | /docs/1     |         | [{'op': 'add', 'path': '/x',"
            + " 'value': 1}]",
        "items/delete            | DELETE | /docs/1     |         |",
        "items/delete            | POST   | /operations/partitionkeydelete | |",
        "executeQuery            | POST   | /docs       | plan    | {'query': 'SELECT * FROM c'}",
        "readChangeFeed          | GET    | /docs       |         |",
        "executeStoredProcedure  | POST   | /sprocs/s   |         | []",
        "manageConflicts         | GET    | /conflicts  |         |",
        "items/create            | POST   | /docs       | batch   | [{'operationType': 'Create'}]",
        "items/upsert            | POST   | /docs       | batch   | [{'operationType': 'Upsert'}]",
        "items/read              | POST   | /docs       | batch   | [{'operationType': 'Read'}]",
        "items/replace           | POST   | /docs       | batch   | [{'operationType': 'Replace'}]",
        "items/replace           | POST   | /docs       | batch   | [{'operationType': 'Patch'}]",
        "items/delete            | POST   | /docs       | batch   | [{'operationType': 'Delete'}]",
      })
  void needsTheActionOfTheCallAndNoOther(
      String action, String method, String path, String selector, String body) throws Exception {
    String needed = fullName(action);

    assertThat(with(Set.of(needed), method, path, selector, body).status()).isNotIn(401, 403);
    RawClient.Reply refused = with(allBut(needed), method, path, selector, body);
    assertThat(refused.header("x-ms-substatus")).isEqualTo("5301");
    assertThat(refused.message()).contains("to perform action [" + needed + "] on");
  }

  @ParameterizedTest
  @ValueSource(strings = {"executeQuery", "readChangeFeed"})
  void needsTwoActionsForAQuery(String missing) throws Exception {
    RawClient.Reply refused =
        with(allBut(fullName(missing)), "POST", "/docs", "query", "{'query': 'SELECT * FROM c'}");

    assertThat(refused.message()).contains("to perform action [" + fullName(missing) + "] on");
    assertThat(
            with(
                    Set.of(fullName("executeQuery"), fullName("readChangeFeed")),
                    "POST",
                    "/docs",
                    "query",
                    "{'query': 'SELECT * FROM c'}")
                .status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{'operationType': 'Create'}, {'operationType': 'Delete'}]",
        "[{'operationType': 'Create'}, {'operationType': 9}]",
        "{}",
        "nonsense"
      })
  void needsTheActionsOfAllThatIsInABatch(String body) throws Exception {
    assertThat(
            with(Set.of(fullName("items/create")), "POST", "/docs", "batch", body)
                .header("x-ms-substatus"))
        .isEqualTo("5301");
  }

  private static String fullName(String action) {
    return action.equals("readMetadata")
        ? ACCOUNT + action
        : ACCOUNT + "sqlDatabases/containers/" + action;
  }

  private static Set<String> allBut(String missing) {
    return Arrays.stream(DataAction.values())
        .map(DataAction::azureName)
        .filter(name -> !name.equals(missing))
        .collect(Collectors.toSet());
  }

  private static RawClient.Reply with(
      Set<String> actions, String method, String path, String selector, String body)
      throws Exception {
    running.resetWithContainer();
    running.put("{'id': '1', 'pk': 'a'}");
    RoleDefinition role = new RoleDefinition("custom", List.copyOf(actions));
    assign(TestTenant.ALICE.subject(), role, "/" + ORDERS);
    RawClient.Request request =
        client
            .request(method, "/" + ORDERS + (path == null ? "" : path))
            .header("x-ms-documentdb-partitionkey", "[\"a\"]")
            .header("authorization", "type=aad&ver=1.0&sig=" + tenant.token())
            .body(body == null ? "" : body);
    if (selector != null) {
      request.header(
          switch (selector) {
            case "upsert" -> "x-ms-documentdb-is-upsert";
            case "plan" -> "x-ms-cosmos-is-query-plan-request";
            case "batch" -> "x-ms-cosmos-is-batch-request";
            default -> "x-ms-documentdb-isquery";
          },
          "True");
    }
    return request.send();
  }

  @ParameterizedTest
  @CsvSource({
    "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/*,true,true,false",
    "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/*,true,false,false",
    "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/rea,false,false,false",
    "Microsoft.DocumentDB/databaseAccounts/readMetadata,false,false,true"
  })
  void readsWildcards(String pattern, boolean read, boolean query, boolean metadata) {
    RoleDefinition role = new RoleDefinition("custom", List.of(pattern));

    assertThat(role.allows(DataAction.ITEMS_READ)).isEqualTo(read);
    assertThat(role.allows(DataAction.EXECUTE_QUERY)).isEqualTo(query);
    assertThat(role.allows(DataAction.READ_METADATA)).isEqualTo(metadata);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "dbs/shop", "/dbs/shop/", "/dbs", "/dbs/shop/colls", "/colls/x"})
  void knowsThreeFormsOfScopes(String scope) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RoleAssignment("p", RoleDefinition.DATA_READER, scope));
  }
}
