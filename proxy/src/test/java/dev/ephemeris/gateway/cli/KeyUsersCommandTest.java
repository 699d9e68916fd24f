package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.cosmos.Verb;
import dev.ephemeris.gateway.AzureBeside;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import dev.ephemeris.simulator.azure.LogQuery;
import dev.ephemeris.simulator.azure.Tenant;
import dev.ephemeris.simulator.azure.Workspace;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ephemeris account keys --users}, by the logs of what the account was really asked. */
class KeyUsersCommandTest {

  private static final List<String> COLUMNS =
      List.of("AuthTokenType", "KeyType", "ClientIpAddress", "UserAgent");

  /** What Log Analytics is asked; what that means nothing here can tell but {@link #means}. */
  private static final String KQL =
      """
      union isfuzzy=true
        (CDBDataPlaneRequests
          | project TimeGenerated, StatusCode, AuthTokenType, KeyType, AadPrincipalId, ClientIpAddress,
              UserAgent),
        (AzureDiagnostics
          | where Category == "DataPlaneRequests"
          | project TimeGenerated,
              StatusCode = toint(column_ifexists("statusCode_s", "")),
              AuthTokenType = column_ifexists("authTokenType_s", ""),
              KeyType = column_ifexists("keyType_s", ""),
              AadPrincipalId = column_ifexists("aadPrincipalId_s", ""),
              ClientIpAddress = column_ifexists("clientIpAddress_s", ""),
              UserAgent = column_ifexists("userAgent_s", ""))
      | where TimeGenerated > ago(%dd) and isempty(AadPrincipalId) and StatusCode != 401
      | extend UserAgent = iff(UserAgent contains "ephemeris-lease/", "ephemeris-gateway",
          substring(UserAgent, 0, 200))
      | summarize Requests = count(), First = min(TimeGenerated), Last = max(TimeGenerated)
          by AuthTokenType, KeyType, ClientIpAddress, UserAgent
      | top 200 by Requests
      """;

  private static final String SETTINGS = "Microsoft.Insights/diagnosticSettings/read";
  private static final String LOGS = "Microsoft.Insights/logs/CDBDataPlaneRequests/read";

  private static GatewayFixture fixture;
  private static AzureBeside azure;
  private static Workspace workspace;
  private static Path home;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    home = folder;
    fixture = new GatewayFixture();
    fixture.configure(
        text ->
            text.replace(
                "keyFile: account.key", "keyFile: account.key\n    lanes: [proxy, token]"));
    azure = new AzureBeside(fixture);
    workspace = azure.azure().workspace(AzureBeside.SUBSCRIPTION, "logs", "logs");
    means(7);
    means(1);
  }

  private static Screen opal(String... arguments) {
    return Terminal.at(fixture, home)
        .with("EPHEMERIS_TOKEN", fixture.token(GatewayFixture.OPAL))
        .run(arguments);
  }

  private static void means(int days) {
    workspace.answer(
        new LogQuery(
            KQL.formatted(days),
            "orders-prod",
            Duration.ofDays(days),
            COLUMNS,
            (column, value) ->
                column.equals("UserAgent") && value.contains("ephemeris-lease/")
                    ? "ephemeris-gateway"
                    : value));
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
    azure.close();
  }

  @BeforeEach
  void grant() {
    azure.azure().revoke(azure.gateway());
    azure
        .azure()
        .grant(
            azure.gateway(),
            AzureBeside.RESOURCE,
            "Microsoft.DocumentDB/databaseAccounts/read",
            "Microsoft.DocumentDB/databaseAccounts/listKeys/action",
            SETTINGS,
            LOGS);
    azure.account().sendLogs("all", workspace, "DataPlaneRequests");
  }

  @AfterEach
  void forget() {
    azure.account().sendNoLogs("all");
    // With what it was asked.
    fixture.account().reset();
    fixture.account().createDatabase("shop");
    fixture.account().createContainer("shop", "orders", "/customerId");
    fixture
        .account()
        .put("shop", "orders", GatewayFixture.json("{\"id\":\"o1\",\"customerId\":\"c1\"}"));
  }

  private static Screen users(String... more) {
    return opal(
        Stream.concat(Stream.of("account", "keys", "orders-prod", "--users"), Arrays.stream(more))
            .toArray(String[]::new));
  }

  private static void ask(String userAgent, String authorization) throws Exception {
    fixture.send(
        HttpRequest.newBuilder(URI.create(fixture.account().endpoint() + "dbs/shop"))
            .header("x-ms-date", HttpDate.format(fixture.clock().instant()))
            .header("x-ms-version", "2020-07-15")
            .header("user-agent", userAgent)
            .header("authorization", authorization));
  }

  private static String signed(String key) {
    return MasterKey.ofBase64(key)
        .authorization(
            Verb.GET,
            ResourceType.DATABASE,
            "dbs/shop",
            HttpDate.format(fixture.clock().instant()));
  }

  @Test
  void tellsWhoIsCutOff() throws Exception {
    String from = fixture.clock().instant().toString().substring(0, 16);
    ask("nightly-report", signed(GatewayFixture.ACCOUNT_KEY));
    ask("nightly-report", signed(GatewayFixture.ACCOUNT_KEY));
    assertThat(fixture.readOrder(fixture.lease().path("token").asText()).status()).isEqualTo(200);

    Screen users = users();

    assertThat(users.err()).isEmpty();
    assertThat(users.out().lines().toList())
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("A rotation cuts off who isn't the gateway."),
            line -> assertThat(line).isEmpty(),
            line -> assertThat(line).matches("BY +ADDRESS +REQUESTS +FIRST +LAST +USER AGENT"),
            line ->
                assertThat(line)
                    .matches(
                        "PrimaryMasterKey +127.0.0.1 +2 +" + from + "\\S+Z +\\S+Z +nightly-report"),
            line -> assertThat(line).matches("PrimaryMasterKey +127.0.0.1 +\\d+ .* a gateway"));
    assertThat(users.out()).doesNotContain(GatewayFixture.ACCOUNT_KEY);
  }

  /** Whoever never had a key, or wasn't let in, isn't cut off. */
  @Test
  void namesNobodyWhoGoesOn() throws Exception {
    ask(
        "signed-in",
        URLEncoder.encode(
            "type=aad&ver=1.0&sig=" + azure.azure().tenant().token(azure.gateway(), Tenant.COSMOS),
            StandardCharsets.UTF_8));
    ask(
        "stranger",
        signed(
            Base64.getEncoder()
                .encodeToString(
                    "not a key of it, 32 bytes long..".getBytes(StandardCharsets.UTF_8))));
    fixture.lease();

    Screen users = users();

    assertThat(users.err()).isEmpty();
    assertThat(users.out())
        .startsWith("Nobody has used a key of orders-prod since 20")
        .doesNotContain("signed-in")
        .doesNotContain("stranger");
  }

  @Test
  void looksAsFarBackAsIsSaid() throws Exception {
    ask("nightly-report", signed(GatewayFixture.ACCOUNT_KEY));
    fixture.clock().advance(Duration.ofDays(2));

    assertThat(users().out()).contains("nightly-report");
    assertThat(users("--days", "1").out()).doesNotContain("nightly-report");
    Screen tooFar = users("--days", "91");
    assertThat(tooFar.exitCode()).isNotZero();
    assertThat(tooFar.out()).isEmpty();
  }

  @Test
  void programsGetItAsTheApiHasIt() throws Exception {
    ask("nightly-report", signed(GatewayFixture.ACCOUNT_KEY));

    JsonNode users = users("-o", "json").json();

    assertThat(users.path("logged").asBoolean()).isTrue();
    assertThat(users.path("complete").asBoolean()).isTrue();
    JsonNode report =
        StreamSupport.stream(users.path("users").spliterator(), false)
            .filter(user -> user.path("userAgent").asText().equals("nightly-report"))
            .findFirst()
            .orElseThrow();
    assertThat(report.path("credential").asText()).isEqualTo("PrimaryMasterKey");
    assertThat(report.path("gateway").asBoolean()).isFalse();
    assertThat(report.path("requests").asInt()).isEqualTo(1);
  }

  /** Silence of an account that logs nothing says nothing. */
  @Test
  void saysHowRequestsAreLoggedWhereTheyAreNot() throws Exception {
    azure.account().sendNoLogs("all");
    ask("nightly-report", signed(GatewayFixture.ACCOUNT_KEY));

    assertThat(users().out())
        .contains("Azure logs no requests for the data of “orders-prod”")
        .contains("az monitor diagnostic-settings create")
        .contains("--resource " + AzureBeside.RESOURCE)
        .doesNotContain("Nobody has used");
    azure.account().sendLogs("all", workspace, "ControlPlaneRequests");
    assertThat(users().out()).contains("az monitor diagnostic-settings create");
  }

  @Test
  void saysWhatAzureDoesntLetTheGatewayDo() {
    azure.azure().revoke(azure.gateway());
    Screen noSettings = users();
    azure.azure().grant(azure.gateway(), AzureBeside.RESOURCE, SETTINGS);
    Screen noLogs = users();

    for (Screen refused : List.of(noSettings, noLogs)) {
      assertThat(refused.exitCode()).isNotZero();
      assertThat(refused.out()).isEmpty();
      assertThat(refused.err())
          .contains("can't be found out now. Azure ")
          .contains("answered 403")
          .contains("docs/keys.md");
    }
    assertThat(noSettings.err()).contains("diagnostic settings");
    assertThat(noLogs.err()).contains("the account's logs");
  }

  @Test
  void theFirstRotationPointsToIt() {
    assertThat(opal("account", "rotate", "orders-prod").err())
        .contains("ephemeris account keys orders-prod --users");
    assertThat(opal("account", "keys", "another", "--users").err())
        .contains("doesn't turn over keys of an account “another”");
  }
}
