package dev.ephemeris.gateway;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A real Backstage backend with nothing but its catalog, which keeps its entities in memory, and a
 * host beside it from which anybody may register some. Installed from {@code src/test/backstage} if
 * it isn't yet, which takes minutes.
 */
final class RealBackstage implements AutoCloseable {

  static final String TOKEN = "static-token-of-the-tests-0123456789";
  private static final Path SOURCES = Path.of("src/test/backstage");
  private static final int STARTS_WITHIN_S = 90;

  private final Path folder = Files.createTempDirectory("ephemeris-backstage-");
  private final Path org = folder.resolve("org.yaml");
  private final int port = freePort();
  private final HttpServer others =
      HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  private final HttpClient http = HttpClient.newHttpClient();
  private Process process;

  RealBackstage(String text) throws IOException, InterruptedException {
    install();
    Files.writeString(org, text);
    others.start();
    process = start();
  }

  private static void install() throws IOException, InterruptedException {
    Process npm =
        new ProcessBuilder("sh", "../../../../scripts/npm-ci.sh", ".")
            .directory(SOURCES.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (npm.waitFor() != 0) {
      throw new IllegalStateException("npm can't install what is in " + SOURCES);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Process start() throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("node", "index.js")
            .directory(SOURCES.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile());
    builder.environment().put("PORT", Integer.toString(port));
    builder.environment().put("FILES_PORT", Integer.toString(others.getAddress().getPort()));
    builder.environment().put("TOKEN", TOKEN);
    builder.environment().put("ORG", org.toString());
    Process started = builder.start();
    for (int i = 0; i < STARTS_WITHIN_S * 10; i++) {
      if (!started.isAlive()) {
        break;
      }
      if (isReady()) {
        return started;
      }
      Thread.sleep(100);
    }
    started.destroyForcibly();
    throw new IllegalStateException(
        "Backstage doesn't start: " + Files.readString(folder.resolve("log")));
  }

  private boolean isReady() throws InterruptedException {
    try {
      return send(HttpRequest.newBuilder(uri(".backstage/health/v1/readiness"))).statusCode()
          == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  private URI uri(String path) {
    return URI.create(baseUrl() + path);
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  String baseUrl() {
    return "http://127.0.0.1:" + port + "/";
  }

  /** What Backstage calls the place where its own entities come from. */
  String origin() {
    return "file:" + org;
  }

  /** Changes its own entities, as somebody does who may. */
  void write(String text) throws IOException {
    Files.writeString(org, text);
  }

  /** Registers entities as anybody can; gives the place where they come from. */
  String register(String name, String text) throws IOException, InterruptedException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    others.createContext(
        "/" + name,
        exchange -> {
          exchange.getResponseHeaders().add("content-type", "application/yaml");
          exchange.sendResponseHeaders(200, utf8.length);
          exchange.getResponseBody().write(utf8);
          exchange.close();
        });
    String target = "http://127.0.0.1:" + others.getAddress().getPort() + "/" + name;
    HttpResponse<String> registered =
        send(
            HttpRequest.newBuilder(uri("api/catalog/locations"))
                .header("authorization", "Bearer " + TOKEN)
                .header("content-type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"type\":\"url\",\"target\":\"" + target + "\"}")));
    if (registered.statusCode() != 201) {
      throw new IllegalStateException("not registered: " + registered.body());
    }
    return "url:" + target;
  }

  /** What it says of an entity; nothing if it hasn't got it. */
  String entity(String ref) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(uri("api/catalog/entities/by-name/" + ref))
                .header("authorization", "Bearer " + TOKEN));
    return answer.statusCode() == 200 ? answer.body() : "";
  }

  void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }

  void restart() throws IOException, InterruptedException {
    process = start();
  }

  @Override
  public void close() throws IOException {
    try {
      stop();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    others.stop(0);
    http.close();
    Files.deleteIfExists(folder.resolve("log"));
    Files.deleteIfExists(org);
    Files.delete(folder);
  }
}
