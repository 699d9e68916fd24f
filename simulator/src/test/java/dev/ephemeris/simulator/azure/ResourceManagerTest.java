package dev.ephemeris.simulator.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.core.management.exception.ManagementException;
import com.azure.resourcemanager.cosmos.fluent.DatabaseAccountsClient;
import com.azure.resourcemanager.cosmos.models.DatabaseAccountRegenerateKeyParameters;
import com.azure.resourcemanager.cosmos.models.KeyKind;
import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.simulator.cosmos.CosmosSimulator;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Manages an account with azure-resourcemanager-cosmos. */
class ResourceManagerTest {

  private static final String GROUP = RunningAzure.GROUP;
  private static final String NAME = "orders-prod";
  private static final DatabaseAccountRegenerateKeyParameters SECONDARY =
      new DatabaseAccountRegenerateKeyParameters().withKeyKind(KeyKind.SECONDARY);

  private static RunningAzure running;
  private static DatabaseAccountsClient accounts;

  @BeforeAll
  static void start() throws Exception {
    running = new RunningAzure();
    accounts = running.management(RunningAzure.OWNER).getDatabaseAccounts();
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  @BeforeEach
  void asAtTheStart() {
    running.azure.delays(Delays.NONE);
    running.azure.revoke(RunningAzure.GUEST.objectId());
    running.account.set("publicNetworkAccess", "Enabled");
    running.account.set("provisioningState", "Succeeded");
    running.account.set("capabilities", new JsonArray());
    running.account.kind("GlobalDocumentDB");
    running.azure.pageSize(Integer.MAX_VALUE);
    running.account.cosmos().reset();
    running.account.cosmos().createDatabase("shop");
  }

  private static void assertRefused(int status, String words, Runnable call) {
    assertThatExceptionOfType(ManagementException.class)
        .isThrownBy(call::run)
        .satisfies(
            refusal -> {
              assertThat(refusal.getResponse().getStatusCode()).isEqualTo(status);
              assertThat(refusal.getMessage()).contains(words);
            });
  }

  @Test
  void showsTheAccount() {
    var account = accounts.getByResourceGroup(GROUP, NAME);

    assertThat(account.id()).isEqualTo(running.account.id());
    assertThat(account.kind()).hasToString("GlobalDocumentDB");
    assertThat(account.tags()).containsEntry("team", "orders");
    assertThat(account.documentEndpoint())
        .isEqualTo(running.account.cosmos().endpoint().toString());
    assertThat(account.disableLocalAuth()).isFalse();
    assertThat(account.publicNetworkAccess()).hasToString("Enabled");
    assertThat(account.minimalTlsVersion()).hasToString("Tls12");
    assertThat(account.keysMetadata().secondaryMasterKey().generationTime()).isNotNull();
    assertThat(account.writeLocations())
        .extracting(location -> location.documentEndpoint())
        .containsExactly(account.documentEndpoint());
  }

  @Test
  void showsWhatWasSet() {
    running.account.set("disableLocalAuth", true);
    running.account.set("publicNetworkAccess", "Disabled");
    running.account.tag("stage", "prod");
    running.account.cosmos().addRegion("North Europe");

    var account = accounts.getByResourceGroup(GROUP, NAME);

    assertThat(account.disableLocalAuth()).isTrue();
    assertThat(account.publicNetworkAccess()).hasToString("Disabled");
    assertThat(account.tags()).containsEntry("stage", "prod");
    assertThat(account.readLocations())
        .extracting(location -> location.locationName())
        .containsExactly(CosmosSimulator.FIRST_REGION, "North Europe");
    assertThat(account.readLocations().getLast().documentEndpoint())
        .isEqualTo(running.account.cosmos().endpoint("North Europe").toString());
  }

  @Test
  void listsTheAccountsOfASubscriptionAndOfAGroup() {
    var other =
        running.azure.add(
            RunningAzure.SUBSCRIPTION, "other-rg", running.cosmos("carts-prod"), Map.of());

    assertThat(accounts.list())
        .extracting(account -> account.name())
        .containsExactly(NAME, "carts-prod");
    assertThat(accounts.listByResourceGroup(GROUP))
        .extracting(account -> account.name())
        .containsExactly(NAME);
    running.azure.remove(other);
    assertThat(accounts.list()).hasSize(1);
    assertRefused(
        404, "was not found", () -> accounts.getByResourceGroup("other-rg", "carts-prod"));
    other.cosmos().close().await();
  }

  @Test
  void listsByPages() throws Exception {
    var carts =
        running.azure.add(RunningAzure.SUBSCRIPTION, "other-rg", running.cosmos("carts"), Map.of());
    var stock =
        running.azure.add(RunningAzure.SUBSCRIPTION, "other-rg", running.cosmos("stock"), Map.of());
    running.azure.pageSize(2);

    var first = page(accountsOf("") + "?api-version=2025-10-15");
    var last = page(first.getString("nextLink"));

    assertThat(names(first)).containsExactly(NAME, "carts");
    assertThat(names(last)).containsExactly("stock");
    assertThat(last.containsKey("nextLink")).isFalse();
    // As many as a page has are one page.
    var group = page(accountsOf("/resourceGroups/OTHER-RG") + "?api-version=2025-10-15");
    assertThat(names(group)).containsExactly("carts", "stock");
    assertThat(group.containsKey("nextLink")).isFalse();
    for (var token : List.of("0", "-1", "x", "")) {
      assertThat(
              page(accountsOf("") + "?api-version=2025-10-15&$skiptoken=" + token)
                  .getString("message"))
          .as(token)
          .startsWith("The $skiptoken is invalid.");
    }
    running.azure.remove(stock);
    assertThat(names(page(first.getString("nextLink")))).isEmpty();
    for (var other : List.of(carts, stock)) {
      running.azure.remove(other);
      other.cosmos().close().await();
    }
  }

  private static String accountsOf(String group) {
    return "/subscriptions/"
        + RunningAzure.SUBSCRIPTION
        + group
        + "/providers/Microsoft.DocumentDB/databaseAccounts";
  }

  private static JsonObject page(String target) throws Exception {
    var token = running.azure.tenant().token(RunningAzure.OWNER.objectId(), Tenant.MANAGEMENT);
    return new JsonObject(
        send(target, request -> request.header("authorization", "Bearer " + token)).body());
  }

  private static List<String> names(JsonObject page) {
    return page.getJsonArray("value").stream()
        .map(JsonObject.class::cast)
        .map(account -> account.getString("name"))
        .toList();
  }

  @Test
  void showsAccountsOfOtherKindsAndStates() {
    running.account.kind("MongoDB");
    running.account.set("provisioningState", "Deleting");
    running.account.set("capabilities", JsonArray.of(JsonObject.of("name", "EnableGremlin")));

    var account = accounts.getByResourceGroup(GROUP, NAME);

    assertThat(account.kind()).hasToString("MongoDB");
    assertThat(account.provisioningState()).isEqualTo("Deleting");
    assertThat(account.capabilities())
        .extracting(capability -> capability.name())
        .containsExactly("EnableGremlin");
  }

  @Test
  void givesTheKeys() throws Exception {
    var keys = accounts.listKeys(GROUP, NAME);

    assertThat(keys.primaryMasterKey()).isEqualTo(RunningAzure.KEY);
    for (var key :
        List.of(
            keys.primaryMasterKey(),
            keys.secondaryMasterKey(),
            keys.primaryReadonlyMasterKey(),
            keys.secondaryReadonlyMasterKey())) {
      assertThat(statusWith(key)).isEqualTo(200);
    }
    assertThat(accounts.listReadOnlyKeys(GROUP, NAME).primaryReadonlyMasterKey())
        .isEqualTo(keys.primaryReadonlyMasterKey());
  }

  @Test
  void regeneratesAKeyInItsTime() throws Exception {
    running.azure.delays(Delays.NONE.withRegeneration(Duration.ofMinutes(20)));
    var before = accounts.listKeys(GROUP, NAME);
    var generated =
        accounts
            .getByResourceGroup(GROUP, NAME)
            .keysMetadata()
            .secondaryMasterKey()
            .generationTime();

    var poller = accounts.beginRegenerateKey(GROUP, NAME, SECONDARY);

    assertThat(poller.poll().getStatus().isComplete()).isFalse();
    assertThat(accounts.listKeys(GROUP, NAME).secondaryMasterKey())
        .isEqualTo(before.secondaryMasterKey());
    assertThat(statusWith(before.secondaryMasterKey())).isEqualTo(200);
    running.pass(Duration.ofMinutes(21));
    poller.waitForCompletion();
    var after = accounts.listKeys(GROUP, NAME);
    assertThat(after.secondaryMasterKey()).isNotEqualTo(before.secondaryMasterKey());
    assertThat(after.primaryMasterKey()).isEqualTo(before.primaryMasterKey());
    assertThat(after.secondaryReadonlyMasterKey()).isEqualTo(before.secondaryReadonlyMasterKey());
    assertThat(statusWith(before.secondaryMasterKey())).isEqualTo(401);
    assertThat(statusWith(after.secondaryMasterKey())).isEqualTo(200);
    assertThat(
            accounts
                .getByResourceGroup(GROUP, NAME)
                .keysMetadata()
                .secondaryMasterKey()
                .generationTime())
        .isAfter(generated);
  }

  @Test
  void waitsForTheEndOfARegenerationByItself() throws Exception {
    running.azure.delays(Delays.NONE.withRegeneration(Duration.ofMillis(900)));
    var before = accounts.listKeys(GROUP, NAME).secondaryMasterKey();

    accounts.regenerateKey(GROUP, NAME, SECONDARY);

    assertThat(statusWith(before)).isEqualTo(401);
    assertThat(statusWith(accounts.listKeys(GROUP, NAME).secondaryMasterKey())).isEqualTo(200);
  }

  @Test
  void doesOneThingAtATime() {
    running.azure.delays(Delays.NONE.withRegeneration(Duration.ofMinutes(20)));
    accounts.beginRegenerateKey(GROUP, NAME, SECONDARY);

    assertRefused(
        412,
        "There is another user operation in progress which requires an exclusive lock on"
            + " [orders-prod]. Please retry after sometime.",
        () ->
            accounts.beginRegenerateKey(
                GROUP,
                NAME,
                new DatabaseAccountRegenerateKeyParameters().withKeyKind(KeyKind.PRIMARY)));
    running.pass(Duration.ofMinutes(21));
    running.azure.delays(Delays.NONE);
    accounts.regenerateKey(GROUP, NAME, SECONDARY);
  }

  @Test
  void hasRegionsAndNodesThatLearnLateOfAKey() throws Exception {
    var cosmos = running.account.cosmos();
    cosmos.addRegion("North Europe");
    cosmos.access().lagKeys("North Europe", Duration.ofMinutes(10), 1);
    accounts.regenerateKey(GROUP, NAME, SECONDARY);
    var key = accounts.listKeys(GROUP, NAME).secondaryMasterKey();

    assertThat(statusWith(key)).isEqualTo(200);
    assertThat(statusWith(key, cosmos.endpoint("North Europe"))).isEqualTo(401);
    cosmos.access().lagKeys("North Europe", Duration.ofMinutes(10), 2);
    assertThat(statusWith(key, cosmos.endpoint("North Europe"))).isEqualTo(401);
    assertThat(statusWith(key, cosmos.endpoint("North Europe"))).isEqualTo(200);
    running.pass(Duration.ofMinutes(11));
    assertThat(statusWith(key, cosmos.endpoint("North Europe"))).isEqualTo(200);
  }

  @Test
  void letsNobodyDoWhatNoRoleGives() throws Exception {
    var guest = running.management(RunningAzure.GUEST).getDatabaseAccounts();
    running.azure.grant(
        RunningAzure.GUEST.objectId(),
        running.account.id(),
        "Microsoft.DocumentDB/databaseAccounts/read",
        "Microsoft.DocumentDB/databaseAccounts/readonlykeys/action");

    guest.getByResourceGroup(GROUP, NAME);
    guest.listReadOnlyKeys(GROUP, NAME);
    assertRefused(
        403,
        "does not have authorization to perform action"
            + " 'Microsoft.DocumentDB/databaseAccounts/listKeys/action' over scope '"
            + running.account.id()
            + "'",
        () -> guest.listKeys(GROUP, NAME));
    assertRefused(403, "regenerateKey", () -> guest.regenerateKey(GROUP, NAME, SECONDARY));
    assertRefused(403, "read", () -> assertThat(guest.list()).isEmpty());
    assertRefused(403, "read", () -> guest.getByResourceGroup(GROUP, "orders-prod2"));
    running.azure.revoke(RunningAzure.GUEST.objectId());
    assertRefused(403, "read", () -> guest.getByResourceGroup(GROUP, NAME));
  }

  @Test
  void recordsWhoAskedForWhat() {
    accounts.listKeys(GROUP, NAME);

    assertThat(running.azure.received())
        .last()
        .satisfies(
            call -> {
              assertThat(call.method()).isEqualTo("POST");
              assertThat(call.target()).startsWith(running.account.id() + "/listKeys?");
              assertThat(call.principal()).contains(RunningAzure.OWNER.objectId());
              assertThat(call.statusCode()).isEqualTo(200);
            });
  }

  @Test
  void takesTokensOfItsOwnTenantForItselfOnly() throws Exception {
    var tenant = running.azure.tenant();
    var owner = RunningAzure.OWNER.objectId();

    assertThat(ask("", "2025-10-15")).contains("401", "AuthenticationFailed");
    assertThat(ask("Bearer e30.e30.e30", "2025-10-15"))
        .contains("401", "InvalidAuthenticationToken");
    assertThat(ask("Bearer " + tenant.token(owner, Tenant.COSMOS), "2025-10-15"))
        .contains("401", "InvalidAuthenticationTokenAudience");
    assertThat(
            ask(
                "Bearer "
                    + tenant.token(owner, Tenant.MANAGEMENT, claims -> claims.issuer("https://x")),
                "2025-10-15"))
        .contains("401", "InvalidAuthenticationTokenTenant");
    var token = tenant.token(owner, Tenant.MANAGEMENT);
    assertThat(ask("Bearer " + token, "2025-10-15")).contains("200");
    assertThat(ask("Bearer " + token, "2025-04-15")).contains("400", "InvalidApiVersionParameter");
    assertThat(ask("Bearer " + token, "")).contains("400", "MissingApiVersionParameter");
    var ended = Date.from(running.clock.instant().minusSeconds(1));
    var expired = tenant.token(owner, Tenant.MANAGEMENT, claims -> claims.expirationTime(ended));
    assertThat(ask("Bearer " + expired, "2025-10-15"))
        .contains("401", "ExpiredAuthenticationToken");
  }

  @Test
  void refusesWhatItDoesntSimulate() throws Exception {
    var token = running.azure.tenant().token(RunningAzure.OWNER.objectId(), Tenant.MANAGEMENT);

    var answer =
        send(
            running.account.id() + "/listConnectionStrings?api-version=2025-10-15",
            request ->
                request
                    .header("authorization", "Bearer " + token)
                    .POST(HttpRequest.BodyPublishers.noBody()));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("not simulated");
  }

  private static String ask(String authorization, String version) throws Exception {
    var answer =
        send(
            running.account.id() + (version.isEmpty() ? "" : "?api-version=" + version),
            request -> {
              if (!authorization.isEmpty()) {
                request.header("authorization", authorization);
              }
            });
    return answer.statusCode() + " " + answer.body();
  }

  private static HttpResponse<String> send(String target, Consumer<HttpRequest.Builder> change)
      throws Exception {
    var request = HttpRequest.newBuilder(running.azure.endpoint().resolve(target));
    change.accept(request);
    try (var client = HttpClient.newBuilder().sslContext(running.certificate.clientTls()).build()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private static int statusWith(String key) throws Exception {
    return statusWith(key, running.account.cosmos().endpoint());
  }

  /** Reads a database, signed with this key. */
  private static int statusWith(String key, URI endpoint) throws Exception {
    var date = HttpDate.format(running.clock.instant());
    var signature = MasterKey.ofBase64(key).sign("GET", "dbs", "dbs/shop", date);
    var request =
        HttpRequest.newBuilder(endpoint.resolve("/dbs/shop"))
            .header("x-ms-date", date)
            .header(
                "authorization",
                URLEncoder.encode("type=master&ver=1.0&sig=" + signature, StandardCharsets.UTF_8))
            .build();
    try (var client = HttpClient.newBuilder().sslContext(running.certificate.clientTls()).build()) {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }
}
