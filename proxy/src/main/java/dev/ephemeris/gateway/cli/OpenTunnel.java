package dev.ephemeris.gateway.cli;

import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.gateway.cli.WantedLease.Form;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "tunnel",
    description = {
      "Opens an endpoint on this machine for tools that know nothing but connection strings.",
      "",
      "What comes to it goes on to the gateway with a lease, which is renewed as far as the policy"
          + " lets it. The endpoint has a key of its own, made anew each time, and lets nobody in"
          + " who hasn't signed with it. Ctrl-C closes the tunnel and ends the lease."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris tunnel orders-prod/shop/orders",
      "  ephemeris tunnel orders-prod --role data-contributor --port 9000",
      "  ephemeris tunnel orders-prod/shop --ca-file tunnel.pem",
      "  ephemeris tunnel orders-prod/shop --plain"
    })
final class OpenTunnel implements Callable<Integer> {

  /** As long as an account's. */
  private static final int KEY_BYTES = 64;

  private final Surroundings surroundings;
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private final Connection connection;
  @Mixin private final LeaseOptions options = new LeaseOptions(new LeaseOptions.Reason.IfWanted());

  @Parameters(
      paramLabel = "SCOPE",
      description = "account, account/database or account/database/container.")
  private ResourceScope scope = ResourceScope.NONE;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Where to listen on 127.0.0.1; ${DEFAULT-VALUE} if not given, 0 for any.")
  private int port = 8081;

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description =
          "Where to write the certificate that the tool is to trust, PEM; beside your sign-in if"
              + " you don't say. The next tunnel has another.")
  private Optional<Path> caFile = Optional.empty();

  @Option(
      names = "--plain",
      description = "HTTP without TLS, for tools that can't be told whom to trust.")
  private boolean plain;

  OpenTunnel(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    if (plain && caFile.isPresent()) {
      throw new ParameterException(
          spec.commandLine(), "--plain has no certificate that --ca-file could be written with");
    }
    Api.IssuedLease issued =
        connection
            .signedIn()
            .issueLease(options.wanted(scope, Form.TOKEN).delivered("connectionString"))
            .value();
    PrintWriter out = spec.commandLine().getOut();
    HeldLease lease =
        new HeldLease(
            issued.lease(), options.ttl(), connection, surroundings, spec.commandLine().getErr());
    CountDownLatch closed = new CountDownLatch(1);
    Thread hook = hook(Thread.currentThread(), closed);
    Runtime.getRuntime().addShutdownHook(hook);
    String key = newKey();
    try (Tunnel tunnel = open(issued, key)) {
      out.println(Text.printable(describe(issued.lease(), tunnel, key)));
      out.flush();
      lease.keep();
      throw new Failure(
          Failure.Kind.REFUSED,
          "Lease " + issued.lease().id() + " has ended, and the tunnel with it.");
    } catch (InterruptedException e) {
      lease.end();
      out.println("The tunnel is closed, and lease " + issued.lease().id() + " has ended.");
      return 0;
    } finally {
      lease.end();
      closed.countDown();
      forget(hook);
    }
  }

  /** Has whoever waits end it all, and waits for that. */
  private static Thread hook(Thread waiting, CountDownLatch closed) {
    return new Thread(
        () -> {
          waiting.interrupt();
          try {
            closed.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        },
        "tunnel-end");
  }

  private static void forget(Thread hook) {
    try {
      boolean unused = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // by the hook
    }
  }

  private Tunnel open(Api.IssuedLease issued, String key) throws Failure {
    URI gateway =
        SafeUri.parseOrigin(issued.endpoint())
            .orElseThrow(
                () ->
                    new Failure(
                        Failure.Kind.UNREACHABLE,
                        "The gateway names "
                            + issued.endpoint()
                            + " as its data plane, which is"
                            + " no https://host[:port]."));
    Optional<TunnelCertificate> certificate =
        plain ? Optional.empty() : Optional.of(TunnelCertificate.create());
    Tunnel tunnel =
        Tunnel.open(
            port,
            new TunnelDoor(MasterKey.ofBase64(key), surroundings.clock()),
            gateway,
            connection.ca(),
            issued.token().orElse(""),
            certificate);
    if (certificate.isPresent()) {
      Path file = caFile(tunnel);
      try {
        if (caFile.isEmpty()) {
          Files.createDirectories(
              surroundings.directory(),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Files.writeString(file, certificate.get().certificate());
      } catch (IOException e) {
        tunnel.close();
        throw new Failure(Failure.Kind.LOCAL, file + " can't be written; name another: --ca-file.");
      }
    }
    return tunnel;
  }

  private Path caFile(Tunnel tunnel) {
    return caFile
        .orElseGet(() -> surroundings.directory().resolve("tunnel-" + tunnel.port() + ".pem"))
        .toAbsolutePath();
  }

  private static String newKey() {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return Base64.getEncoder().encodeToString(key);
  }

  private String describe(Api.Lease lease, Tunnel tunnel, String key) {
    return """
    Lease %s on %s, role %s, ends %s and is renewed until you close the tunnel.

      export COSMOS_CONNECTION_STRING='AccountEndpoint=%s;AccountKey=%s;'
    %s
    Ctrl-C closes it and ends the lease.\
    """
        .formatted(
            lease.id(),
            lease.scope(),
            lease.role(),
            surroundings.ending(lease.expiresAt()),
            tunnel.endpoint(),
            key,
            plain
                ? ""
                : "  export NODE_EXTRA_CA_CERTS="
                    + Snippets.shellQuoted(caFile(tunnel).toString())
                    + "\n");
  }
}
