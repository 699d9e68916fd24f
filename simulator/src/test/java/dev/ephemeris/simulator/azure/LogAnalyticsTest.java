package dev.ephemeris.simulator.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosPermissionProperties;
import com.azure.cosmos.models.CosmosUserProperties;
import com.azure.cosmos.models.PartitionKey;
import com.azure.cosmos.models.PermissionMode;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.ephemeris.simulator.cosmos.KeyKind;
import dev.ephemeris.simulator.cosmos.RoleAssignment;
import dev.ephemeris.simulator.cosmos.RoleDefinition;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Asks Log Analytics who asked the account for what, with which kind of credential. */
class LogAnalyticsTest {

  private static final String KQL =
      "CDBDataPlaneRequests | where TimeGenerated > ago(7d) | summarize …";
  private static final String QUERY = "Microsoft.OperationalInsights/workspaces/query/read";

  private RunningAzure running;
  private Workspace workspace;

  @BeforeEach
  void start() throws Exception {
    // The SDK offers no other way to trust a certificate for one client only.
    System.setProperty("COSMOS.EMULATOR_SERVER_CERTIFICATE_VALIDATION_DISABLED", "true");
    running = new RunningAzure();
    workspace = running.azure.workspace(RunningAzure.SUBSCRIPTION, RunningAzure.GROUP, "logs");
    running.account.sendLogs("all", workspace, "DataPlaneRequests");
    running
        .account
        .cosmos()
        .put("shop", "orders", JsonNodeFactory.instance.objectNode().put("id", "1").put("pk", "a"));
  }

  @AfterEach
  void stop() {
    running.close();
  }

  private void answerBy(String... columns) {
    workspace.answer(new LogQuery(KQL, "orders-prod", Duration.ofDays(7), List.of(columns)));
  }

  private CosmosClientBuilder builder() {
    return new CosmosClientBuilder()
        .endpoint(running.account.cosmos().endpoint().toString())
        .gatewayMode();
  }

  private static void read(CosmosClient client) {
    client
        .getDatabase("shop")
        .getContainer("orders")
        .readItem("1", new PartitionKey("a"), JsonNode.class);
  }

  private HttpResponse<String> query(String objectId, String kql) throws Exception {
    return query("/v1/workspaces/" + workspace.customerId() + "/query", objectId, kql);
  }

  private HttpResponse<String> query(String path, String objectId, String kql) throws Exception {
    var request =
        HttpRequest.newBuilder(running.azure.endpoint().resolve(path))
            .header(
                "authorization",
                "Bearer " + running.azure.tenant().token(objectId, LogAnalytics.AUDIENCE))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(JsonObject.of("query", kql).encode()))
            .build();
    try (var client = HttpClient.newBuilder().sslContext(running.certificate.clientTls()).build()) {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }

  private List<JsonArray> rows() throws Exception {
    var answer = query(RunningAzure.OWNER.objectId(), KQL);
    assertThat(answer.statusCode()).isEqualTo(200);
    var table = new JsonObject(answer.body()).getJsonArray("tables").getJsonObject(0);
    return table.getJsonArray("rows").stream().map(JsonArray.class::cast).toList();
  }

  @Test
  void tellsKeysTokensAndPrincipalsApart() throws Exception {
    answerBy("AuthTokenType", "AadPrincipalId", "StatusCode", "OperationName");
    var cosmos = running.account.cosmos();
    var alice = RunningAzure.GUEST.objectId();
    cosmos.access().assign(new RoleAssignment(alice, RoleDefinition.DATA_READER, "/"));
    for (var kind : List.of(KeyKind.PRIMARY, KeyKind.SECONDARY_READONLY)) {
      try (var client = builder().key(cosmos.access().key(kind)).buildClient()) {
        read(client);
      }
    }
    try (var client =
        builder().credential(running.credential(alice, Tenant.COSMOS)).buildClient()) {
      read(client);
      assertThatExceptionOfType(CosmosException.class)
          .isThrownBy(() -> client.createDatabase("more"));
    }

    var seen = rows().stream().map(row -> row.copy().getList().subList(0, 4).toString()).toList();

    assertThat(seen)
        .contains(
            "[PrimaryMasterKey, , 200, READ_ITEM]",
            "[SecondaryReadonlyMasterKey, , 200, READ_ITEM]",
            "[AadToken, " + alice + ", 200, READ_ITEM]",
            "[AadToken, " + alice + ", 403, CREATE_DATABASE]");
  }

  @Test
  void joinsAResourceTokenWithThePermissionThatItWasReadFrom() throws Exception {
    answerBy("AuthTokenType", "ResourceTokenUserRid", "ResourceTokenPermissionId");
    for (var user : List.of("alice", "bob")) {
      try (var client = builder().resourceToken(tokenOf(user)).buildClient()) {
        read(client);
      }
    }

    var seen = rows().stream().filter(row -> row.getString(0).equals("ResourceToken")).toList();
    assertThat(seen)
        .extracting(row -> row.getString(2))
        .containsExactly("orders-of-alice", "orders-of-bob");
    assertThat(seen).extracting(row -> row.getString(1)).doesNotHaveDuplicates().doesNotContain("");
  }

  private String tokenOf(String user) {
    try (var owner =
        builder().key(running.account.cosmos().access().key(KeyKind.PRIMARY)).buildAsyncClient()) {
      var shop = owner.getDatabase("shop");
      shop.createUser(new CosmosUserProperties().setId(user)).block();
      var made =
          shop.getUser(user)
              .createPermission(
                  new CosmosPermissionProperties()
                      .setId("orders-of-" + user)
                      .setContainerName("orders")
                      .setPermissionMode(PermissionMode.READ),
                  null)
              .block();
      return Objects.requireNonNull(made).getProperties().getToken();
    }
  }

  @Test
  void countsWhatWasAskedAndForgetsIt() throws Exception {
    answerBy("UserAgent");
    try (var client =
        builder()
            .key(running.account.cosmos().access().key(KeyKind.PRIMARY))
            .userAgentSuffix("old-app")
            .buildClient()) {
      read(client);
    }
    assertThat(rows())
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.getString(0)).contains("old-app");
              assertThat(row.getInteger(1)).isGreaterThan(1);
              assertThat(row.getString(2)).isNotEmpty();
            });

    running.pass(Duration.ofDays(8));
    assertThat(rows()).isEmpty();
  }

  @Test
  void hasNothingOfAnAccountThatSendsNothing() throws Exception {
    answerBy("AuthTokenType");
    try (var client =
        builder().key(running.account.cosmos().access().key(KeyKind.PRIMARY)).buildClient()) {
      read(client);
    }
    assertThat(rows()).isNotEmpty();

    running.account.sendNoLogs("all");
    assertThat(rows()).isEmpty();
    running.account.sendLogs("other", workspace, "ControlPlaneRequests");
    assertThat(rows()).isEmpty();
  }

  /** Without a right to the workspace, and with the first of them too. */
  @Test
  void answersForTheAccountToWhoMayReadItsLogs() throws Exception {
    answerBy("AuthTokenType");
    try (var client =
        builder().key(running.account.cosmos().access().key(KeyKind.PRIMARY)).buildClient()) {
      read(client);
    }
    var guest = RunningAzure.GUEST.objectId();
    var path = "/v1" + running.account.id() + "/query";

    assertThat(query(path, guest, KQL).statusCode()).isEqualTo(403);
    running.azure.grant(
        guest, running.account.id(), "Microsoft.Insights/logs/CDBDataPlaneRequests/read");
    var answer = query(path, guest, KQL);

    assertThat(answer.statusCode()).isEqualTo(200);
    var row =
        new JsonObject(answer.body())
            .getJsonArray("tables")
            .getJsonObject(0)
            .getJsonArray("rows")
            .getJsonArray(0);
    assertThat(row.getString(0)).isEqualTo("PrimaryMasterKey");
    assertThat(row.getString(3)).isLessThanOrEqualTo(row.getString(2));
    running.account.sendNoLogs("all");
    assertThat(query(path, guest, KQL).body()).contains("\"rows\":[]");
  }

  @Test
  void showsTheDiagnosticSettings() throws Exception {
    var token = running.azure.tenant().token(RunningAzure.OWNER.objectId(), Tenant.MANAGEMENT);
    var request =
        HttpRequest.newBuilder(
                running
                    .azure
                    .endpoint()
                    .resolve(
                        running.account.id()
                            + "/providers/Microsoft.Insights/diagnosticSettings"
                            + "?api-version=2021-05-01-preview"))
            .header("authorization", "Bearer " + token)
            .build();
    try (var client = HttpClient.newBuilder().sslContext(running.certificate.clientTls()).build()) {
      var setting =
          new JsonObject(client.send(request, HttpResponse.BodyHandlers.ofString()).body())
              .getJsonArray("value")
              .getJsonObject(0);

      assertThat(setting.getString("name")).isEqualTo("all");
      assertThat(setting.getJsonObject("properties").getString("workspaceId"))
          .isEqualTo(workspace.id());
      assertThat(setting.getJsonObject("properties").getJsonArray("logs").encode())
          .isEqualTo("[{\"category\":\"DataPlaneRequests\",\"enabled\":true}]");
    }
  }

  @Test
  void answersWhoMayAskAndWhatItKnows() throws Exception {
    answerBy("AuthTokenType");

    assertThat(query(RunningAzure.GUEST.objectId(), KQL).statusCode()).isEqualTo(403);
    running.azure.grant(RunningAzure.GUEST.objectId(), workspace.id(), QUERY);
    assertThat(query(RunningAzure.GUEST.objectId(), KQL).statusCode()).isEqualTo(200);
    assertThat(query(RunningAzure.GUEST.objectId(), KQL + " | take 1").body())
        .contains("not simulated");
  }
}
