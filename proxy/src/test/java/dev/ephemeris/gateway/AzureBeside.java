package dev.ephemeris.gateway;

import dev.ephemeris.simulator.azure.ArmAccount;
import dev.ephemeris.simulator.azure.AzureSimulator;
import dev.ephemeris.simulator.azure.ServicePrincipal;
import dev.ephemeris.simulator.azure.ServicePrincipal.Proof.Federated;
import dev.ephemeris.simulator.azure.Vault;
import dev.ephemeris.simulator.cosmos.CosmosSimulator;
import dev.ephemeris.simulator.issuer.Person;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;

/**
 * Azure beside a gateway: its account is under Resource Manager, which the gateway asks as a
 * workload, by azure-identity and a token of its platform's; the account's keys come from there.
 */
public final class AzureBeside implements AutoCloseable {

  public static final String TENANT = "72f988bf-0000-4000-8000-00000000abcd";
  public static final String SUBSCRIPTION = "11111111-2222-4333-8444-555555555555";
  public static final String RESOURCE =
      "/subscriptions/"
          + SUBSCRIPTION
          + "/resourceGroups/orders/providers/Microsoft.DocumentDB/databaseAccounts/orders-prod";

  /** The resource group of preview accounts. */
  public static final String PREVIEWS =
      "/subscriptions/" + SUBSCRIPTION + "/resourceGroups/previews";

  private static final Person WORKLOAD =
      new Person("sub-gateway", "gateway", "The gateway's platform", "gateway@example.test");

  private final Vertx vertx = Vertx.vertx();
  private final SSLContext before;
  private final AzureSimulator azure;
  private final ArmAccount account;
  private final ServicePrincipal gateway;
  private final String[] actions;

  /**
   * Starts Azure, and the gateway again.
   *
   * @param actions what the gateway may do with the account, as Azure calls it
   */
  public AzureBeside(GatewayFixture fixture, String... actions) throws Exception {
    this.actions = actions.clone();
    before = SSLContext.getDefault();
    // The certificate of Azure is one that the machine trusts.
    SSLContext.setDefault(fixture.certificate().clientTls());
    azure =
        AzureSimulator.start(
                vertx,
                new AzureSimulator.Settings(
                    "127.0.0.1",
                    0,
                    fixture.certificate().certificate(),
                    fixture.certificate().privateKey(),
                    TENANT,
                    fixture.clock()))
            .await();
    gateway =
        new ServicePrincipal(
            "aaaaaaaa-0000-4000-8000-000000000003",
            "bbbbbbbb-0000-4000-8000-000000000003",
            List.of(
                new Federated(
                    fixture.issuer().issuer().toString(),
                    WORKLOAD.subject(),
                    Federated.AUDIENCE,
                    fixture.issuer()::publishedKeys)));
    azure.tenant().add(gateway);
    // The library goes by the system's clock, and tests move the other one.
    azure.tenant().tokenLifetime(Duration.ofDays(7));
    account = azure.add(SUBSCRIPTION, "orders", fixture.account(), Map.of());
    azure.grant(gateway.objectId(), RESOURCE, actions);
    azure.grant(
        gateway.objectId(),
        "/subscriptions/" + SUBSCRIPTION,
        "Microsoft.DocumentDB/locations/operationsStatus/read");
    Files.writeString(
        fixture.folder().resolve("platform.jwt"),
        fixture
            .issuer()
            .accessToken(
                WORKLOAD,
                GatewayFixture.CLIENT,
                claims ->
                    claims
                        .audience(Federated.AUDIENCE)
                        .expirationTime(
                            Date.from(fixture.clock().instant().plus(Duration.ofDays(7))))));
    fixture.configure(
        text ->
            text.replace(
                    "keyFile: account.key",
                    "keys: { kind: resource-manager }\n    resourceId: " + RESOURCE)
                .replace(
                    "catalog:",
                    """
                    azure:
                      identity: { kind: workload, tenantId: %s, clientId: %s, tokenFile: platform.jwt, authority: '%s' }
                      resourceManager: %s
                    catalog:\
                    """
                        .formatted(
                            TENANT,
                            gateway.clientId(),
                            azure.tenant().authority(),
                            azure.endpoint())));
    fixture.restart();
  }

  /**
   * Has the gateway keep root keys in a vault by itself, beginning with the one that it has, and
   * starts it again.
   */
  public Vault keepRootKeys(GatewayFixture fixture) throws Exception {
    Vault vault = azure.vault(SUBSCRIPTION, "orders", "gateway-keys");
    for (String what : List.of("getSecret", "setSecret", "readMetadata", "update")) {
      azure.grant(
          gateway.objectId(), vault.id(), "Microsoft.KeyVault/vaults/secrets/" + what + "/action");
    }
    String unused = vault.set("ephemeris-root-a", GatewayFixture.ROOT_KEY);
    fixture.configure(
        text ->
            text.replace(
                "rootKeys: [{ kid: a, file: root-a.key }]",
                "rootKeyVault: { vault: '" + vault.endpoint() + "' }"));
    fixture.restart();
    return vault;
  }

  /**
   * Another account, in resource group {@code previews}, with the key of the fixture's; the gateway
   * may read it, and list those of the group.
   */
  public ArmAccount preview(GatewayFixture fixture, String name, Map<String, String> tags) {
    CosmosSimulator cosmos =
        CosmosSimulator.start(
                vertx,
                new CosmosSimulator.Settings(
                    "127.0.0.1",
                    0,
                    fixture.certificate().certificate(),
                    fixture.certificate().privateKey(),
                    name,
                    GatewayFixture.ACCOUNT_KEY,
                    fixture.clock()))
            .await();
    cosmos.createDatabase("shop");
    cosmos.createContainer("shop", "orders", "/customerId");
    cosmos.put(
        "shop",
        "orders",
        GatewayFixture.json("{\"id\":\"o1\",\"customerId\":\"c1\",\"total\":12}"));
    mayDo(PREVIEWS);
    return azure.add(SUBSCRIPTION, "previews", cosmos, tags);
  }

  /** From the gateway's next start or look on, those who read orders read them in previews too. */
  public static void letTheTeamReadPreviews(GatewayFixture fixture) throws IOException {
    fixture.append(
        "policy.yaml",
        """
          - name: the team reads previews
            for: { groups: [group:default/team] }
            role: data-reader
            environments: ["preview-*"]
            scopes: ["*:/dbs/shop/colls/orders"]
            ttl: { default: 1h, max: 4h }
        """);
  }

  /** The gateway may do there what it may do with its account. */
  public void mayDo(String scope) {
    azure.grant(gateway.objectId(), scope, actions);
  }

  /**
   * Lets accounts of resource group {@code previews} come, and starts the gateway again, which
   * looks at its configuration and at Azure from then on.
   *
   * @param how the rest of what {@code azure.accountsWithin} says of them, as YAML in flow style
   */
  public void letCome(GatewayFixture fixture, String how) throws Exception {
    fixture.configure(
        text ->
            text.replace(
                "  resourceManager: " + azure.endpoint(),
                """
                  resourceManager: %s
                  accountsWithin:
                    - { scope: %s, environments: ["preview-*"], caCertificate: "%s", %s }
                  listEvery: 1s\
                """
                    .formatted(
                        azure.endpoint(), PREVIEWS, fixture.certificate().authority(), how)));
    fixture.restartWatching();
  }

  public AzureSimulator azure() {
    return azure;
  }

  public ArmAccount account() {
    return account;
  }

  /** The object id of what the gateway is. */
  public String gateway() {
    return gateway.objectId();
  }

  @Override
  public void close() {
    SSLContext.setDefault(before);
    azure.close().await();
    vertx.close().await();
  }
}
