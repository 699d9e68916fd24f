package dev.ephemeris.gateway.dataplane;

import static java.util.stream.Collectors.joining;

import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An account that says yes to everything and remembers what it was sent, but for the gateway's own
 * reads, which it answers so that every RID has a name.
 */
final class RecordingUpstream {

  /** As it came; header names in lower case. */
  record Sent(String method, String target, List<Map.Entry<String, String>> headers, Buffer body) {

    List<String> values(String name) {
      return headers.stream()
          .filter(header -> header.getKey().equals(name))
          .map(Map.Entry::getValue)
          .toList();
    }
  }

  private final HttpServer server;
  private final List<Sent> sent = new ArrayList<>();
  private final AtomicBoolean breaks = new AtomicBoolean();
  private volatile @Nullable Held held;

  RecordingUpstream(Vertx vertx, LoopbackCertificate certificate) {
    server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setSsl(true)
                    .setKeyCertOptions(
                        new PemKeyCertOptions()
                            .setCertPath(certificate.certificate().toString())
                            .setKeyPath(certificate.privateKey().toString())))
            .requestHandler(this::answer)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .join();
  }

  URI endpoint() {
    return URI.create("https://localhost:" + server.actualPort() + "/");
  }

  /** What came since the last time that somebody asked. */
  synchronized List<Sent> taken() {
    List<Sent> taken = List.copyOf(sent);
    sent.clear();
    return taken;
  }

  /** Makes answers wait until they are released. */
  Held hold() {
    Held holding = new Held();
    held = holding;
    return holding;
  }

  /** The next request gets no answer: its connection is closed. */
  void breakNext() {
    breaks.set(true);
  }

  /** While answers wait. */
  final class Held {

    private final CountDownLatch one = new CountDownLatch(1);
    private final List<HttpServerRequest> waiting = new ArrayList<>();

    /** Waits until a request has come. */
    void awaitOne() throws InterruptedException {
      if (!one.await(20, TimeUnit.SECONDS)) {
        throw new IllegalStateException("no request came");
      }
    }

    private synchronized void add(HttpServerRequest request) {
      waiting.add(request);
      one.countDown();
    }

    /** Answers, and holds no more. */
    synchronized void release() {
      held = null;
      waiting.forEach(request -> request.response().end("{}"));
      waiting.clear();
    }
  }

  private synchronized void add(Sent request) {
    sent.add(request);
  }

  private void answer(HttpServerRequest request) {
    if (!request.headers().contains("user-agent")) {
      request.response().putHeader("x-ms-alt-content-path", owner(request)).end(named(request));
      return;
    }
    request
        .body()
        .onSuccess(
            body -> {
              add(
                  new Sent(
                      request.method().name(),
                      request.uri(),
                      request.headers().entries().stream()
                          .map(
                              header ->
                                  Map.entry(
                                      header.getKey().toLowerCase(java.util.Locale.ROOT),
                                      header.getValue()))
                          .toList(),
                      body));
              request.response().putHeader("content-type", "application/json");
              Held holding = held;
              if (breaks.getAndSet(false)) {
                request.connection().close();
              } else if (holding == null) {
                request.response().end(done(request, body));
              } else {
                holding.add(request);
              }
            });
  }

  /** As the service answers: to a batch with a result for each operation. */
  private static String done(HttpServerRequest request, Buffer body) {
    if (!"True".equals(request.getHeader(CosmosHeaders.IS_BATCH))) {
      return "{}";
    }
    return Stream.generate(() -> "{\"statusCode\":200}")
        .limit(body.toJsonArray().size())
        .collect(joining(",", "[", "]"));
  }

  private static String owner(HttpServerRequest request) {
    return request.uri().split("/", -1).length > 5 ? "dbs/shop/colls/orders" : "dbs/shop";
  }

  private static String named(HttpServerRequest request) {
    return request.uri().startsWith("/offers/")
        ? "{\"id\":\"o\",\"resource\":\"dbs/Sl8fAA==/colls/Sl8fALN4sw4=/\"}"
        : request.uri().contains("/colls/") ? "{\"id\":\"orders\"}" : "{\"id\":\"shop\"}";
  }
}
