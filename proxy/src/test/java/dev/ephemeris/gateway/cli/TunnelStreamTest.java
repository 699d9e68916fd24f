package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.cosmos.Verb;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is too much to hold goes through a tunnel all the same, and stops if the other end does. */
@Timeout(120)
class TunnelStreamTest {

  private static final MasterKey KEY =
      MasterKey.ofBase64(Base64.getEncoder().encodeToString(new byte[64]));

  private static final long MUCH = 256L << 20;

  /** What sockets and queues on the way may hold. */
  private static final long HELD = 64L << 20;

  private static final byte[] PIECE = new byte[64 << 10];

  private final Vertx vertx = Vertx.vertx();
  private final CompletableFuture<HttpServerRequest> arrived = new CompletableFuture<>();
  private final Tunnel tunnel = start();

  /** To a data plane that only tells that a request has come. */
  private Tunnel start() {
    HttpServer gateway =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  request.pause();
                  arrived.complete(request);
                })
            .listen(0, "127.0.0.1")
            .await();
    try {
      return Tunnel.open(
          0,
          new TunnelDoor(KEY, InstantSource.system()),
          URI.create("http://127.0.0.1:" + gateway.actualPort()),
          Optional.empty(),
          "type=resource&ver=1.0&sig=lease",
          Optional.empty());
    } catch (Failure e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void stop() {
    tunnel.close();
    vertx.close().await();
  }

  @Test
  void theGatewaySeesTheLeaseInThePlaceOfTheKey() throws Exception {
    try (var _ = request(Verb.GET, "cookie: a=b\r\n")) {
      HttpServerRequest request = arrived.get(30, TimeUnit.SECONDS);

      assertThat(request.headers().getAll("authorization"))
          .containsExactly("type%3Dresource%26ver%3D1.0%26sig%3Dlease");
      assertThat(request.headers().contains("cookie")).isFalse();
      assertThat(request.authority()).hasToString("127.0.0.1:" + request.localAddress().port());
    }
  }

  @Test
  void anAnswerThatNobodyReadsIsNotReadEither() throws Exception {
    AtomicLong written = new AtomicLong();
    try (Socket client = request(Verb.GET, "")) {
      HttpServerRequest request = arrived.get(30, TimeUnit.SECONDS);
      HttpServerResponse response = request.response().setChunked(true);
      vertx.runOnContext(begin -> write(response, written));
      assertThat(standsStill(written)).isLessThan(HELD);

      InputStream in = client.getInputStream();
      long read = 0;
      while (read < MUCH) {
        int now = in.read(new byte[1 << 20]);
        assertThat(now).isPositive();
        read += now;
      }
    }
  }

  private static void write(HttpServerResponse response, AtomicLong written) {
    while (written.get() < MUCH && !response.writeQueueFull()) {
      var unused = response.write(Buffer.buffer(PIECE));
      written.addAndGet(PIECE.length);
    }
    if (written.get() < MUCH) {
      response.drainHandler(room -> write(response, written));
    } else {
      var unused = response.end();
    }
  }

  @Test
  void aBodyThatTheGatewayDoesNotReadIsNotReadEither() throws Exception {
    AtomicLong sent = new AtomicLong();
    try (Socket client =
        request(Verb.PUT, "content-type: application/json\r\ncontent-length: " + MUCH + "\r\n")) {
      Thread sending =
          Thread.startVirtualThread(
              () -> {
                try {
                  OutputStream out = client.getOutputStream();
                  while (sent.get() < MUCH) {
                    out.write(PIECE);
                    sent.addAndGet(PIECE.length);
                  }
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      HttpServerRequest request = arrived.get(30, TimeUnit.SECONDS);
      assertThat(standsStill(sent)).isLessThan(HELD);

      CompletableFuture<Void> read = new CompletableFuture<>();
      vertx.runOnContext(
          begin -> {
            request.endHandler(read::complete);
            request.resume();
          });
      read.get(60, TimeUnit.SECONDS);
      sending.join();
    }
  }

  /** Half an answer is none. */
  @Test
  void anAnswerThatIsCutOffIsCutOff() throws Exception {
    try (Socket client = request(Verb.GET, "")) {
      HttpServerRequest request = arrived.get(30, TimeUnit.SECONDS);
      vertx.runOnContext(
          begin ->
              request
                  .response()
                  .putHeader("content-length", "1000")
                  .write("half")
                  .onComplete(half -> request.connection().close()));

      String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answer).contains("content-length: 1000").endsWith("half");
    }
  }

  @Test
  void whenTheClientGoesTheGatewayIsTold() throws Exception {
    HttpServerRequest request;
    CompletableFuture<Void> gone = new CompletableFuture<>();
    try (Socket client = request(Verb.GET, "")) {
      request = arrived.get(30, TimeUnit.SECONDS);
      request.response().closeHandler(gone::complete);
      assertThat(client.isConnected()).isTrue();
    }
    gone.get(30, TimeUnit.SECONDS);
  }

  /** How much it is when it doesn't change for a while. */
  private static long standsStill(AtomicLong amount) throws InterruptedException {
    long before = -1;
    while (before != amount.get()) {
      before = amount.get();
      Thread.sleep(1000);
    }
    return before;
  }

  private Socket request(Verb verb, String headers) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), tunnel.port());
    socket.setSoTimeout(30_000);
    String date = HttpDate.format(Instant.now());
    String link = "dbs/shop/colls/orders/docs/o1";
    socket
        .getOutputStream()
        .write(
            (verb
                    + " /"
                    + link
                    + " HTTP/1.1\r\nhost: localhost:"
                    + tunnel.port()
                    + "\r\nx-ms-date: "
                    + date
                    + "\r\nauthorization: "
                    + KEY.authorization(verb, ResourceType.ITEM, link, date)
                    + "\r\n"
                    + headers
                    + "\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }
}
