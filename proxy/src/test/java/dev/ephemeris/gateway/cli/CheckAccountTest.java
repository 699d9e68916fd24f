package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.AzureBeside;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import dev.ephemeris.simulator.cosmos.KeyKind;
import dev.ephemeris.simulator.issuer.Person;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ephemeris account check}, before Azure, by Azure's own library. */
class CheckAccountTest {

  private static final String ACCOUNTS = "Microsoft.DocumentDB/databaseAccounts/";

  private static final String[] RIGHTS = {
    ACCOUNTS + "read",
    ACCOUNTS + "listKeys/action",
    ACCOUNTS + "sqlRoleDefinitions/read",
    ACCOUNTS + "sqlRoleAssignments/read",
    "Microsoft.Insights/diagnosticSettings/read"
  };

  private static GatewayFixture fixture;
  private static AzureBeside azure;
  private static Terminal opal;
  private static Terminal alice;

  @BeforeAll
  static void start(@TempDir Path home) throws Exception {
    fixture = new GatewayFixture();
    azure = new AzureBeside(fixture, RIGHTS);
    opal = as(GatewayFixture.OPAL, home);
    alice = as(GatewayFixture.ALICE, home);
  }

  private static Terminal as(Person who, Path home) {
    return Terminal.at(fixture, home).with("EPHEMERIS_TOKEN", fixture.token(who));
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
    azure.close();
  }

  /** State by code. */
  private static Map<String, String> found(JsonNode document) {
    Map<String, String> found = new TreeMap<>();
    document
        .path("findings")
        .forEach(
            finding -> found.put(finding.path("code").asText(), finding.path("state").asText()));
    return found;
  }

  @Test
  void saysWhatIsWrongUntilItIsPutRight() throws Exception {
    azure
        .account()
        .set(
            "privateEndpointConnections",
            JsonArray.of(
                JsonObject.of(
                    "id",
                    AzureBeside.RESOURCE + "/privateEndpointConnections/somebodys",
                    "properties",
                    JsonObject.of(
                        "privateLinkServiceConnectionState", JsonObject.of("status", "Pending")))));
    azure.account().set("networkAclBypass", "AzureServices");
    azure.account().set("minimalTlsVersion", "Tls11");

    Screen before = opal.run("account", "check", "orders-prod", "-o", "json");

    assertThat(before.err()).isEmpty();
    assertThat(before.exitCode()).isEqualTo(1);
    assertThat(found(before.json()))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "local-auth", "warning",
                "keys-change-metadata", "warning",
                "public-network", "problem",
                "pending-endpoint", "warning",
                "firewall-bypass", "warning",
                "tls", "warning",
                "data-plane-logs", "warning",
                "control-plane-logs", "warning"));
    for (KeyKind kind : KeyKind.values()) {
      assertThat(before.out()).doesNotContain(fixture.account().access().key(kind));
    }

    azure
        .account()
        .set(
            "privateEndpointConnections",
            JsonArray.of(
                JsonObject.of(
                    "id",
                    AzureBeside.RESOURCE + "/privateEndpointConnections/somebodys",
                    "properties",
                    JsonObject.of(
                        "privateLinkServiceConnectionState",
                        JsonObject.of("status", "Approved")))));
    azure.account().set("networkAclBypass", "None");
    azure.account().set("minimalTlsVersion", "Tls12");
    azure.account().set("disableKeyBasedMetadataWriteAccess", true);
    azure.account().set("ipRules", JsonArray.of(JsonObject.of("ipAddressOrRange", "203.0.113.7")));
    azure
        .account()
        .sendLogs(
            "all",
            azure.azure().workspace(AzureBeside.SUBSCRIPTION, "orders", "logs"),
            "DataPlaneRequests",
            "ControlPlaneRequests");

    Screen after = opal.run("account", "check", "orders-prod");

    assertThat(after.exitCode()).isZero();
    assertThat(after.out())
        .startsWith(
            """
            warning  local-auth
                     The account accepts keys, and the gateway goes by one where an identity would do.
                     Whoever has a key comes past the gateway. Give the account an identity in the configuration first; then no lane needs keys.
                       az cosmosdb update --subscription='%s' --resource-group='orders' --name='orders-prod' --disable-local-auth true

            0 problems, 1 warning.
            Not read: \
            """
                .formatted(AzureBeside.SUBSCRIPTION));
    assertThat(opal.run("account", "check", "orders-prod", "--fix", "bicep").out())
        .contains("disableLocalAuth: true")
        .doesNotContain("az cosmosdb", "local_authentication_enabled");
    assertThat(opal.run("account", "check", "orders-prod", "--fix", "all").out())
        .contains("(az)", "(bicep)", "(terraform)", "local_authentication_enabled = false");
  }

  @Test
  void whatMayNotBeReadIsAProblem() throws Exception {
    azure.azure().revoke(azure.gateway());
    try {
      Screen screen = opal.run("account", "check", "orders-prod", "-o", "json");

      assertThat(screen.exitCode()).isEqualTo(1);
      assertThat(found(screen.json()))
          .isEqualTo(
              Map.of(
                  "settings-not-known", "problem",
                  "roles-not-known", "problem",
                  "logs-not-known", "problem"));
      assertThat(screen.json().path("findings"))
          .allSatisfy(
              finding -> {
                assertThat(finding.path("what").asText()).contains("403");
                assertThat(finding.at("/fixes/0/text").asText())
                    .contains(
                        "az role definition create", "Microsoft.DocumentDB/", AzureBeside.RESOURCE);
              });
    } finally {
      azure.azure().grant(azure.gateway(), AzureBeside.RESOURCE, RIGHTS);
    }
  }

  @Test
  void isForAccountsThatAreTheGatewaysOnly() {
    Screen screen = opal.run("account", "check", "another");

    assertThat(screen.exitCode()).isEqualTo(1);
    assertThat(screen.err()).contains("doesn't know where in Azure an account “another” is");
    assertThat(opal.run("account", "check", "../leases").exitCode()).isEqualTo(2);
  }

  @Test
  void isForThoseWhomThePolicyLets() {
    Screen screen = alice.run("account", "check", "orders-prod");

    assertThat(screen.exitCode()).isEqualTo(1);
    assertThat(screen.out()).isEmpty();
    assertThat(screen.err()).contains("ephemeris/accounts/check");
  }
}
