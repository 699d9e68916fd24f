package dev.ephemeris.simulator.azure;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.management.AzureEnvironment;
import com.azure.core.management.profile.AzureProfile;
import com.azure.resourcemanager.cosmos.CosmosManager;
import com.azure.resourcemanager.cosmos.fluent.CosmosDBManagementClient;
import dev.ephemeris.simulator.cosmos.CosmosSimulator;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Mono;

/** Azure with one account under Resource Manager, and a clock that a test moves. */
final class RunningAzure implements AutoCloseable {

  static final String TENANT = "72f988bf-0000-4000-8000-00000000abcd";
  static final String SUBSCRIPTION = "11111111-2222-4333-8444-555555555555";
  static final String GROUP = "shop-rg";
  static final String KEY =
      Base64.getEncoder().encodeToString("a key for tests only".getBytes(StandardCharsets.UTF_8));

  /** May do whatever Azure has actions for. */
  static final ServicePrincipal OWNER =
      new ServicePrincipal(
          "aaaaaaaa-0000-4000-8000-000000000001",
          "bbbbbbbb-0000-4000-8000-000000000001",
          List.of());

  /** May do what a test lets it. */
  static final ServicePrincipal GUEST =
      new ServicePrincipal(
          "aaaaaaaa-0000-4000-8000-000000000002",
          "bbbbbbbb-0000-4000-8000-000000000002",
          List.of());

  private final Vertx vertx = Vertx.vertx();
  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
  final InstantSource clock = () -> Instant.now().plus(ahead.get());
  final LoopbackCertificate certificate;
  final AzureSimulator azure;
  final ArmAccount account;

  RunningAzure() throws Exception {
    certificate = LoopbackCertificate.create(Files.createTempDirectory("azure"));
    azure =
        AzureSimulator.start(
                vertx,
                new AzureSimulator.Settings(
                    "127.0.0.1",
                    0,
                    certificate.certificate(),
                    certificate.privateKey(),
                    TENANT,
                    clock))
            .await();
    azure.tenant().tokenLifetime(Duration.ofDays(1)); // clients keep theirs while time passes
    azure.tenant().add(OWNER);
    azure.tenant().add(GUEST);
    azure.grant(OWNER.objectId(), "/subscriptions/" + SUBSCRIPTION, "*");
    account = azure.add(SUBSCRIPTION, GROUP, cosmos("orders-prod"), Map.of("team", "orders"));
  }

  CosmosSimulator cosmos(String name) {
    var cosmos =
        CosmosSimulator.start(
                vertx,
                new CosmosSimulator.Settings(
                    "127.0.0.1",
                    0,
                    certificate.certificate(),
                    certificate.privateKey(),
                    name,
                    KEY,
                    clock))
            .await();
    cosmos.createDatabase("shop");
    cosmos.createContainer("shop", "orders", "/pk");
    return cosmos;
  }

  void pass(Duration time) {
    ahead.updateAndGet(before -> before.plus(time));
  }

  /** The JDK's, trusting the certificate. */
  HttpClient http() throws Exception {
    return new JdkHttpClientBuilder(
            java.net.http.HttpClient.newBuilder().sslContext(certificate.clientTls()))
        .build();
  }

  /** Tokens of anybody's, without their having to prove anything. */
  TokenCredential credential(String objectId, String audience) {
    return _ ->
        Mono.fromSupplier(
            () ->
                new AccessToken(
                    azure.tenant().token(objectId, audience),
                    OffsetDateTime.now(ZoneOffset.UTC).plusMinutes(10)));
  }

  CosmosDBManagementClient management(ServicePrincipal principal) throws Exception {
    return management(credential(principal.objectId(), Tenant.MANAGEMENT));
  }

  CosmosDBManagementClient management(TokenCredential credential) throws Exception {
    return CosmosManager.configure()
        .withHttpClient(http())
        .authenticate(credential, new AzureProfile(TENANT, SUBSCRIPTION, environment()))
        .serviceClient();
  }

  private AzureEnvironment environment() {
    var endpoints = new HashMap<String, String>();
    endpoints.put("managementEndpointUrl", "https://management.azure.com/");
    endpoints.put("resourceManagerEndpointUrl", azure.endpoint().toString());
    endpoints.put("activeDirectoryEndpointUrl", azure.tenant().authority().toString());
    return new AzureEnvironment(endpoints);
  }

  @Override
  public void close() {
    azure.close().await();
    account.cosmos().close().await();
    vertx.close().await();
  }
}
