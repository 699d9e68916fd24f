package dev.ephemeris.gateway.custody;

import com.azure.core.credential.AccessToken;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import dev.ephemeris.config.Endpoint;
import dev.ephemeris.gateway.SettableClock;
import dev.ephemeris.simulator.azure.AzureSimulator;
import dev.ephemeris.simulator.azure.ServicePrincipal;
import dev.ephemeris.simulator.azure.Vault;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import io.vertx.core.Vertx;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import reactor.core.publisher.Mono;

/** A key vault, and a gateway's identity that may do there what docs/keys.md lists. */
public final class VaultBeside implements AutoCloseable {

  private static final String SUBSCRIPTION = "11111111-2222-4333-8444-555555555555";

  private static final ServicePrincipal GATEWAY =
      new ServicePrincipal(
          "aaaaaaaa-0000-4000-8000-000000000005",
          "bbbbbbbb-0000-4000-8000-000000000005",
          List.of());

  private final Vertx vertx = Vertx.vertx();
  private final LoopbackCertificate certificate;
  private final AzureSimulator azure;
  private final SettableClock clock = new SettableClock();
  private int vaults;

  public VaultBeside(Path folder) throws Exception {
    certificate = LoopbackCertificate.create(folder);
    azure =
        AzureSimulator.start(
                vertx,
                new AzureSimulator.Settings(
                    "127.0.0.1",
                    0,
                    certificate.certificate(),
                    certificate.privateKey(),
                    "72f988bf-0000-4000-8000-00000000abcd",
                    clock))
            .await();
    azure.tenant().add(GATEWAY);
  }

  /** Another vault. */
  public Vault vault() {
    vaults++;
    Vault vault = azure.vault(SUBSCRIPTION, "gateway", "roots-" + vaults);
    for (String what : List.of("getSecret", "setSecret", "readMetadata", "update")) {
      azure.grant(
          GATEWAY.objectId(), vault.id(), "Microsoft.KeyVault/vaults/secrets/" + what + "/action");
    }
    return vault;
  }

  /** The vault's own, not a gateway's. */
  public SettableClock clock() {
    return clock;
  }

  /** What the gateway sees of it, by Azure's own library. */
  public VaultSecrets secrets(Vault vault) throws Exception {
    return new VaultSecrets(
        Endpoint.parse(vault.endpoint().toString()),
        wanted ->
            Mono.fromSupplier(
                () ->
                    new AccessToken(
                        azure.tenant().token(GATEWAY.objectId(), Vault.AUDIENCE),
                        OffsetDateTime.now(ZoneOffset.UTC).plusMinutes(10))),
        new JdkHttpClientBuilder(HttpClient.newBuilder().sslContext(certificate.clientTls()))
            .build());
  }

  @Override
  public void close() {
    azure.close().await();
    vertx.close().await();
  }
}
