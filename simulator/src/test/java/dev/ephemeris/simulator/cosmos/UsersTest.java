package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.cosmos.CosmosAsyncClient;
import com.azure.cosmos.CosmosAsyncDatabase;
import com.azure.cosmos.CosmosAsyncUser;
import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.ContainerChildResourceType;
import com.azure.cosmos.models.CosmosPermissionProperties;
import com.azure.cosmos.models.CosmosPermissionRequestOptions;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.CosmosUserProperties;
import com.azure.cosmos.models.PartitionKey;
import com.azure.cosmos.models.PermissionMode;
import com.azure.cosmos.models.SqlQuerySpec;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Users and their permissions, by azure-cosmos for Java and by hand. */
class UsersTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ORDERS = "dbs/shop/colls/orders";
  private static final String PERMISSIONS = "dbs/shop/users/alice/permissions";
  private static final MovableClock CLOCK = new MovableClock();

  private static RunningSimulator running;
  private static CosmosAsyncClient client;
  private static RawClient raw;
  private CosmosAsyncDatabase shop;

  @BeforeAll
  static void start() throws Exception {
    running = new RunningSimulator(CLOCK);
    client = running.sdk().buildAsyncClient();
    raw = new RawClient(running);
  }

  @AfterAll
  static void stop() {
    client.close();
    running.close();
  }

  @BeforeEach
  void oneItem() {
    CLOCK.set(Duration.ZERO);
    running.resetWithContainer();
    running.put("{'id': '1', 'pk': 'a'}");
    shop = client.getDatabase("shop");
  }

  private CosmosAsyncUser create(String user) {
    shop.createUser(new CosmosUserProperties().setId(user)).block();
    return shop.getUser(user);
  }

  @Test
  void createsReadsRenamesListsQueriesAndDeletesUsers() {
    create("bob");
    CosmosAsyncUser alice = create("alice");
    CosmosUserProperties read = properties(alice);

    CosmosUserProperties renamed =
        Objects.requireNonNull(alice.replace(read.setId("alicia")).block()).getProperties();

    assertThat(renamed.getId()).isEqualTo("alicia");
    assertThat(properties(shop.getUser("alicia")).getETag())
        .isNotEmpty()
        .isEqualTo(renamed.getETag());
    assertStatus(404, () -> alice.read().block());
    assertThat(shop.readAllUsers().toIterable())
        .extracting(CosmosUserProperties::getId)
        .containsExactly("bob", "alicia");
    assertThat(
            shop.queryUsers(new SqlQuerySpec("SELECT * FROM u WHERE STARTSWITH(u.id, 'b')"))
                .toIterable())
        .extracting(CosmosUserProperties::getId)
        .containsExactly("bob");
    shop.getUser("bob").delete().block();
    assertThat(shop.readAllUsers().toIterable()).hasSize(1);
    assertStatus(404, () -> shop.getUser("bob").delete().block());
  }

  private static CosmosUserProperties properties(CosmosAsyncUser user) {
    return Objects.requireNonNull(user.read().block()).getProperties();
  }

  @Test
  void keepsNamesOfUsersApart() {
    CosmosUserProperties alice = properties(create("alice"));
    create("bob");

    assertStatus(409, () -> create("alice"));
    assertStatus(409, () -> shop.getUser("alice").replace(alice.setId("bob")).block());
    assertThat(
            Objects.requireNonNull(
                    shop.upsertUser(new CosmosUserProperties().setId("alice")).block())
                .getStatusCode())
        .isEqualTo(200);
    assertThat(
            Objects.requireNonNull(
                    shop.upsertUser(new CosmosUserProperties().setId("carol")).block())
                .getStatusCode())
        .isEqualTo(201);
  }

  @Test
  void needsANameForAUser() throws Exception {
    for (String body : new String[] {"{}", "{'id': ''}", "{'id': 'a/b'}", "{'id': 1}", "["}) {
      RawClient.Reply reply =
          raw.request("POST", "/dbs/shop/users").signed("users", "dbs/shop").body(body).send();
      assertThat(reply.status()).as(body).isEqualTo(400);
    }
  }

  @Test
  void keepsPermissionsOfAUserThatIsRenamed() {
    CosmosAsyncUser alice = create("alice");
    grant(alice, permission("p", PermissionMode.READ));

    alice.replace(properties(alice).setId("alicia")).block();

    assertThat(shop.getUser("alicia").readAllPermissions().toIterable()).hasSize(1);
  }

  private static CosmosPermissionProperties permission(String id, PermissionMode mode) {
    return new CosmosPermissionProperties()
        .setId(id)
        .setPermissionMode(mode)
        .setContainerName("orders");
  }

  private static CosmosPermissionProperties grant(
      CosmosAsyncUser user, CosmosPermissionProperties permission) {
    return Objects.requireNonNull(
            user.createPermission(permission, new CosmosPermissionRequestOptions()).block())
        .getProperties();
  }

  @Test
  void createsReadsReplacesListsQueriesAndDeletesPermissions() {
    CosmosAsyncUser alice = create("alice");
    CosmosPermissionProperties created = grant(alice, permission("p", PermissionMode.READ));
    grant(
        alice,
        permission("q", PermissionMode.ALL).setResourcePath(ContainerChildResourceType.ITEM, "1"));
    CosmosPermissionRequestOptions none = new CosmosPermissionRequestOptions();

    assertThat(created.getToken()).startsWith("type=resource&ver=1&sig=").endsWith(";");
    CosmosPermissionProperties item =
        Objects.requireNonNull(alice.getPermission("q").read(none).block()).getProperties();
    assertThat(item.getContainerName()).isEqualTo("orders");
    assertThat(item.getResourceName()).isEqualTo("1");
    assertThat(item.getPermissionMode()).isEqualTo(PermissionMode.ALL);

    alice.getPermission("p").replace(created.setPermissionMode(PermissionMode.ALL), none).block();
    assertThat(alice.readAllPermissions().toIterable())
        .extracting(CosmosPermissionProperties::getPermissionMode)
        .containsOnly(PermissionMode.ALL);
    assertThat(alice.readAllPermissions().toIterable())
        .allMatch(permission -> permission.getToken() != null);
    assertThat(alice.queryPermissions("SELECT * FROM p WHERE p.id = 'q'").toIterable())
        .extracting(CosmosPermissionProperties::getId)
        .containsExactly("q");

    alice.getPermission("p").delete(none).block();
    assertStatus(404, () -> alice.getPermission("p").read(none).block());
    assertThat(alice.readAllPermissions().toIterable()).hasSize(1);
  }

  @Test
  void upsertsPermissions() {
    CosmosAsyncUser alice = create("alice");

    for (PermissionMode mode : new PermissionMode[] {PermissionMode.READ, PermissionMode.ALL}) {
      assertThat(
              Objects.requireNonNull(
                      alice
                          .upsertPermission(
                              permission("p", mode), new CosmosPermissionRequestOptions())
                          .block())
                  .getProperties()
                  .getPermissionMode())
          .isEqualTo(mode);
    }
    assertThat(alice.readAllPermissions().toIterable()).hasSize(1);
  }

  @Test
  void writesAPermissionOnlyWithItsEtag() {
    CosmosAsyncUser alice = create("alice");
    CosmosPermissionProperties created = grant(alice, permission("p", PermissionMode.READ));
    CosmosPermissionRequestOptions ifMatch =
        new CosmosPermissionRequestOptions().setIfMatchETag(created.getETag());

    alice.getPermission("p").replace(created, ifMatch).block();

    assertStatus(412, () -> alice.getPermission("p").replace(created, ifMatch).block());
    assertStatus(412, () -> alice.getPermission("p").delete(ifMatch).block());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'id': 'p', 'permissionMode': 'All', 'resource': 'NAME/docs/1'}                  | 409",
        "{'id': 'q', 'permissionMode': 'All', 'resource': 'NAME'}                         | 409",
        "{'id': 'q', 'permissionMode': 'All', 'resource': 'SELF'}                         | 201",
        "{'id': 'q', 'permissionMode': 'all', 'resource': 'NAME/docs/1'}                  | 201",
        "{'id': 'q', 'permissionMode': 'read', 'resource': 'dbs/shop/colls/later'}        | 201",
        "{'id': 'q', 'permissionMode': 'Read', 'resource': 'NAME', 'resourcePartitionKey': ['a']}"
            + " | 201",
        "{'id': 'q', 'permissionMode': 'Read', 'resource': 'SELF', 'resourcePartitionKey': [1]}"
            + " | 201",
        "{'id': 'q', 'permissionMode': 'Read', 'resource': 'NAME', 'resourcePartitionKey': 'a'}"
            + " | 400",
        "{'id': 'q', 'permissionMode': 'Write', 'resource': 'NAME'}                       | 400",
        "{'id': 'q', 'resource': 'NAME/docs/1'}                                           | 400",
        "{'permissionMode': 'All', 'resource': 'NAME/docs/1'}                             | 400",
        "{'id': 'q', 'permissionMode': 'All', 'resource': 'dbs/shop'}                     | 404",
        "{'id': 'q', 'permissionMode': 'All', 'resource': 'dbs/other/colls/orders'}       | 404",
        "{'id': 'q', 'permissionMode': 'All'}                                             | 404",
        "[                                                                                | 400"
      })
  void takesOnePermissionForAResourceAndRefusesWhatIsNone(String body, int status)
      throws Exception {
    grant(create("alice"), permission("p", PermissionMode.READ));
    String self =
        "dbs/"
            + running.simulator.rid("shop")
            + "/colls/"
            + running.simulator.rid("shop", "orders")
            + "/";

    RawClient.Reply reply =
        raw.request("POST", "/" + PERMISSIONS)
            .signed("permissions", "dbs/shop/users/alice")
            .body(body.replace("NAME", ORDERS).replace("SELF", self))
            .send();

    assertThat(reply.status()).isEqualTo(status);
    if (body.contains("'resourcePartitionKey': 'a'")) {
      assertThat(reply.message()).startsWith("Partition key supplied is not valid.");
    }
    if (status == 201) {
      assertThat(reply.json().path("_self").textValue())
          .startsWith("dbs/" + running.simulator.rid("shop") + "/users/");
      assertThat(reply.json().has("_token")).isEqualTo(!body.contains("later"));
    }
  }

  @Test
  void needsTheUserOfAPermission() throws Exception {
    RawClient.Reply reply =
        raw.request("POST", "/dbs/shop/users/nobody/permissions")
            .signed("permissions", "dbs/shop/users/nobody")
            .body("{'id': 'p', 'permissionMode': 'All', 'resource': '" + ORDERS + "'}")
            .send();

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.header("x-ms-substatus")).isEqualTo("1003");
  }

  /** What the columns allow: a read of item 1 and 2 of key a, one of key b, a write, a query. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "READ |   |   | true  | true  | true  | false | true",
        "ALL  |   |   | true  | true  | true  | true  | true",
        "READ | a |   | true  | true  | false | false | false",
        "ALL  | a |   | true  | true  | false | true  | false",
        "READ |   | 1 | true  | false | false | false | false",
        "READ | a | 1 | true  | false | false | false | false",
        "ALL  | a | 1 | true  | false | false | false | false",
      })
  void givesTheAccessOfItsToken(
      String mode,
      String key,
      String item,
      boolean first,
      boolean second,
      boolean elsewhere,
      boolean write,
      boolean query) {
    running.put("{'id': '2', 'pk': 'a'}");
    running.put("{'id': '3', 'pk': 'b'}");
    CosmosPermissionProperties permission =
        permission("p", mode.equals("READ") ? PermissionMode.READ : PermissionMode.ALL);
    if (key != null) {
      permission.setResourcePartitionKey(new PartitionKey(key));
    }
    if (item != null) {
      permission.setResourcePath(ContainerChildResourceType.ITEM, item);
    }
    grant(create("alice"), permission);
    String token =
        Objects.requireNonNull(
            Objects.requireNonNull(shop.getUser("alice").readAllPermissions().blockFirst())
                .getToken());

    try (CosmosClient holder =
        new CosmosClientBuilder()
            .endpoint(running.simulator.endpoint().toString())
            .resourceToken(token)
            .gatewayMode()
            .buildClient()) {
      CosmosContainer orders = holder.getDatabase("shop").getContainer("orders");
      assertAllowed(first, () -> read(orders, "1", "a"));
      assertAllowed(second, () -> read(orders, "2", "a"));
      assertAllowed(elsewhere, () -> read(orders, "3", "b"));
      assertAllowed(
          write, () -> orders.createItem(JSON.createObjectNode().put("id", "new").put("pk", "a")));
      assertAllowed(
          query,
          () ->
              orders
                  .queryItems("SELECT * FROM c", new CosmosQueryRequestOptions(), JsonNode.class)
                  .forEach(_ -> {}));
    }
  }

  private static void read(CosmosContainer orders, String id, String key) {
    orders.readItem(id, new PartitionKey(key), JsonNode.class);
  }

  private static void assertAllowed(boolean allowed, Runnable call) {
    if (allowed) {
      call.run();
    } else {
      assertStatus(403, call);
    }
  }

  /** By name and by RID, as the SDK asks for the ranges by RID (azure-sdk-for-java #26050). */
  @Test
  void isShownToTheSdkAsAListOfPermissions() throws Exception {
    running.simulator.createContainer("shop", "carts", "/pk");
    running.simulator.put("shop", "carts", RunningSimulator.json("{'id': '1', 'pk': 'c'}"));
    CosmosAsyncUser alice = create("alice");
    grant(
        alice,
        permission("orders", PermissionMode.READ).setResourcePartitionKey(new PartitionKey("a")));
    grant(alice, permission("carts", PermissionMode.ALL).setContainerName("carts"));
    grantByRid("orders", "'permissionMode': 'Read', 'resourcePartitionKey': ['a']");
    grantByRid("carts", "'permissionMode': 'All'");
    List<CosmosPermissionProperties> permissions =
        Objects.requireNonNull(alice.readAllPermissions().collectList().block());

    try (CosmosClient holder =
        new CosmosClientBuilder()
            .endpoint(running.simulator.endpoint().toString())
            .permissions(permissions)
            .gatewayMode()
            .buildClient()) {
      CosmosContainer orders = holder.getDatabase("shop").getContainer("orders");
      CosmosContainer carts = holder.getDatabase("shop").getContainer("carts");

      read(orders, "1", "a");
      read(carts, "1", "c");
      carts.upsertItem(JSON.createObjectNode().put("id", "2").put("pk", "c"));
      assertStatus(
          403, () -> orders.upsertItem(JSON.createObjectNode().put("id", "2").put("pk", "a")));
    }
  }

  private static void grantByRid(String container, String rest) throws Exception {
    String self =
        "dbs/"
            + running.simulator.rid("shop")
            + "/colls/"
            + running.simulator.rid("shop", container)
            + "/";
    assertThat(
            raw.request("POST", "/" + PERMISSIONS)
                .signed("permissions", "dbs/shop/users/alice")
                .body("{'id': '" + container + "Rid', 'resource': '" + self + "', " + rest + "}")
                .send()
                .status())
        .isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-,201",
        "10,201",
        "86400,201",
        "9,400",
        "86401,400",
        "0,400",
        "-1,400",
        "x,400",
        "1.5,400"
      })
  void lastsAsLongAsItIsAskedToWithinBounds(String seconds, int status) throws Exception {
    create("alice");

    RawClient.Reply reply = grantFor(seconds == null ? "" : seconds);

    assertThat(reply.status()).isEqualTo(status);
    if (status == 400) {
      assertThat(reply.message()).contains("x-ms-documentdb-expiry-seconds");
      assertThat(shop.getUser("alice").readAllPermissions().toIterable()).isEmpty();
    }
  }

  private static RawClient.Reply grantFor(String seconds) throws Exception {
    RawClient.Request request =
        raw.request("POST", "/" + PERMISSIONS)
            .signed("permissions", "dbs/shop/users/alice")
            .body("{'id': 'p', 'permissionMode': 'Read', 'resource': '" + ORDERS + "'}");
    return (seconds.isEmpty() ? request : request.header("x-ms-documentdb-expiry-seconds", seconds))
        .send();
  }

  /** With the service's five minutes of grace. */
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {"600,PT14M50S,PT15M10S", "-,PT64M50S,PT65M10S", "86400,PT24H4M50S,PT24H5M10S"})
  void endsThen(String seconds, Duration before, Duration after) throws Exception {
    create("alice");
    String token = grantFor(seconds == null ? "" : seconds).json().path("_token").textValue();

    CLOCK.set(before);
    assertThat(statusWith(token)).isEqualTo(200);
    CLOCK.set(after);
    assertThat(statusWith(token)).isEqualTo(403);
  }

  private static int statusWith(String token) throws Exception {
    return raw.request("GET", "/" + ORDERS + "/docs/1")
        .header("x-ms-documentdb-partitionkey", "[\"a\"]")
        .header("authorization", token)
        .send()
        .status();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET  | /p |",
        "GET  |    |",
        "PUT  | /p |",
        "POST |    | x-ms-documentdb-is-upsert",
        "POST |    | x-ms-documentdb-isquery"
      })
  void isMadeAnewEachTimeThatThePermissionIsShown(String method, String path, String selector)
      throws Exception {
    create("alice");
    String first = grantFor("600").json().path("_token").textValue();
    CLOCK.set(Duration.ofMinutes(4)); // within what a signature's date may be off
    String target = PERMISSIONS + (path == null ? "" : path);
    ResourcePath parsed = ResourcePath.parse("/" + target);
    RawClient.Request request =
        raw.request(method, "/" + target)
            .signed(parsed.resourceType(), parsed.link())
            .header("x-ms-documentdb-expiry-seconds", "1200");
    if (selector != null) {
      request.header(selector, "true");
    }
    if (!method.equals("GET")) {
      request.body(
          "x-ms-documentdb-isquery".equals(selector)
              ? "{'query': 'SELECT * FROM p'}"
              : "{'id': 'p', 'permissionMode': 'Read', 'resource': '" + ORDERS + "'}");
    }

    RawClient.Reply reply = request.send();

    assertThat(reply.status()).isEqualTo(200);
    String token = reply.json().findValue("_token").textValue();
    assertThat(token).isNotEqualTo(first);
    CLOCK.set(Duration.ofMinutes(16));
    assertThat(statusWith(first)).isEqualTo(403);
    assertThat(statusWith(token)).isEqualTo(200);
  }

  @Test
  void isNotRevokedWithItsPermissionNorWithItsUser() throws Exception {
    CosmosAsyncUser alice = create("alice");
    String token = grant(alice, permission("p", PermissionMode.READ)).getToken();

    alice.getPermission("p").delete(new CosmosPermissionRequestOptions()).block();
    assertThat(statusWith(token)).isEqualTo(200);
    alice.delete().block();
    assertThat(statusWith(token)).isEqualTo(200);
  }

  @Test
  void meansTheItemOfALinkByRid() throws Exception {
    running.put("{'id': '2', 'pk': 'a'}");
    create("alice");
    String self =
        running.simulator.find("shop", "orders", "1").orElseThrow().path("_self").textValue();
    String token =
        raw.request("POST", "/" + PERMISSIONS)
            .signed("permissions", "dbs/shop/users/alice")
            .body("{'id': 'p', 'permissionMode': 'Read', 'resource': '" + self + "'}")
            .send()
            .json()
            .path("_token")
            .textValue();

    assertThat(statusWith(token)).isEqualTo(200);
    assertThat(
            raw.request("GET", "/" + ORDERS + "/docs/2")
                .header("x-ms-documentdb-partitionkey", "[\"a\"]")
                .header("authorization", token)
                .send()
                .status())
        .isEqualTo(403);
  }

  private static void assertStatus(int status, Runnable call) {
    CosmosException thrown = catchThrowableOfType(CosmosException.class, call::run);
    assertThat(thrown).isNotNull();
    assertThat(thrown.getStatusCode()).isEqualTo(status);
  }
}
