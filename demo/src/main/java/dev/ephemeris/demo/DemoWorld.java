package dev.ephemeris.demo;

import dev.ephemeris.config.Configuration;
import dev.ephemeris.config.ConfigurationException;
import dev.ephemeris.gateway.Gateway;
import dev.ephemeris.gateway.Gateway.StartException;
import dev.ephemeris.gateway.journal.folder.JournalKey;
import dev.ephemeris.gateway.lease.RootKey;
import dev.ephemeris.simulator.azure.AzureSimulator;
import dev.ephemeris.simulator.cosmos.CosmosSimulator;
import dev.ephemeris.simulator.issuer.Client;
import dev.ephemeris.simulator.issuer.ClientSecret;
import dev.ephemeris.simulator.issuer.DevelopmentIssuer;
import dev.ephemeris.simulator.issuer.GrantType;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/**
 * Everything that the demo needs, in one process and one temporary folder: an account (the
 * simulator), an issuer, a catalog, a policy and the gateway. {@link #close} leaves nothing behind.
 */
final class DemoWorld implements AutoCloseable {

  static final String ACCOUNT = "orders-prod";
  static final String CLI_CLIENT = "ephemeris-cli";

  /** As which the gateway itself has people sign in. */
  private static final String GATEWAY_CLIENT = "ephemeris-gateway";

  private static final String LOOPBACK = "127.0.0.1";
  private static final Duration TOKEN_LIFETIME = Duration.ofHours(8);

  /**
   * Ports, each 0 for any that is free.
   *
   * @param azure of Entra ID and Resource Manager, if they are to be around the account
   */
  record Ports(
      int dataPlane, int api, int management, int issuer, int upstream, OptionalInt azure) {}

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Path folder;
  private final LoopbackCertificate certificate;
  private final String upstreamKey = randomKey(64);
  private final String clientSecret = randomKey(32);
  private final CosmosSimulator simulator;
  private final DevelopmentIssuer issuer;
  private final Optional<DemoAzure> azure;
  private final Gateway gateway;

  /**
   * @throws StartException if a port can't be had
   */
  static DemoWorld start(Ports ports) throws IOException, StartException {
    return new DemoWorld(ports);
  }

  private DemoWorld(Ports ports) throws IOException, StartException {
    this.folder =
        Files.createTempDirectory(
            "ephemeris-demo-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    opened.push(() -> deleteAll(folder));
    try {
      this.certificate = LoopbackCertificate.create(folder);
      trustOwnCertificate();
      Vertx vertx = Vertx.vertx();
      opened.push(() -> vertx.close().await());
      this.simulator = simulator(vertx, ports);
      SampleData.fill(simulator, randomKey(64));
      this.issuer = issuer(vertx, ports);
      this.azure = azure(vertx, ports);
      this.gateway = Gateway.start(configuration(ports), InstantSource.system());
      opened.push(gateway);
    } catch (IOException | StartException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * For every TLS client of this process that brings no trust of its own, as the Cosmos SDK: it
   * reads these properties when it makes its first connection.
   */
  private void trustOwnCertificate() {
    System.setProperty("javax.net.ssl.trustStore", certificate.trustStore().toString());
    System.setProperty(
        "javax.net.ssl.trustStorePassword", LoopbackCertificate.TRUST_STORE_PASSWORD);
  }

  private CosmosSimulator simulator(Vertx vertx, Ports ports) throws StartException {
    return started(
        "Cosmos simulator",
        CosmosSimulator.start(
            vertx,
            new CosmosSimulator.Settings(
                LOOPBACK,
                ports.upstream(),
                certificate.certificate(),
                certificate.privateKey(),
                ACCOUNT,
                upstreamKey,
                InstantSource.system())));
  }

  private DevelopmentIssuer issuer(Vertx vertx, Ports ports) throws StartException {
    return started(
        "development issuer",
        DevelopmentIssuer.start(
            vertx,
            new DevelopmentIssuer.Settings(
                LOOPBACK,
                ports.issuer(),
                DemoPeople.ALL,
                List.of(
                    Client.open(
                        CLI_CLIENT,
                        Set.of(
                            GrantType.AUTHORIZATION_CODE,
                            GrantType.DEVICE_CODE,
                            GrantType.REFRESH_TOKEN),
                        List.of("http://127.0.0.1/callback")),
                    new Client(
                        GATEWAY_CLIENT,
                        Set.of(GrantType.AUTHORIZATION_CODE),
                        List.of(
                            "https://localhost/sign-in/development/callback",
                            "https://localhost/signed-out"),
                        Optional.of(new ClientSecret(clientSecret)))),
                "api://ephemeris",
                TOKEN_LIFETIME)));
  }

  private Optional<DemoAzure> azure(Vertx vertx, Ports ports) throws IOException, StartException {
    if (ports.azure().isEmpty()) {
      return Optional.empty();
    }
    AzureSimulator azure =
        started(
            "Azure simulator",
            AzureSimulator.start(
                vertx,
                new AzureSimulator.Settings(
                    LOOPBACK,
                    ports.azure().getAsInt(),
                    certificate.certificate(),
                    certificate.privateKey(),
                    DemoAzure.TENANT,
                    InstantSource.system())));
    return Optional.of(DemoAzure.around(simulator, azure, folder));
  }

  private static <T> T started(String what, Future<T> future) throws StartException {
    try {
      return future.toCompletionStage().toCompletableFuture().join();
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new StartException("The " + what + " can't start: " + cause.getMessage(), cause);
    }
  }

  private Configuration configuration(Ports ports) throws IOException, StartException {
    if (azure.isEmpty()) {
      secret("account.key", upstreamKey);
    }
    secret("root-a.key", RootKey.DEVELOPMENT + randomKey(32));
    secret("client.secret", clientSecret);
    secret("journal.key", JournalKey.DEVELOPMENT + randomKey(32));
    copy("org.yaml", Map.of());
    copy("policy.yaml", Map.of());
    copy(
        "ephemeris.yaml",
        Map.of(
            "dataPlanePort", Integer.toString(ports.dataPlane()),
            "apiPort", Integer.toString(ports.api()),
            "managementPort", Integer.toString(ports.management()),
            "upstream", simulator.endpoint().toString(),
            "issuer", issuer.issuer().toString(),
            "credential", azure.map(DemoAzure::credential).orElse("keyFile: account.key"),
            "azure", azure.map(DemoAzure::azure).orElse("")));
    try {
      Configuration configuration = Configuration.read(folder.resolve("ephemeris.yaml"));
      Files.writeString(verifierKey(), Gateway.verifierKey(configuration) + "\n");
      return configuration;
    } catch (ConfigurationException e) {
      throw new StartException(e.getMessage(), e);
    }
  }

  private void copy(String name, Map<String, String> values) throws IOException {
    String text;
    try (InputStream resource = DemoWorld.class.getResourceAsStream(name)) {
      if (resource == null) {
        throw new IllegalStateException(name + " isn't on the class path");
      }
      text = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    }
    for (Map.Entry<String, String> value : values.entrySet()) {
      text = text.replace("${" + value.getKey() + "}", value.getValue());
    }
    Files.writeString(folder.resolve(name), text);
  }

  private void secret(String name, String value) throws IOException {
    Path file =
        Files.createFile(
            folder.resolve(name),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, value);
  }

  private static String randomKey(int bytes) {
    byte[] key = new byte[bytes];
    new SecureRandom().nextBytes(key);
    return Base64.getEncoder().encodeToString(key);
  }

  URI dataPlane() {
    return gateway.dataPlane();
  }

  URI api() {
    return gateway.api();
  }

  URI management() {
    return gateway.management();
  }

  DevelopmentIssuer issuer() {
    return issuer;
  }

  /** Where Entra ID and Resource Manager are, if there are any. */
  Optional<URI> azure() {
    return azure.map(DemoAzure::endpoint);
  }

  URI upstream() {
    return simulator.endpoint();
  }

  String upstreamKey() {
    return upstreamKey;
  }

  Path caCertificate() {
    return certificate.authority();
  }

  Path trustStore() {
    return certificate.trustStore();
  }

  Path folder() {
    return folder;
  }

  Path journal() {
    return folder.resolve("journal");
  }

  /** What the journal is verified by. */
  Path verifierKey() {
    return folder.resolve("journal.vkey");
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        System.err.println("demo: a part didn't stop cleanly: " + e);
      }
    }
  }

  private static void deleteAll(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.deleteIfExists(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
