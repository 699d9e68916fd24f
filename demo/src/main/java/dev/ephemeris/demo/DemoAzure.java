package dev.ephemeris.demo;

import dev.ephemeris.simulator.azure.ArmAccount;
import dev.ephemeris.simulator.azure.AzureSimulator;
import dev.ephemeris.simulator.azure.ServicePrincipal;
import dev.ephemeris.simulator.azure.ServicePrincipal.Proof;
import dev.ephemeris.simulator.cosmos.CosmosSimulator;
import dev.ephemeris.simulator.cosmos.RoleAssignment;
import dev.ephemeris.simulator.cosmos.RoleDefinition;
import dev.ephemeris.simulator.tls.IdentityCertificate;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The Azure that the demo's account may stand in: a tenant with two service principals of the
 * gateway's, one for the data and one for the keys, and Resource Manager with the account. What
 * {@code az} would do in the README's quick start, and in docs/keys.md, is done here.
 */
final class DemoAzure {

  static final String TENANT = "7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11";

  private static final String SUBSCRIPTION = "5a0e4a52-9d1c-4c55-8f3e-0a2b6c7d8e9f";
  private static final String GROUP = "orders";

  private static final String FOR_DATA = "0d2b6f3e-8c41-4f0a-b9a7-2f6f0c9d1e22";
  private static final String FOR_KEYS = "3e9a7c52-1f0b-4c8e-8a4d-9b6f2d7c5e31";

  private final AzureSimulator azure;
  private final ArmAccount account;

  private DemoAzure(AzureSimulator azure, ArmAccount account) {
    this.azure = azure;
    this.account = account;
  }

  /** Puts the account into Azure, and the gateway's certificates into the folder. */
  static DemoAzure around(CosmosSimulator cosmos, AzureSimulator azure, Path folder)
      throws IOException {
    DemoAzure demo = new DemoAzure(azure, azure.add(SUBSCRIPTION, GROUP, cosmos, Map.of()));
    String data = demo.servicePrincipal(FOR_DATA, folder.resolve("entra-data.pem"));
    String keys = demo.servicePrincipal(FOR_KEYS, folder.resolve("entra-keys.pem"));
    cosmos.access().assign(new RoleAssignment(data, RoleDefinition.DATA_CONTRIBUTOR, "/"));
    azure.grant(
        keys,
        demo.account.id(),
        "Microsoft.DocumentDB/databaseAccounts/read",
        "Microsoft.DocumentDB/databaseAccounts/listKeys/action",
        "Microsoft.DocumentDB/databaseAccounts/regenerateKey/action",
        "Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions/read",
        "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments/read",
        "Microsoft.Insights/diagnosticSettings/read");
    azure.grant(
        keys,
        "/subscriptions/" + SUBSCRIPTION,
        "Microsoft.DocumentDB/locations/operationsStatus/read");
    return demo;
  }

  /** Registers an application with a certificate; its object id. */
  private String servicePrincipal(String clientId, Path file) throws IOException {
    String objectId = UUID.nameUUIDFromBytes(clientId.getBytes(StandardCharsets.UTF_8)).toString();
    azure
        .tenant()
        .add(
            new ServicePrincipal(
                objectId,
                clientId,
                List.of(new Proof.Certificate(IdentityCertificate.create(file).certificate()))));
    return objectId;
  }

  URI endpoint() {
    return azure.endpoint();
  }

  /** How the gateway signs in to the account, in its configuration. */
  String credential() {
    return """
    identity: %s
        keys: { kind: resource-manager }
        resourceId: %s\
    """
        .formatted(identity(FOR_DATA, "entra-data.pem"), account.id());
  }

  /** Who it is to Azure, in its configuration. */
  String azure() {
    return """
    azure:
      identity: %s
      resourceManager: %s
    """
        .formatted(identity(FOR_KEYS, "entra-keys.pem"), azure.endpoint());
  }

  private String identity(String clientId, String certificate) {
    return "{ kind: certificate, tenantId: "
        + TENANT
        + ", clientId: "
        + clientId
        + ", certificate: "
        + certificate
        + ", authority: '"
        + azure.tenant().authority()
        + "' }";
  }
}
