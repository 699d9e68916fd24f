package dev.ephemeris.gateway.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.gateway.sdk.SdkCall.Target;
import dev.ephemeris.simulator.cosmos.ReceivedRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OperationsTest {

  /** On the database or container itself: denied by the rule on metadata. */
  private static final Set<String> ON_METADATA =
      Set.of(
          "read-database",
          "read-container",
          "read-ranges",
          "list-containers",
          "query-containers",
          "read-client-encryption-key",
          "read-client-encryption-key-that-is-missing",
          "list-client-encryption-keys",
          "query-client-encryption-keys");

  /** Whoever has a lease may: they are denied to those who have none. */
  private static final Set<String> FOR_ANY_LEASE =
      Set.of("read-account", "list-databases", "query-databases");

  /** What needs a lease for managing the account. */
  private static final Set<String> ON_DATABASES =
      Set.of(
          "create-database",
          "create-database-with-throughput",
          "create-database-that-is-there",
          "delete-database");

  /** Of which each operation is refused by itself; JavaScript's newer one throws the first. */
  private static final Set<String> BULK = Set.of("bulk", "bulk-at-once");

  /** What needs a lease for managing the containers of a database. */
  private static final Set<String> ON_CONTAINERS =
      Set.of(
          "create-container",
          "create-container-that-is-there",
          "create-container-of-a-hierarchical-key",
          "create-container-of-unique-keys",
          "create-container-with-a-time-to-live",
          "create-container-with-throughput",
          "create-container-with-autoscale",
          "read-throughput",
          "replace-throughput",
          "replace-throughput-by-too-little",
          "replace-container",
          "delete-container",
          "delete-partition-key",
          "create-client-encryption-key",
          "create-client-encryption-key-that-is-there",
          "replace-client-encryption-key",
          "create-stored-procedure",
          "list-stored-procedures",
          "read-stored-procedure",
          "replace-stored-procedure",
          "delete-stored-procedure");

  /** On Cosmos DB's own users, who must be as they were. */
  private static final Set<String> ON_USERS =
      Set.of(
          "create-user",
          "upsert-user",
          "list-users",
          "read-user",
          "delete-user",
          "create-permission",
          "list-permissions",
          "read-permission",
          "delete-permission",
          "replace-permission",
          "read-item-by-a-permission",
          "read-item-beyond-a-permission",
          "delete-item-beyond-a-permission");

  /** What needs a lease for running code beside writing items. */
  private static final Set<String> WITH_TRIGGERS =
      Set.of(
          "create-item-with-a-pre-trigger",
          "create-item-with-a-trigger-that-is-missing",
          "upsert-item-with-a-pre-trigger",
          "replace-item-with-both-triggers",
          "delete-item-with-a-post-trigger");

  /** What each SDK tells in its own way. */
  private static final Set<String> TOLD_DIFFERENTLY =
      Set.of(
          "read-account",
          "read-ranges",
          // Java asks all partitions.
          "query-items-without-a-key",
          // Each writes an indexing policy of its own into the definition.
          "create-container",
          "create-container-of-a-hierarchical-key",
          "create-container-of-unique-keys",
          "create-container-with-a-time-to-live");

  /** To JavaScript 6.0 is 6. */
  private static final Comparator<JsonNode> BY_VALUE =
      (one, other) ->
          one.isNumber() && other.isNumber()
              ? Double.compare(one.doubleValue(), other.doubleValue())
              : one.equals(other) ? 0 : 1;

  private static SdkWorld world;
  private static Map<String, SdkCall> sdks;
  private static String lease;
  private static String ownersLease;
  private static String managersLease;

  @BeforeAll
  static void start() throws Exception {
    world = new SdkWorld();
    lease = world.lease().token();
    ownersLease = world.ownersLease().token();
    managersLease = world.managersLease().token();
    sdks = Map.of("java", new JavaSdk(), "js", new JavaScriptSdk(world.caCertificates()));
  }

  @AfterAll
  static void stop() throws Exception {
    try {
      for (SdkCall sdk : sdks.values()) {
        sdk.close();
      }
    } finally {
      world.close();
    }
  }

  @ParameterizedTest(name = "{0} by {1}, {2}, {3}")
  @CsvFileSource(resources = "operations.csv", numLinesToSkip = 1)
  void answers(String operation, String sdk, String route, String access, int status, int subStatus)
      throws Exception {
    world.nextMoment();
    JsonNode answer = run(operation, sdk, route, access);

    assertThat(answer.path("status").intValue()).as("%s", answer).isEqualTo(status);
    assertThat(answer.path("subStatus").intValue()).as("%s", answer).isEqualTo(subStatus);
    switch (route + " " + access) {
      case "direct allowed" -> {
        if (sdk.equals("js")) {
          assertEqualToJava(answer, operation);
        }
      }
      case "direct denied" -> assertNothingWasAnsweredByTheAccount();
      case "gateway allowed" -> {
        if (subStatus == CosmosError.NOT_AVAILABLE) {
          assertNotAvailable(answer);
        } else {
          assertEqualToDirect(answer, operation, sdk);
        }
      }
      case "gateway denied" -> {
        if (subStatus == CosmosError.NOT_AVAILABLE) {
          assertNotAvailable(answer);
        } else if (BULK.contains(operation)) {
          assertEachDenied(answer);
        } else if (status == 401) {
          assertThat(message(answer))
              .contains("The token or key isn't one of this gateway's leases.");
          assertThat(world.received()).isEmpty();
        } else {
          assertDenied(answer, operation);
        }
      }
      default -> throw new IllegalArgumentException(route + " " + access);
    }
  }

  private static void assertEqualToJava(JsonNode answer, String operation) throws Exception {
    if (sdk("java").operations().contains(operation) && !TOLD_DIFFERENTLY.contains(operation)) {
      JsonNode java = run(operation, "java", "direct", "allowed");
      assertThat(told(answer, operation).equals(BY_VALUE, told(java, operation)))
          .as("%s is equal to Java's %s", told(answer, operation), told(java, operation))
          .isTrue();
    }
  }

  /** The data of an answer, in however many pages it came. */
  private static JsonNode told(JsonNode answer, String operation) {
    ObjectNode told = comparable(answer, operation).deepCopy();
    List<JsonNode> rows = new ArrayList<>();
    told.path("pages").forEach(page -> page.path("body").forEach(rows::add));
    if (told.path("body").isArray()) {
      told.path("body").forEach(rows::add);
    } else if (told.hasNonNull("body")) {
      rows.add(told.path("body"));
    }
    if (operation.startsWith("query-") && !operation.contains("order-by")) {
      rows.sort(Comparator.comparing(JsonNode::toString)); // in no order that the manual promises
    }
    rows.stream()
        .filter(row -> row.path("uniqueKeyPolicy").isEmpty())
        .filter(ObjectNode.class::isInstance)
        .forEach(row -> ((ObjectNode) row).remove("uniqueKeyPolicy")); // Java adds it
    told.remove(List.of("status", "subStatus", "headers", "message", "charge", "pages", "body"));
    told.putArray("rows").addAll(rows);
    return told;
  }

  private static void assertEqualToDirect(JsonNode answer, String operation, String sdk)
      throws Exception {
    if (operation.equals("read-account")) {
      // Where it is, is the one thing that must not be equal.
      assertThat(answer.path("locations").findValuesAsText("databaseAccountEndpoint"))
          .containsExactly(world.gateway().toString(), world.gateway().toString());
    }
    JsonNode direct = run(operation, sdk, "direct", "allowed");
    assertThat(comparable(answer, operation)).isEqualTo(comparable(direct, operation));
  }

  private static void assertDenied(JsonNode answer, String operation) {
    boolean onMetadata = ON_METADATA.contains(operation);
    boolean manages = ON_CONTAINERS.contains(operation) || ON_DATABASES.contains(operation);
    assertThat(message(answer))
        .contains("Denied by Ephemeris: user:default/alice may not take ")
        .contains(
            manages
                ? "no rule allows it with this lease"
                : onMetadata
                    ? "rule “nobody looks into what is sealed” denies it"
                    : "rule “nobody touches what is closed” denies it");
    assertThat(onMetadata ? world.received() : world.receivedOnItems()).isEmpty();
  }

  private static void assertEachDenied(JsonNode answer) {
    assertThat(answer.path("body")).allMatch(result -> result.path("status").intValue() == 403);
    assertThat(world.receivedOnItems()).isEmpty();
  }

  private static void assertNotAvailable(JsonNode answer) {
    assertThat(message(answer))
        .containsAnyOf(
            "isn't available through this gateway",
            "This gateway has no data-plane operation",
            "Through this gateway items are addressed and scripts run by name, not by RID");
    assertThat(world.receivedOnItems()).isEmpty();
  }

  private static void assertNothingWasAnsweredByTheAccount() {
    assertThat(world.account().received().orElse(List.of()))
        .allMatch(request -> request.statusCode() == 401);
  }

  /** What a lease for one partition key gives is what the whole gives, and nothing of another. */
  @ParameterizedTest(name = "{0} by {1} with {3} of {2}")
  @CsvFileSource(
      resources = "partition-key-leases.csv",
      delimiter = '¦',
      quoteCharacter = '`',
      numLinesToSkip = 1)
  void staysInItsPartition(
      String operation, String sdk, String container, String key, String denied) throws Exception {
    world.nextMoment();
    world.reset();
    String token = world.leaseOfKey(container, key).token();
    Target target = new Target(world.gateway(), token, world.database("shop"), "");

    JsonNode answer = sdk(sdk).run(operation, target);

    if (denied.equals("yes")) {
      assertThat(message(answer))
          .contains("is for one partition key of orders-prod:/dbs/")
          .contains("this request isn't bound to it");
      assertThat(world.receivedOnItems()).hasSize(plans());
    } else {
      JsonNode direct = run(operation, sdk, "direct", "allowed");
      assertThat(withoutSealed(comparable(answer, operation)))
          .isEqualTo(withoutSealed(comparable(direct, operation)));
    }
  }

  /** Pages without what says where the next one begins: with such a lease the gateway seals it. */
  private static JsonNode withoutSealed(JsonNode answer) {
    for (JsonNode page : answer.path("pages")) {
      if (page instanceof ObjectNode fields) {
        fields.remove("continuation");
        fields.remove("etag");
      }
      if (page.path("headers") instanceof ObjectNode headers) {
        headers.remove(List.of("etag", "x-ms-continuation"));
      }
    }
    return answer;
  }

  /** How many requests for plans the account got: they tell of a query, and nothing of an item. */
  private static int plans() {
    return (int)
        world.account().received().orElse(List.of()).stream()
            .filter(request -> request.header("x-ms-cosmos-is-query-plan-request").isPresent())
            .count();
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "js"})
  void hasACaseForEachRowAndFourRowsForEachCase(String sdk) throws IOException {
    List<String> expected =
        sdk(sdk).operations().stream()
            .flatMap(
                operation ->
                    List.of("direct", "gateway").stream()
                        .flatMap(
                            route ->
                                List.of("allowed", "denied").stream()
                                    .map(
                                        access -> String.join(",", operation, sdk, route, access))))
            .toList();

    assertThat(
            rows().stream()
                .filter(row -> row.get(1).equals(sdk))
                .map(row -> String.join(",", row.subList(0, 4))))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void hasRowsOfKnownSdksOnly() throws IOException {
    assertThat(rows()).isNotEmpty().allMatch(row -> sdks.containsKey(row.get(1)));
  }

  @ParameterizedTest
  @CsvSource({"java,direct", "java,gateway", "js,direct", "js,gateway"})
  void triesAgainByItselfWhenItIsThrottled(String sdk, String route) throws Exception {
    JsonNode answer = run("read-item-that-is-throttled", sdk, route, "allowed");

    assertThat(answer.path("status").intValue()).isEqualTo(200);
    world
        .account()
        .received()
        .ifPresent(
            received ->
                assertThat(received)
                    .filteredOn(request -> request.target().endsWith("/docs/busy"))
                    .extracting(ReceivedRequest::statusCode)
                    .containsExactly(429, 429, 200));
  }

  /** The right to write items isn't enough. */
  @ParameterizedTest
  @CsvSource({
    "java,create-item-with-a-pre-trigger",
    "java,delete-item-with-a-post-trigger",
    "js,upsert-item-with-a-pre-trigger",
    "js,replace-item-with-both-triggers"
  })
  void runsTriggersForThoseOnlyWhoMayRunThem(String sdk, String operation) throws Exception {
    world.reset();
    Target shop = new Target(world.gateway(), lease, world.database("shop"), "");

    JsonNode answer = sdk(sdk).run(operation, shop);

    assertThat(answer.path("status").intValue()).isEqualTo(403);
    assertThat(message(answer)).contains("may not take runTriggers on ");
    assertThat(world.receivedOnItems()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "java,read-container",
    "java,read-item",
    "java,create-item",
    "java,query-all-partitions",
    "js,read-database",
    "js,read-container",
    "js,read-item",
    "js,create-item",
    "js,query-all-partitions"
  })
  void showsNoDifferenceBetweenWhatIsHiddenAndWhatIsMissing(String sdk, String operation)
      throws Exception {
    String vault = world.database("vault");
    String nowhere = world.database("nowhere");

    JsonNode hidden = denied(sdk, operation, vault);
    JsonNode missing = denied(sdk, operation, nowhere);

    assertThat(hidden.path("status").intValue()).isEqualTo(403);
    assertThat(hidden.path("subStatus").intValue()).isEqualTo(5301);
    assertThat(message(hidden)).contains(vault);
    assertThat(withoutActivity(hidden).replace(vault, nowhere)).isEqualTo(withoutActivity(missing));
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "js"})
  void tellsNoOneWhoIsDeniedWhetherAnItemIsThere(String sdk) throws Exception {
    JsonNode there = run("read-item", sdk, "gateway", "denied");
    JsonNode missing = run("read-item-that-is-missing", sdk, "gateway", "denied");

    assertThat(withoutActivity(there)).isEqualTo(withoutActivity(missing));
  }

  private static JsonNode denied(String sdk, String operation, String database) throws Exception {
    world.reset();
    JsonNode answer = sdk(sdk).run(operation, new Target(world.gateway(), lease, database, ""));
    assertThat(world.received()).isEmpty();
    return answer;
  }

  private static JsonNode run(String operation, String sdk, String route, String access)
      throws Exception {
    world.reset();
    if (ON_USERS.contains(operation)) {
      world.account().writeUsers();
    }
    return sdk(sdk).run(operation, target(operation, route, access));
  }

  private static SdkCall sdk(String name) {
    return Objects.requireNonNull(sdks.get(name), name);
  }

  private static Target target(String operation, String route, String access) {
    boolean allowed = access.equals("allowed");
    String shop = world.database("shop");
    if (route.equals("direct")) {
      // A lease is nothing that the account itself knows.
      String credential = allowed ? world.account().key() : lease;
      return new Target(world.account().endpoint(), credential, shop, "");
    }
    if (allowed) {
      return new Target(world.gateway(), leaseFor(operation), shop, "");
    }
    if (FOR_ANY_LEASE.contains(operation)) {
      return new Target(world.gateway(), forged(), shop, "");
    }
    return ON_METADATA.contains(operation)
        ? new Target(world.gateway(), lease, world.database("sealed"), "")
        : new Target(world.gateway(), lease, shop, SdkWorld.CLOSED);
  }

  private static String leaseFor(String operation) {
    if (ON_DATABASES.contains(operation)) {
      return managersLease;
    }
    return ON_CONTAINERS.contains(operation) || WITH_TRIGGERS.contains(operation)
        ? ownersLease
        : lease;
  }

  /** The lease's token with one letter changed. */
  private static String forged() {
    int at = lease.length() - 5;
    char other = lease.charAt(at) == 'A' ? 'B' : 'A';
    return lease.substring(0, at) + other + lease.substring(at + 1);
  }

  private static String message(JsonNode answer) {
    return answer.path("message").asText();
  }

  private static String withoutActivity(JsonNode answer) {
    return answer.toString().replaceAll("ActivityId: [0-9a-f-]{36}", "ActivityId: …");
  }

  private static ObjectNode comparable(JsonNode answer, String operation) {
    ObjectNode comparable = answer.deepCopy();
    if (comparable.has("pages")) {
      chargeAsAWhole(comparable);
    }
    if (operation.equals("query-offset-limit-in-pages")) {
      comparable.remove("charge"); // of pages beyond the limit, some may have been asked for
    }
    return ((ObjectNode) world.account().comparable(comparable)).without(List.of("locations"));
  }

  /** SDKs ask partitions ahead: with which page they tell of a charge is a matter of luck. */
  private static void chargeAsAWhole(ObjectNode answer) {
    double charge = 0;
    for (JsonNode page : answer.path("pages")) {
      charge += page.at("/headers/x-ms-request-charge").asDouble();
      ((ObjectNode) page.path("headers")).remove("x-ms-request-charge");
      ((ObjectNode) page).remove("charge");
    }
    answer.put("charge", Math.round(charge * 100));
  }

  private static List<List<String>> rows() throws IOException {
    try (InputStream table =
        Objects.requireNonNull(OperationsTest.class.getResourceAsStream("operations.csv"))) {
      return new String(table.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .skip(1)
          .map(line -> List.of(line.split(",")))
          .toList();
    }
  }
}
