package dev.ephemeris.simulator.azure;

import dev.ephemeris.simulator.cosmos.CosmosSimulator;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A running piece of Azure: a tenant that gives tokens, and Resource Manager with the accounts that
 * are added to it, key vaults and workspaces of logs. One server for all, HTTPS, on the loopback.
 *
 * <p>All methods are safe to call from any thread.
 */
public final class AzureSimulator {

  private final Vertx vertx;
  private final HttpServer server;
  private final Tenant tenant;
  private final Grants grants = new Grants();
  private final ResourceManager resourceManager;
  private final KeyVault keyVault;
  private final LogAnalytics logAnalytics;
  private final Frontend frontend;
  private final InstantSource clock;

  /**
   * How to run.
   *
   * @param host the loopback address to bind, such as {@code 127.0.0.1}
   * @param port 0 for any
   * @param certificate a PEM file, good for {@code localhost}
   * @param privateKey a PEM file
   * @param tenantId a GUID
   * @param clock what tokens and operations go by
   */
  public record Settings(
      String host,
      int port,
      Path certificate,
      Path privateKey,
      String tenantId,
      InstantSource clock) {}

  private AzureSimulator(Vertx vertx, HttpServer server, Settings settings) {
    this.vertx = vertx;
    this.server = server;
    this.clock = settings.clock();
    this.tenant = new Tenant(settings.tenantId(), this::endpoint, clock);
    this.resourceManager = new ResourceManager(tenant, grants, clock);
    this.keyVault = new KeyVault(tenant, grants);
    this.logAnalytics = new LogAnalytics(tenant, grants, resourceManager::accounts, clock);
    this.frontend =
        new Frontend(
            tenant, new Login(tenant, clock), resourceManager, keyVault, logAnalytics, clock);
  }

  /** Starts one; the future fails if the port is taken or the certificate can't be read. */
  public static Future<AzureSimulator> start(Vertx vertx, Settings settings) {
    var options =
        new HttpServerOptions()
            .setHost(settings.host())
            .setPort(settings.port())
            .setSsl(true)
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .setCertPath(settings.certificate().toString())
                    .setKeyPath(settings.privateKey().toString()));
    var server = vertx.createHttpServer(options);
    return vertx
        .executeBlocking(() -> new AzureSimulator(vertx, server, settings)) // it makes an RSA key
        .compose(azure -> server.requestHandler(azure.frontend).listen().map(azure));
  }

  /** {@code https://localhost:PORT/}: Resource Manager, and the tenant's authority host. */
  public URI endpoint() {
    return URI.create("https://localhost:" + server.actualPort() + "/");
  }

  /** Who is who, and the tokens. */
  public Tenant tenant() {
    return tenant;
  }

  /**
   * Puts an account under Resource Manager. From then on the account takes the tenant's tokens for
   * {@link Tenant#COSMOS} and for {@code https://NAME.documents.azure.com}, and the roles that are
   * assigned by Resource Manager.
   *
   * @param subscription a GUID
   */
  public ArmAccount add(
      String subscription, String resourceGroup, CosmosSimulator cosmos, Map<String, String> tags) {
    var account = new ArmAccount(new ArmPath.Group(subscription, resourceGroup), cosmos, tags);
    var own = "https://" + cosmos.name() + ".documents.azure.com";
    tenant.addResource(own);
    cosmos.access().trust(tenant.asTrusted(Set.of(Tenant.COSMOS, own)));
    resourceManager.add(account);
    return account;
  }

  /**
   * Adds a key vault.
   *
   * @param name in lower case
   */
  public Vault vault(String subscription, String resourceGroup, String name) {
    var vault =
        new Vault(new ArmPath.Group(subscription, resourceGroup), name, this::endpoint, clock);
    keyVault.add(vault);
    return vault;
  }

  /** Adds a workspace of Log Analytics; {@link ArmAccount#sendLogs} fills it. */
  public Workspace workspace(String subscription, String resourceGroup, String name) {
    var workspace = new Workspace(new ArmPath.Group(subscription, resourceGroup), name);
    logAnalytics.add(workspace);
    return workspace;
  }

  /** Takes an account away from Resource Manager; the account itself runs on. */
  public void remove(ArmAccount account) {
    resourceManager.remove(account);
  }

  /**
   * Lets a principal do something in Azure, as a role assignment of Azure's own would.
   *
   * @param scope a resource id, of which all below is meant too: a subscription, a group, an
   *     account, a vault, a vault's {@code /secrets/NAME}
   * @param actions such as {@code Microsoft.DocumentDB/databaseAccounts/listKeys/action}; a {@code
   *     *} stands for anything
   */
  public void grant(String objectId, String scope, String... actions) {
    grants.add(objectId, scope, List.of(actions));
  }

  /** Takes all from a principal that it was let do. */
  public void revoke(String objectId) {
    grants.removeAll(objectId);
  }

  /** How long things take from now on; at first {@link Delays#NONE}. */
  public void delays(Delays delays) {
    resourceManager.delays(delays);
  }

  /** How many accounts a page of a list has from now on; at first there is one page for all. */
  public void pageSize(int accounts) {
    resourceManager.pageSize(accounts);
  }

  /** Opens the endpoint by which what runs as this principal gets tokens. */
  public Future<ManagedIdentity> managedIdentity(ServicePrincipal principal) {
    return ManagedIdentity.open(vertx, tenant, principal, clock);
  }

  /** The latest requests, oldest first, refused ones included; at most 10,000. */
  public List<ReceivedCall> received() {
    return frontend.received();
  }

  /** Stops listening and closes the connections. */
  public Future<Void> close() {
    return server.close().onComplete(closed -> tenant.key().giveBack());
  }
}
