package dev.ephemeris.simulator.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.PartitionKey;
import com.azure.identity.ClientCertificateCredentialBuilder;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.azure.identity.WorkloadIdentityCredentialBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.nimbusds.jwt.SignedJWT;
import dev.ephemeris.simulator.cosmos.RoleAssignment;
import dev.ephemeris.simulator.cosmos.RoleDefinition;
import dev.ephemeris.simulator.issuer.Client;
import dev.ephemeris.simulator.issuer.DevelopmentIssuer;
import dev.ephemeris.simulator.issuer.GrantType;
import dev.ephemeris.simulator.tls.IdentityCertificate;
import io.vertx.core.Vertx;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gets tokens with azure-identity. */
class CredentialsTest {

  private static final String SCOPE = Tenant.MANAGEMENT + "/.default";
  private static final String WORKLOAD = "system:serviceaccount:shop:gateway";

  private static Vertx vertx;
  private static RunningAzure running;

  /** Stands for the Kubernetes cluster, whose workload's tokens Azure takes. */
  private static DevelopmentIssuer cluster;

  private static ServicePrincipal principal;

  @BeforeAll
  static void start() throws Exception {
    vertx = Vertx.vertx();
    running = new RunningAzure();
    cluster =
        DevelopmentIssuer.start(
                vertx,
                new DevelopmentIssuer.Settings(
                    "127.0.0.1",
                    0,
                    List.of(),
                    List.of(client(WORKLOAD), client("system:serviceaccount:shop:other")),
                    ServicePrincipal.Proof.Federated.AUDIENCE,
                    Duration.ofMinutes(10)))
            .await();
    principal =
        new ServicePrincipal(
            "aaaaaaaa-0000-4000-8000-000000000003",
            "bbbbbbbb-0000-4000-8000-000000000003",
            List.of(
                new ServicePrincipal.Proof.Federated(
                    cluster.issuer().toString(),
                    WORKLOAD,
                    ServicePrincipal.Proof.Federated.AUDIENCE,
                    cluster::publishedKeys)));
    running.azure.tenant().add(principal);
  }

  private static Client client(String id) {
    return Client.open(
        id, Set.of(GrantType.AUTHORIZATION_CODE), List.of("http://127.0.0.1/callback"));
  }

  @AfterAll
  static void stop() {
    cluster.close().await();
    running.close();
    vertx.close().await();
  }

  private static AccessToken exchange(String platformToken, String clientId, String scope)
      throws Exception {
    return credential(platformToken, clientId)
        .getTokenSync(new TokenRequestContext().addScopes(scope));
  }

  private static TokenCredential credential(String platformToken, String clientId)
      throws Exception {
    var file = Files.writeString(Files.createTempFile("platform", ".token"), platformToken);
    return new WorkloadIdentityCredentialBuilder()
        .tenantId(RunningAzure.TENANT)
        .clientId(clientId)
        .tokenFilePath(file.toString())
        .authorityHost(running.azure.tenant().authority().toString())
        .disableInstanceDiscovery()
        .httpClient(running.http())
        .maxRetry(0)
        .build();
  }

  @Test
  void exchangesThePlatformsTokenForTheTenants() throws Exception {
    var token = exchange(cluster.workloadToken(WORKLOAD), principal.clientId(), SCOPE);

    var claims = SignedJWT.parse(token.getToken()).getJWTClaimsSet();
    assertThat(claims.getIssuer()).isEqualTo(running.azure.tenant().issuer());
    assertThat(claims.getAudience()).containsExactly(Tenant.MANAGEMENT);
    assertThat(claims.getStringClaim("oid")).isEqualTo(principal.objectId());
    assertThat(claims.getStringClaim("appid")).isEqualTo(principal.clientId());
    assertThat(claims.getStringClaim("tid")).isEqualTo(RunningAzure.TENANT);
  }

  /** The library asks for a token for the account's host first, and then for any account. */
  @Test
  void letsThePrincipalReachDataByItsRole() throws Exception {
    System.setProperty("COSMOS.EMULATOR_SERVER_CERTIFICATE_VALIDATION_DISABLED", "true");
    var cosmos = running.account.cosmos();
    cosmos
        .access()
        .assign(new RoleAssignment(principal.objectId(), RoleDefinition.DATA_READER, "/dbs/shop"));
    cosmos.put(
        "shop", "orders", JsonNodeFactory.instance.objectNode().put("id", "1").put("pk", "a"));
    try (var client =
        new CosmosClientBuilder()
            .endpoint(cosmos.endpoint().toString())
            .credential(credential(cluster.workloadToken(WORKLOAD), principal.clientId()))
            .gatewayMode()
            .buildClient()) {
      var orders = client.getDatabase("shop").getContainer("orders");

      orders.readItem("1", new PartitionKey("a"), JsonNode.class);
      assertThatExceptionOfType(CosmosException.class)
          .isThrownBy(() -> orders.deleteItem("1", new PartitionKey("a"), null));
    }
  }

  @Test
  void takesAnAssertionThatItsCertificatesKeySigned(@TempDir Path folder) throws Exception {
    var own = IdentityCertificate.create(folder.resolve("own.pem"));
    var withCertificate =
        new ServicePrincipal(
            "aaaaaaaa-0000-4000-8000-000000000004",
            "bbbbbbbb-0000-4000-8000-000000000004",
            List.of(new ServicePrincipal.Proof.Certificate(own.certificate())));
    running.azure.tenant().add(withCertificate);

    var token = withCertificate(withCertificate.clientId(), own.file());

    assertThat(SignedJWT.parse(token.getToken()).getJWTClaimsSet().getStringClaim("oid"))
        .isEqualTo(withCertificate.objectId());
    var others = IdentityCertificate.create(folder.resolve("others.pem"));
    assertThatThrownBy(() -> withCertificate(withCertificate.clientId(), others.file()))
        .hasMessageContaining("AADSTS700027");
  }

  private static AccessToken withCertificate(String clientId, Path file) throws Exception {
    return new ClientCertificateCredentialBuilder()
        .tenantId(RunningAzure.TENANT)
        .clientId(clientId)
        .pemCertificate(new ByteArrayInputStream(Files.readAllBytes(file)))
        .authorityHost(running.azure.tenant().authority().toString())
        .disableInstanceDiscovery()
        .httpClient(running.http())
        .maxRetry(0)
        .build()
        .getTokenSync(new TokenRequestContext().addScopes(SCOPE));
  }

  @Test
  void refusesThePlatformsTokenOfAnotherWorkload() {
    assertThatThrownBy(
            () ->
                exchange(
                    cluster.workloadToken("system:serviceaccount:shop:other"),
                    principal.clientId(),
                    SCOPE))
        .hasMessageContaining("AADSTS700213")
        .hasMessageContaining("system:serviceaccount:shop:other");
  }

  @Test
  void refusesATokenThatAnotherIssuerSigned() throws Exception {
    var other =
        DevelopmentIssuer.start(
                vertx,
                new DevelopmentIssuer.Settings(
                    "127.0.0.1",
                    0,
                    List.of(),
                    List.of(client(WORKLOAD)),
                    ServicePrincipal.Proof.Federated.AUDIENCE,
                    Duration.ofMinutes(10)))
            .await();
    var forged = other.workloadToken(WORKLOAD);
    other.close().await();

    assertThatThrownBy(() -> exchange(forged, principal.clientId(), SCOPE))
        .hasMessageContaining("AADSTS700213");
  }

  @Test
  void refusesATokenThatHasExpired() throws Exception {
    var anHourAgo =
        DevelopmentIssuer.start(
                vertx,
                new DevelopmentIssuer.Settings(
                    "127.0.0.1",
                    0,
                    List.of(),
                    List.of(client(WORKLOAD)),
                    ServicePrincipal.Proof.Federated.AUDIENCE,
                    Duration.ofMinutes(10)),
                () -> Instant.now().minus(Duration.ofHours(1)))
            .await();
    var itsPrincipal =
        new ServicePrincipal(
            "aaaaaaaa-0000-4000-8000-000000000005",
            "bbbbbbbb-0000-4000-8000-000000000005",
            List.of(
                new ServicePrincipal.Proof.Federated(
                    anHourAgo.issuer().toString(),
                    WORKLOAD,
                    ServicePrincipal.Proof.Federated.AUDIENCE,
                    anHourAgo::publishedKeys)));
    running.azure.tenant().add(itsPrincipal);
    var expired = anHourAgo.workloadToken(WORKLOAD);

    assertThatThrownBy(() -> exchange(expired, itsPrincipal.clientId(), SCOPE))
        .hasMessageContaining("AADSTS700024");
    anHourAgo.close().await();
  }

  @Test
  void refusesATokenWhoseSignatureIsCutShort() throws Exception {
    var token = cluster.workloadToken(WORKLOAD);
    var tampered = token.substring(0, token.length() - 20) + "AAAAAAAAAAAAAAAAAAAA";

    assertThatThrownBy(() -> exchange(tampered, principal.clientId(), SCOPE))
        .hasMessageContaining("AADSTS700027");
  }

  @Test
  void knowsNoOtherClient() {
    assertThatThrownBy(
            () ->
                exchange(
                    cluster.workloadToken(WORKLOAD), "bbbbbbbb-0000-4000-8000-00000000ffff", SCOPE))
        .hasMessageContaining("AADSTS700016");
  }

  @Test
  void givesNoTokenForWhatTheTenantDoesntKnow() {
    assertThatThrownBy(
            () ->
                exchange(
                    cluster.workloadToken(WORKLOAD),
                    principal.clientId(),
                    "https://elsewhere.example/.default"))
        .hasMessageContaining("AADSTS500011");
  }

  /** The library reads its environment only, so that it needs a process of its own. */
  @Test
  void givesTokensToWhatRunsAsAManagedIdentity() throws Exception {
    var identity = running.azure.managedIdentity(RunningAzure.GUEST).await();

    var token = askedByAProcess(identity.environment());

    var claims = SignedJWT.parse(token).getJWTClaimsSet();
    assertThat(claims.getStringClaim("oid")).isEqualTo(RunningAzure.GUEST.objectId());
    assertThat(claims.getAudience()).containsExactly(Tenant.MANAGEMENT);
    identity.close().await();
  }

  @Test
  void givesNoneToWhoDoesntKnowTheHeader() throws Exception {
    var identity = running.azure.managedIdentity(RunningAzure.GUEST).await();
    var guessed = Map.of("IDENTITY_ENDPOINT", identity.uri().toString(), "IDENTITY_HEADER", "x");

    assertThat(askedByAProcess(guessed)).contains("FAILED");
    identity.close().await();
  }

  private static String askedByAProcess(Map<String, String> environment) throws Exception {
    var command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            AskAsManagedIdentity.class.getName());
    var builder = new ProcessBuilder(command).redirectError(new File("/dev/null"));
    builder.environment().putAll(environment);
    var process = builder.start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return output.strip().lines().reduce((first, second) -> second).orElse("");
  }

  /** What runs there: prints a token. */
  static final class AskAsManagedIdentity {
    private AskAsManagedIdentity() {}

    /** Takes no arguments. */
    public static void main(String[] args) {
      try {
        System.out.println(
            new ManagedIdentityCredentialBuilder()
                .maxRetry(0)
                .build()
                .getTokenSync(new TokenRequestContext().addScopes(SCOPE))
                .getToken());
      } catch (RuntimeException e) {
        System.out.println("FAILED " + e.getClass().getSimpleName());
      }
      System.exit(0);
    }
  }
}
