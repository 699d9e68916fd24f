package dev.ephemeris.gateway.mint;

import static dev.ephemeris.gateway.GatewayFixture.ACCOUNT_KEY;
import static dev.ephemeris.gateway.GatewayFixture.ALICE;
import static dev.ephemeris.gateway.GatewayFixture.ORDERS;
import static dev.ephemeris.gateway.GatewayFixture.ROOT_KEY;
import static dev.ephemeris.gateway.GatewayFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.cosmos.Verb;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.gateway.lease.Forgery;
import dev.ephemeris.gateway.lease.LeaseId;
import dev.ephemeris.gateway.lease.LeaseSecrets;
import dev.ephemeris.gateway.lease.RootKey;
import dev.ephemeris.simulator.cosmos.Fault;
import dev.ephemeris.simulator.cosmos.ReceivedRequest;
import dev.ephemeris.simulator.cosmos.RequestPattern;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Resource tokens as the gateway gives them, used by the real SDK at the account itself. */
class TokenLaneTest {

  private static final Duration GRACE = Duration.ofMinutes(5);

  private static final String INVOICES = "orders-prod:/dbs/shop/colls/invoices";

  private static final String EVERYTHING =
      """
      [reads, writes, code, sqlDatabases/containers/write,
       sqlDatabases/containers/storedProcedures/read,
       sqlDatabases/containers/storedProcedures/write,
       sqlDatabases/containers/storedProcedures/delete,
       sqlDatabases/containers/triggers/read, sqlDatabases/containers/triggers/write,
       sqlDatabases/containers/triggers/delete,
       sqlDatabases/containers/userDefinedFunctions/read,
       sqlDatabases/containers/userDefinedFunctions/write,
       sqlDatabases/containers/userDefinedFunctions/delete,
       sqlDatabases/containers/partitionKeys/delete]\
      """;

  /** No token gives that. */
  private static final String BEYOND = "sqlDatabases/containers/throughputSettings/read";

  private static GatewayFixture fixture;

  private final List<CosmosClient> clients = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    // The account's certificate is one that no machine trusts.
    System.setProperty("COSMOS.EMULATOR_SERVER_CERTIFICATE_VALIDATION_DISABLED", "true");
    fixture = new GatewayFixture();
    fixture.configure(
        text ->
            text.replace(
                "keyFile: account.key", "keyFile: account.key\n    lanes: [proxy, token]"));
    fixture.account().createContainer("shop", "invoices", "/customerId");
    fixture.account().put("shop", "orders", json("{\"id\":\"o2\",\"customerId\":\"c2\"}"));
    fixture.account().put("shop", "orders", json("{\"id\":\"o3\",\"customerId\":\"c1\"}"));
    policy("");
    fixture.restart();
  }

  /**
   * The team reads orders, does everything with invoices and shop/all, and what is said besides.
   */
  private static void policy(String more) throws Exception {
    String everything = EVERYTHING.replace("\n", "");
    fixture.write(
        "policy.yaml",
        """
        apiVersion: ephemeris.dev/v1
        roles:
          everything: { actions: %s }
          item-editor: { actions: [readMetadata, items/*, runTriggers] }
          nothing-but-items: { actions: [readMetadata, items/read] }
          more-than-everything: { actions: %s }
        rules:
          - name: the team reads orders
            for: { groups: [group:default/team] }
            role: data-reader
            scopes: ["orders-prod:/dbs/shop"]
            ttl: { default: 1h, max: 8h }
          - name: the team does everything with orders
            for: { groups: [group:default/team] }
            role: everything
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
            ttl: { default: 1h, max: 8h }
          - name: the team edits orders
            for: { groups: [group:default/team] }
            role: data-contributor
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
            ttl: { default: 1h, max: 8h }
          - name: the team does everything with invoices and sees their price
            for: { groups: [group:default/team] }
            role: more-than-everything
            scopes: ["orders-prod:/dbs/shop/colls/invoices"]
        %s
        """
            .formatted(everything, everything.replace("]", ", " + BEYOND + "]"), more));
    fixture.restart();
  }

  @AfterEach
  void disconnect() {
    clients.forEach(CosmosClient::close);
    fixture.account().faults().clear();
    fixture.account().access().disableLocalAuth(false);
    // Nobody is slowed down by what was asked for in another test.
    fixture.clock().advance(Duration.ofMinutes(1));
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
  }

  private static Reply ask(String members) throws Exception {
    return ask(ORDERS, members);
  }

  private static Reply ask(String scope, String members) throws Exception {
    return fixture.api(
        "POST",
        "/v1/leases",
        fixture.token(ALICE),
        "{\"lane\":\"token\",\"scope\":\"" + scope + "\"" + members + "}");
  }

  private static JsonNode given(String members) throws Exception {
    Reply reply = ask(members);
    assertThat(reply.status()).as(reply.body()).isEqualTo(201);
    return reply.json();
  }

  private CosmosContainer container(JsonNode issued, String name) {
    return container(issued.path("endpoint").asText(), issued.path("token").asText(), name);
  }

  private CosmosContainer container(String endpoint, String credential, String name) {
    CosmosClient client =
        new CosmosClientBuilder().endpoint(endpoint).key(credential).gatewayMode().buildClient();
    clients.add(client);
    return client.getDatabase("shop").getContainer(name);
  }

  private static JsonNode read(CosmosContainer container, String id, String key) {
    return container.readItem(id, new PartitionKey(key), JsonNode.class).getItem();
  }

  private static int query(CosmosContainer container, CosmosQueryRequestOptions options) {
    return (int) container.queryItems("SELECT * FROM c", options, JsonNode.class).stream().count();
  }

  private static void assertForbidden(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CosmosException.class, e -> assertThat(e.getStatusCode()).isEqualTo(403));
  }

  @Test
  void readsTheContainerAtTheAccountAndNothingElse() throws Exception {
    JsonNode issued = given("");

    assertThat(issued.path("token").asText()).startsWith("type=resource&ver=1");
    assertThat(issued.path("endpoint").asText()).isEqualTo(fixture.account().endpoint().toString());
    CosmosContainer orders = container(issued, "orders");
    assertThat(read(orders, "o1", "c1").path("total").intValue()).isEqualTo(12);
    assertThat(query(orders, new CosmosQueryRequestOptions())).isGreaterThanOrEqualTo(3);
    assertForbidden(() -> orders.upsertItem(json("{\"id\":\"n\",\"customerId\":\"c1\"}")));
    CosmosContainer invoices = container(issued, "invoices");
    assertForbidden(() -> read(invoices, "o1", "c1"));
  }

  @Test
  void endsAfterItsGraceAndNotBefore() throws Exception {
    JsonNode issued = given(",\"ttlSeconds\":600");
    CosmosContainer orders = container(issued, "orders");

    assertThat(between(issued, "/lease/issuedAt", "/lease/expiresAt"))
        .isEqualTo(Duration.ofMinutes(10));
    assertThat(between(issued, "/lease/expiresAt", "/lease/worksUntil")).isEqualTo(GRACE);
    fixture.clock().advance(Duration.ofMinutes(14));
    assertThat(read(orders, "o1", "c1")).isNotNull();
    fixture.clock().advance(Duration.ofMinutes(1).plusSeconds(2));
    assertForbidden(() -> read(orders, "o1", "c1"));
  }

  @Test
  void isForAQuarterOfAnHourUnlessMoreIsAskedFor() throws Exception {
    assertThat(between(given(""), "/lease/issuedAt", "/lease/expiresAt"))
        .isEqualTo(Duration.ofMinutes(15));
    assertThat(between(given(",\"ttlSeconds\":7200"), "/lease/issuedAt", "/lease/expiresAt"))
        .isEqualTo(Duration.ofHours(2));
  }

  /** Cosmos DB takes a token for longer than it was made for. */
  @Test
  void nothingWorksLongerThanTheRuleLets() throws Exception {
    Reply tooLong = ask(",\"ttlSeconds\":" + (Duration.ofHours(5).toSeconds() + 1));
    assertThat(tooLong.status()).isEqualTo(400);
    assertThat(tooLong.detail()).contains("good for at most 5h");
    policy(
        """
          - name: shortly
            for: { groups: [group:default/team] }
            role: data-reader
            scopes: ["orders-prod:/dbs/shop/colls/invoices"]
            ttl: { default: 10m, max: 10m }
        """);

    Reply beyond = ask(INVOICES, ",\"ttlSeconds\":301");
    JsonNode within = ask(INVOICES, "").json();

    assertThat(beyond.status()).isEqualTo(400);
    assertThat(beyond.detail())
        .contains("gives at most 10m", "takes a resource token for about 5m more");
    assertThat(between(within, "/lease/issuedAt", "/lease/worksUntil"))
        .isEqualTo(Duration.ofMinutes(10));
    policy("");
  }

  private static Duration between(JsonNode issued, String from, String until) {
    return Duration.between(
        Instant.parse(issued.at(from).asText()), Instant.parse(issued.at(until).asText()));
  }

  @Test
  void isForOnePartitionKey() throws Exception {
    JsonNode issued = given(",\"partitionKey\":[\"c1\"]");
    CosmosContainer orders = container(issued, "orders");

    assertThat(read(orders, "o1", "c1")).isNotNull();
    assertThat(
            query(orders, new CosmosQueryRequestOptions().setPartitionKey(new PartitionKey("c1"))))
        .isPositive();
    assertForbidden(() -> read(orders, "o2", "c2"));
    assertForbidden(() -> query(orders, new CosmosQueryRequestOptions()));
  }

  @Test
  void isForOneItem() throws Exception {
    JsonNode issued = given(",\"partitionKey\":[\"c1\"],\"item\":\"o1\"");
    CosmosContainer orders = container(issued, "orders");

    assertThat(issued.at("/lease/item").asText()).isEqualTo("o1");
    assertThat(read(orders, "o1", "c1")).isNotNull();
    assertForbidden(() -> read(orders, "o3", "c1"));
    assertForbidden(
        () ->
            query(orders, new CosmosQueryRequestOptions().setPartitionKey(new PartitionKey("c1"))));
    assertThat(ask(",\"item\":\"o1\"").status()).isEqualTo(400);
    for (String ambiguous : List.of("o1/x", "%6f1", "..", "o1?x")) {
      assertThat(ask(",\"partitionKey\":[\"c1\"],\"item\":\"" + ambiguous + "\"").status())
          .as(ambiguous)
          .isEqualTo(403);
    }
  }

  @Test
  void isForEverythingWhereTheRoleIs() throws Exception {
    JsonNode issued = given(",\"role\":\"everything\"");
    CosmosContainer orders = container(issued, "orders");

    orders.upsertItem(json("{\"id\":\"w\",\"customerId\":\"c1\"}"));

    assertThat(fixture.account().find("shop", "orders", "w")).isPresent();
    assertForbidden(orders::delete);
  }

  @Test
  void readsOnlyWhereReadingIsWhatTheRoleGives() throws Exception {
    JsonNode issued = given(",\"role\":\"item-editor\",\"partitionKey\":[\"c1\"],\"item\":\"o3\"");
    CosmosContainer orders = container(issued, "orders");

    orders.replaceItem(
        json("{\"id\":\"o3\",\"customerId\":\"c1\",\"edited\":true}"),
        "o3",
        new PartitionKey("c1"),
        null);

    assertThat(fixture.account().find("shop", "orders", "o3").orElseThrow().path("edited"))
        .isEqualTo(json("true"));
    assertForbidden(
        () ->
            orders.replaceItem(
                json("{\"id\":\"o1\",\"customerId\":\"c1\"}"), "o1", new PartitionKey("c1"), null));
  }

  /** What a token would give beyond the policy, or the policy beyond a token. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          data-contributor  | orders-prod:/dbs/shop/colls/orders | stored procedures and other scripts included. It would give runTriggers
          item-editor       | orders-prod:/dbs/shop/colls/orders | It would give executeQuery
          nothing-but-items | orders-prod:/dbs/shop/colls/orders | would give executeQuery, readChangeFeed too
          more-than-everything | orders-prod:/dbs/shop/colls/invoices | doesn't give sqlDatabases/containers/throughputSettings/read
          data-reader       | orders-prod:/dbs/shop              | is for one container
          data-reader       | orders-prod:/dbs/shop/colls/%73ecret | can be read in more than one way
          data-reader       | orders-prod:/dbs/shop/colls/..     | can be read in more than one way
          """)
  void refusesWhatNoTokenIsJustFor(String role, String scope, String why) throws Exception {
    int before = fixture.account().received().size();

    Reply refused = ask(scope, ",\"role\":\"" + role + "\"");

    assertThat(refused.status()).as(refused.body()).isEqualTo(403);
    assertThat(refused.json().path("reason").asText()).isEqualTo("lane-cannot-enforce");
    assertThat(refused.detail()).contains(why, "lane proxy");
    assertThat(fixture.account().received()).hasSize(before);
    assertThat(fixture.journal("decision").getLast().path("reason").asText())
        .isEqualTo("lane-cannot-enforce");
  }

  /** What only the gateway could hold to, request by request. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          role: data-reader, limits: {requestUnitsPerMinute: 100}
          effect: deny, actions: [executeQuery], when: {network: [10.0.0.0/8]}
          """)
  void refusesWhatTheAccountCantHoldTo(String rule) throws Exception {
    policy(
        "  - { name: another, for: { groups: [group:default/team] }, scopes:"
            + " ['orders-prod:/dbs/shop/colls/orders'], "
            + rule
            + " }");

    Reply refused = ask("");

    assertThat(refused.status()).as(refused.body()).isEqualTo(403);
    assertThat(refused.json().path("reason").asText()).isEqualTo("lane-cannot-enforce");
    assertThat(refused.detail()).contains("only the proxy lane can hold to");
    policy("");
  }

  @Test
  void goesOnAfterItsLeaseWasRevokedAndSaysSo() throws Exception {
    JsonNode issued = given("");
    String path = "/v1/leases/" + issued.at("/lease/id").asText();

    Reply revoked = fixture.api("DELETE", path, fixture.token(ALICE), "");

    assertThat(revoked.status()).isEqualTo(204);
    JsonNode lease = fixture.api("GET", path, fixture.token(ALICE), "").json();
    assertThat(lease.path("state").asText()).isEqualTo("revoked");
    assertThat(lease.path("worksUntil")).isEqualTo(issued.at("/lease/worksUntil"));
    assertThat(read(container(issued, "orders"), "o1", "c1")).isNotNull();
  }

  @Test
  void isRenewedByAnotherToken() throws Exception {
    JsonNode issued = given("");
    fixture.clock().advance(Duration.ofMinutes(12));

    Reply renewed =
        fixture.api(
            "POST",
            "/v1/leases/" + issued.at("/lease/id").asText() + "/renewals",
            fixture.token(ALICE),
            "{}");

    assertThat(renewed.status()).as(renewed.body()).isEqualTo(200);
    assertThat(renewed.header("cache-control")).isEqualTo("no-store");
    CosmosContainer orders = container(issued, "orders");
    fixture.clock().advance(Duration.ofMinutes(14));
    assertForbidden(() -> read(orders, "o1", "c1"));
    assertThat(read(container(renewed.json(), "orders"), "o1", "c1")).isNotNull();
  }

  /** Nobody has it any more: not even for the same idempotency key. */
  @Test
  void isShownOnceWhoeverAsksAgain() throws Exception {
    Map<String, String> key = Map.of("idempotency-key", "\"one\"");
    String body = "{\"lane\":\"token\",\"scope\":\"" + ORDERS + "\"}";
    int before = fixture.journal("tokenMinted").size();

    Reply first = fixture.api("POST", "/v1/leases", fixture.token(ALICE), body, key);
    Reply again = fixture.api("POST", "/v1/leases", fixture.token(ALICE), body, key);
    String lease = first.json().at("/lease/id").asText();
    String renewals = "/v1/leases/" + lease + "/renewals";
    Reply renewed = fixture.api("POST", renewals, fixture.token(ALICE), "{}", key);
    Reply renewedAgain = fixture.api("POST", renewals, fixture.token(ALICE), "{}", key);

    assertThat(first.status()).as(first.body()).isEqualTo(201);
    assertThat(renewed.status()).as(renewed.body()).isEqualTo(200);
    for (Reply reply : List.of(again, renewedAgain)) {
      assertThat(reply.status()).as(reply.body()).isEqualTo(409);
      assertThat(reply.detail()).contains("Lease " + lease, "shown twice", "Renew it");
      assertThat(reply.json().has("token")).isFalse();
    }
    assertThat(fixture.journal("tokenMinted")).hasSize(before + 2);
  }

  @Test
  void isRenewedNoMoreOftenThanItIsGiven() throws Exception {
    String path = "/v1/leases/" + given("").at("/lease/id").asText() + "/renewals";
    int renewed = 0;
    Reply last;
    do {
      last = fixture.api("POST", path, fixture.token(ALICE), "{\"ttlSeconds\":30}");
      renewed++;
    } while (last.status() == 200 && renewed < 40);

    assertThat(last.status()).isEqualTo(429);
    assertThat(renewed).isLessThan(35);
  }

  /** Nobody can take a token back: it isn't shown if its lease was ended while it was made. */
  @Test
  void isNotHandedOutForALeaseThatHasEnded() throws Exception {
    given("");
    fixture
        .account()
        .faults()
        .next(
            1,
            RequestPattern.of("GET", ".*/permissions/.*"),
            Fault.delayed(Duration.ofMillis(700)));
    CompletableFuture<Reply> asked =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return ask("");
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    // It is kept, and the token is on its way.
    while (!fixture.account().faults().armed().isEmpty()) {
      Thread.sleep(5);
    }
    String newest =
        fixture
            .api("GET", "/v1/leases", fixture.token(ALICE), "")
            .json()
            .at("/leases/0/id")
            .asText();
    assertThat(fixture.api("DELETE", "/v1/leases/" + newest, fixture.token(ALICE), "").status())
        .isEqualTo(204);

    assertThat(asked.join().status()).as(asked.join().body()).isEqualTo(403);
  }

  /** Whoever had the root keys could make one, and still it would be of no use. */
  @Test
  void isNoCredentialOfTheGateways() throws Exception {
    LeaseSecrets secrets = new LeaseSecrets(List.of(RootKey.parse('a', ROOT_KEY)));
    LeaseId id = LeaseId.parse(given("").at("/lease/id").asText()).orElseThrow();

    assertThat(fixture.readOrder(Forgery.token(secrets, id)).status()).isEqualTo(401);
    assertThat(fixture.readOrder(given("").path("token").asText()).status()).isEqualTo(401);
  }

  @Test
  void isOnRecordAsAzuresLogsHaveIt() throws Exception {
    JsonNode issued = given("");

    JsonNode minted = fixture.journal("tokenMinted").getLast();
    JsonNode lease = fixture.journal("leaseIssued").getLast();
    assertThat(minted.path("leaseId")).isEqualTo(issued.at("/lease/id"));
    assertThat(lease.path("leaseId")).isEqualTo(issued.at("/lease/id"));
    assertThat(lease.path("credential").asText()).isEqualTo("resource-token");
    String ours = permission(issued);
    assertThat(asOwner("GET", ours, ours, "").path("resource")).isEqualTo(minted.path("resource"));
    assertThat(issued.at("/lease/atAccount/userRid")).isEqualTo(minted.path("userRid"));
    assertThat(issued.at("/lease/atAccount/permissionId")).isEqualTo(minted.path("permissionId"));
    assertThat(minted.path("worksUntil")).isEqualTo(issued.at("/lease/worksUntil"));
    assertThat(fixture.journal().toString())
        .doesNotContain(issued.path("token").asText().substring(25));
  }

  /** The link of a permission, as whoever has the account's key finds it. */
  private static String permission(JsonNode issued) throws Exception {
    JsonNode users = asOwner("GET", "dbs/shop/users", "dbs/shop", "").path("Users");
    for (JsonNode user : users) {
      if (user.path("_rid").equals(issued.at("/lease/atAccount/userRid"))) {
        return "dbs/shop/users/"
            + user.path("id").asText()
            + "/permissions/"
            + issued.at("/lease/atAccount/permissionId").asText();
      }
    }
    throw new AssertionError("no user of " + issued);
  }

  private static JsonNode asOwner(String method, String path, String link, String body)
      throws Exception {
    String date = HttpDate.format(fixture.clock().instant());
    Reply reply =
        fixture.send(
            HttpRequest.newBuilder(fixture.account().endpoint().resolve("/" + path))
                .header("x-ms-date", date)
                .header("x-ms-version", "2020-07-15")
                .header(
                    "authorization",
                    MasterKey.ofBase64(ACCOUNT_KEY)
                        .authorization(
                            Verb.valueOf(method),
                            path.contains("/permissions")
                                ? ResourceType.PERMISSION
                                : ResourceType.USER,
                            link,
                            date))
                .method(method, HttpRequest.BodyPublishers.ofString(body)));
    assertThat(reply.status()).as(reply.body()).isEqualTo(method.equals("DELETE") ? 204 : 200);
    return reply.json();
  }

  /** One user for what one principal reads, one permission for each thing that is read. */
  @Test
  void makesNothingTwice() throws Exception {
    JsonNode first = given("");
    JsonNode second = given("");
    JsonNode other = given(",\"partitionKey\":[\"c1\"]");

    assertThat(second.at("/lease/atAccount")).isEqualTo(first.at("/lease/atAccount"));
    assertThat(other.at("/lease/atAccount/userRid"))
        .isEqualTo(first.at("/lease/atAccount/userRid"));
    assertThat(other.at("/lease/atAccount/permissionId"))
        .isNotEqualTo(first.at("/lease/atAccount/permissionId"));
  }

  /** Somebody with a key of the account has made ours wider, for us to give out a token of it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          All  | orders   | ["c7"]
          Read | invoices | ["c7"]
          Read | orders   | ["c6"]
          """)
  void givesNoTokenOfAPermissionThatIsNotAsItWasMade(String mode, String container, String key)
      throws Exception {
    JsonNode before = given(",\"partitionKey\":[\"c7\"]");
    String ours = permission(before);
    JsonNode unused =
        asOwner(
            "PUT",
            ours,
            ours,
            """
            {"id":"%s","permissionMode":"%s","resource":"dbs/shop/colls/%s",
             "resourcePartitionKey":%s}
            """
                .formatted(
                    before.at("/lease/atAccount/permissionId").asText(), mode, container, key));

    Reply refused = ask(",\"partitionKey\":[\"c7\"]");

    assertThat(refused.status()).as(refused.body()).isEqualTo(503);
    assertThat(refused.detail()).contains("isn't as the gateway made it");
    JsonNode unusedEither = asOwner("DELETE", ours, ours, "");
    assertThat(fixture.journal("leaseRevoked").getLast().path("by").asText()).isEqualTo("gateway");
  }

  @Test
  void makesAgainWhatSomebodyTidiedUp() throws Exception {
    JsonNode before = given(",\"partitionKey\":[\"c8\"]");
    fixture
        .account()
        .faults()
        .next(1, RequestPattern.of("GET", ".*/permissions/.*"), Fault.status(404, 0, "not there"));

    JsonNode after = given(",\"partitionKey\":[\"c8\"]");

    assertThat(after.at("/lease/atAccount")).isEqualTo(before.at("/lease/atAccount"));
  }

  @Test
  void saysThatWithoutKeysThereAreNoTokens() throws Exception {
    fixture.account().access().disableLocalAuth(true);

    Reply refused = ask("");

    assertThat(refused.status()).as(refused.body()).isEqualTo(403);
    assertThat(refused.detail()).contains("disableLocalAuth", "Use the lane proxy");
  }

  @Test
  void saysThatThereIsNoSuchContainer() throws Exception {
    Reply refused = ask("orders-prod:/dbs/shop/colls/missing", "");

    assertThat(refused.status()).as(refused.body()).isEqualTo(403);
    assertThat(refused.detail()).contains("there is no such thing there");
    assertThat(fixture.journal("leaseRevoked").getLast().path("by").asText()).isEqualTo("gateway");
  }

  @Test
  void waitsForAnAccountThatIsBusy() throws Exception {
    fixture
        .account()
        .faults()
        .next(
            2,
            RequestPattern.of("GET", ".*/permissions/.*"),
            Fault.throttled(Duration.ofMillis(20)));

    assertThat(given("").path("token").asText()).startsWith("type=resource");
  }

  @Test
  void saysWhenToAskAnAccountAgainThatGoesOnBeingBusy() throws Exception {
    fixture
        .account()
        .faults()
        .next(
            9,
            RequestPattern.of("GET", ".*/permissions/.*"),
            Fault.throttled(Duration.ofSeconds(7)));

    Reply busy = ask("");

    assertThat(busy.status()).as(busy.body()).isEqualTo(429);
    assertThat(busy.header("retry-after")).isEqualTo("7");
    assertThat(fixture.journal("leaseRevoked").getLast().path("by").asText()).isEqualTo("gateway");
  }

  @Test
  void slowsDownWhoeverAsksForTokenAfterToken() throws Exception {
    int given = 0;
    Reply last = ask("");
    while (last.status() == 201 && given < 40) {
      given++;
      last = ask("");
    }

    // Time goes on while they ask.
    assertThat(given).isBetween(20, 30);
    assertThat(last.status()).isEqualTo(429);
    assertThat(Integer.parseInt(last.header("retry-after"))).isBetween(1, 3);
    fixture.clock().advance(Duration.ofSeconds(3));
    assertThat(ask("").status()).isEqualTo(201);
  }

  /** No token without a record of it. */
  @Test
  void givesNothingWithoutAJournal() throws Exception {
    given("");
    int before = tokensMade();
    fixture.loseJournal();

    Reply refused = ask("");

    fixture.findJournal();
    assertThat(refused.status()).isEqualTo(503);
    assertThat(tokensMade()).isEqualTo(before);
  }

  private static int tokensMade() {
    return (int)
        fixture.account().received().stream()
            .filter(
                request ->
                    request.method().equals("GET") && request.target().contains("/permissions/"))
            .map(ReceivedRequest::target)
            .count();
  }
}
