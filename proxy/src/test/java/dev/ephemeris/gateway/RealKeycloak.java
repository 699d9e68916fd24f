package dev.ephemeris.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real Keycloak with one realm, as {@code mvn -Pfull} unpacks it into {@code target/keycloak}.
 */
public final class RealKeycloak implements AutoCloseable {

  private static final Path INSTALLED = Path.of("target", "keycloak");
  private static final int STARTS_WITHIN_S = 240;

  private final Path folder = Files.createTempDirectory("ephemeris-keycloak-");
  private final int port = freePort();
  private final HttpClient http = HttpClient.newHttpClient();
  private @Nullable Process process;

  /** Has a port, and doesn't run yet. */
  public RealKeycloak() throws IOException {}

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The exact iss of its tokens. */
  public String issuer() {
    return "http://127.0.0.1:" + port + "/realms/acme";
  }

  /**
   * Starts it.
   *
   * @param realm as it exports them
   * @param authority what it believes certificates of
   */
  public void start(String realm, Path authority) throws IOException, InterruptedException {
    Path home = folder.resolve("keycloak");
    copy(home);
    Files.createDirectories(home.resolve("data/import"));
    Files.writeString(home.resolve("data/import/acme-realm.json"), realm);
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    "sh",
                    home.resolve("bin/kc.sh").toString(),
                    "start-dev",
                    "--import-realm",
                    "--http-host=127.0.0.1",
                    "--http-port=" + port,
                    "--http-management-port=" + freePort(),
                    "--truststore-paths=" + authority))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process started = builder.start();
    process = started;
    for (int i = 0; i < STARTS_WITHIN_S * 10; i++) {
      if (!started.isAlive()) {
        break;
      }
      if (isReady()) {
        return;
      }
      Thread.sleep(100);
    }
    String log = Files.readString(folder.resolve("log"));
    close();
    throw new IllegalStateException("Keycloak doesn't start: " + log);
  }

  /** It writes into its own folder. */
  private static void copy(Path home) throws IOException {
    Path installed;
    try (Stream<Path> versions = Files.list(INSTALLED)) {
      installed = versions.filter(Files::isDirectory).findFirst().orElseThrow();
    }
    try (Stream<Path> files = Files.walk(installed)) {
      for (Path file : files.toList()) {
        Path to = home.resolve(installed.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(to);
        } else {
          Files.copy(file, to);
        }
      }
    }
  }

  private boolean isReady() throws InterruptedException {
    try {
      return http.send(
                  HttpRequest.newBuilder(URI.create(issuer() + "/.well-known/openid-configuration"))
                      .build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** What its token endpoint answers to a form. */
  public HttpResponse<String> token(String form) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(issuer() + "/protocol/openid-connect/token"))
            .header("content-type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() throws IOException {
    Process started = process;
    if (started != null) {
      // The script has started Java as a child of its own.
      started.descendants().forEach(ProcessHandle::destroy);
      started.destroy();
      try {
        if (!started.waitFor(20, TimeUnit.SECONDS)) {
          started.descendants().forEach(ProcessHandle::destroyForcibly);
          started.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    http.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }
}
