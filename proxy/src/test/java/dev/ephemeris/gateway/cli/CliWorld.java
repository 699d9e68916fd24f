package dev.ephemeris.gateway.cli;

import dev.ephemeris.config.Configuration;
import dev.ephemeris.gateway.Gateway;
import dev.ephemeris.gateway.Gateway.StartException;
import dev.ephemeris.gateway.OrgYaml;
import dev.ephemeris.simulator.issuer.Client;
import dev.ephemeris.simulator.issuer.DevelopmentIssuer;
import dev.ephemeris.simulator.issuer.GrantType;
import dev.ephemeris.simulator.issuer.Person;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A gateway and a development issuer, as the command line meets them. The account behind is only a
 * name: no command talks to it.
 *
 * <p>Alice is in the team, which reads the orders. Time passes only where a command waits, or a
 * test says so.
 */
final class CliWorld implements AutoCloseable {

  static final Person ALICE = new Person("sub-alice", "alice", "Alice Ito", "alice@example.test");

  /** In no group, with a name that would colour a terminal. */
  static final Person MALLORY =
      new Person("sub-mallory", "mallory", "Mal\u001b[31mlory", "mallory@example.test");

  static final String CLIENT = "ephemeris-cli";
  static final String ORDERS = "orders-prod:/dbs/shop/colls/orders";

  private final Vertx vertx = Vertx.vertx();
  private final Path folder;

  /**
   * Guarded by this. Behind the system's clock, by which tokens are verified: they are from its
   * past, and good still, for as long as no more than this passes.
   */
  private Instant now = Instant.now().minus(Duration.ofMinutes(30));

  private final LoopbackCertificate certificate;
  private final DevelopmentIssuer issuer;
  private final Gateway gateway;

  CliWorld() throws IOException, StartException {
    folder = Files.createTempDirectory("ephemeris-cli-");
    certificate = LoopbackCertificate.create(folder);
    issuer =
        DevelopmentIssuer.start(
                vertx,
                new DevelopmentIssuer.Settings(
                    "127.0.0.1",
                    0,
                    List.of(ALICE, MALLORY),
                    List.of(
                        Client.open(
                            CLIENT,
                            Set.of(GrantType.DEVICE_CODE, GrantType.REFRESH_TOKEN),
                            List.of())),
                    "api://ephemeris",
                    Duration.ofHours(1)),
                this::now)
            .await();
    writeFiles();
    gateway = Gateway.start(Configuration.read(folder.resolve("ephemeris.yaml")), this::now);
  }

  private void writeFiles() throws IOException {
    secret("account.key", "an account key that nobody uses, 64 bytes long when it is decoded..");
    secret("root-a.key", "a root key of at least 32 bytes, for tests");
    secret("journal.key", "a signing key of thirty-two byte");
    write("org.yaml", OrgYaml.of(OrgYaml.group("team"), OrgYaml.user(ALICE, "team")));
    write(
        "policy.yaml",
        """
        apiVersion: ephemeris.dev/v1
        rules:
          - name: the team reads orders
            for: { groups: [group:default/team] }
            role: data-reader
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
            ttl: { default: 1h, max: 4h }
          - name: nobody deletes orders
            effect: deny
            for: { groups: [group:default/team] }
            actions: [items/delete]
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
          - name: the team ends leases
            for: { groups: [group:default/team] }
            actions:
              - ephemeris/leases/read-any
              - ephemeris/leases/revoke-any
              - ephemeris/sessions/read
              - ephemeris/sessions/kill
              - ephemeris/principals/suspend
        """);
    write(
        "ephemeris.yaml",
        """
        apiVersion: ephemeris.dev/v1
        hostNames: [localhost]
        tls: { certificate: %s, privateKey: %s }
        dataPlane: { port: 0 }
        api: { port: 0 }
        management: { port: 0 }
        accounts:
          - name: orders-prod
            environment: prod
            endpoint: https://localhost:1/
            keyFile: account.key
        issuers:
          - name: corp
            issuer: %s
            audiences: { api: api://ephemeris, dataPlane: api://ephemeris-data }
            clients: [%s]
            principal: person
            userAnnotation: example.com/subject
        catalog: { files: [org.yaml] }
        policy: { files: [policy.yaml] }
        store: { file: ephemeris.db }
        journal: { folder: journal, signingKey: { file: journal.key } }
        rootKeys: [{ kid: a, file: root-a.key }]
        """
            .formatted(
                certificate.certificate(), certificate.privateKey(), issuer.issuer(), CLIENT));
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private void secret(String name, String text) throws IOException {
    write(name, Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
    Files.setPosixFilePermissions(
        folder.resolve(name), PosixFilePermissions.fromString("rw-------"));
  }

  synchronized Instant now() {
    return now;
  }

  synchronized void pass(Duration time) {
    now = now.plus(time);
  }

  /** A terminal on a machine of its own, where nobody has signed in yet. */
  Terminal terminal() throws IOException {
    return new Terminal(this::now, Files.createTempDirectory(folder, "home-"))
        .meanwhile(this::pass)
        .with("EPHEMERIS_GATEWAY", api())
        .with("EPHEMERIS_CA", ca().toString());
  }

  DevelopmentIssuer issuer() {
    return issuer;
  }

  String api() {
    return gateway.api().toString();
  }

  String dataPlane() {
    return gateway.dataPlane().toString();
  }

  Path ca() {
    return certificate.authority();
  }

  Path journal() {
    return folder.resolve("journal");
  }

  @Override
  public void close() throws IOException {
    gateway.close();
    issuer.close().await();
    vertx.close().await();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
