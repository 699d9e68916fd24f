package dev.ephemeris.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.journal.log.LogKey;
import dev.ephemeris.gateway.journal.log.LogName;
import dev.ephemeris.gateway.journal.log.TiledLog;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The journal by HTTP, to those who have come as far as the routes. */
class LogRoutesTest {

  private static final LogKey KEY =
      LogKey.of(new LogName("gateway.example.com/journal"), new byte[LogKey.SEED_LENGTH]);

  private final HttpClient client = HttpClient.newHttpClient();
  private final Vertx vertx = Vertx.vertx();
  private final Path folder;
  private int port;

  LogRoutesTest(@TempDir Path temporary) {
    folder = temporary.resolve("journal");
  }

  @BeforeEach
  void serve() throws Exception {
    seal(300);
    Router router = Router.router(vertx);
    LogRoutes routes = new LogRoutes(vertx, folder);
    router.get("/audit/checkpoint").handler(routes::checkpoint);
    router.get("/audit/tile/*").handler(routes::tile);
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(router)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get();
    port = server.actualPort();
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }

  private void seal(int count) throws Exception {
    List<byte[]> entries =
        IntStream.range(0, count)
            .mapToObj(i -> ("entry " + i).getBytes(StandardCharsets.UTF_8))
            .toList();
    try (TiledLog log = TiledLog.open(folder, KEY)) {
      log.seal(entries);
    }
  }

  @Test
  void servesTheCheckpointOfNow() throws Exception {
    HttpResponse<byte[]> before = get("/audit/checkpoint");
    seal(1);
    HttpResponse<byte[]> after = get("/audit/checkpoint");

    assertThat(before.statusCode()).isEqualTo(200);
    assertThat(before.headers().firstValue("content-type")).contains("text/plain; charset=utf-8");
    assertThat(before.headers().firstValue("cache-control")).contains("no-store");
    assertThat(new String(before.body(), StandardCharsets.UTF_8))
        .startsWith("gateway.example.com/journal\n300\n");
    assertThat(after.body()).isEqualTo(Files.readAllBytes(folder.resolve("checkpoint")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tile/0/000",
        "tile/0/001.p/44",
        "tile/1/000.p/1",
        "tile/entries/000",
        "tile/entries/001.p/44"
      })
  void servesWhatTheCheckpointSpeaksOf(String path) throws Exception {
    HttpResponse<byte[]> response = get("/audit/" + path);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo(Files.readAllBytes(folder.resolve(path)));
    assertThat(response.headers().firstValue("content-type")).contains("application/octet-stream");
    assertThat(response.headers().firstValue("cache-control"))
        .contains("private, max-age=31536000, immutable");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/audit/tile/0/001",
        "/audit/tile/0/001.p/45",
        "/audit/tile/0/001.p/0",
        "/audit/tile/0/000.p/256",
        "/audit/tile/8/000",
        "/audit/tile/00/000",
        "/audit/tile/0/x000/000",
        "/audit/tile/0/00",
        "/audit/tile/entries/",
        "/audit/tile/entries",
        "/audit/tile/",
        "/audit/tile/0/000/",
        "/audit/tile//0/000",
        "/audit/tile/0%2F000",
        "/audit/tile/%30/000",
        "/audit/tile/../lock",
        "/audit/tile/..%2fcheckpoint",
        "/audit/tile/0/../../lock",
        "/audit/tile/%2e%2e/lock",
        "/audit/tile/0/000%00",
        "/audit/tile/\\..\\lock"
      })
  void servesNothingElse(String path) throws Exception {
    Files.writeString(folder.resolve("tile/0/001"), "left by a gateway that was killed");

    assertThat(rawStatus(path)).isIn("400", "404");
  }

  @Test
  void saysThatTheJournalCantBeRead() throws Exception {
    Files.writeString(folder.resolve("checkpoint"), "nonsense");

    HttpResponse<byte[]> response = get("/audit/tile/0/000");

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(new String(response.body(), StandardCharsets.UTF_8))
        .contains("The journal can't be read now")
        .doesNotContain(folder.toString());
  }

  private HttpResponse<byte[]> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  /** By hand, as a client would put the path right before it asks. */
  private String rawStatus(String path) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String response =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      return response.split(" ", 3)[1];
    }
  }
}
