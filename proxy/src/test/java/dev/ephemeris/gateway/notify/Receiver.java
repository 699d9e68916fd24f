package dev.ephemeris.gateway.notify;

import dev.ephemeris.simulator.tls.LoopbackCertificate;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** Somebody who is told: an HTTP server that keeps what it was sent. */
final class Receiver implements AutoCloseable {

  record Got(String path, Map<String, String> headers, String body) {}

  /** What was posted, whatever was answered. */
  final List<Got> got = new CopyOnWriteArrayList<>();

  /** So many are answered 503 first. */
  final AtomicInteger failures = new AtomicInteger();

  private final HttpServer server;
  private final String scheme;

  /**
   * @param certificate for TLS, if there is to be
   */
  Receiver(Vertx vertx, Optional<LoopbackCertificate> certificate) {
    HttpServerOptions options = new HttpServerOptions().setHost("127.0.0.1").setPort(0);
    certificate.ifPresent(
        tls ->
            options
                .setSsl(true)
                .setKeyCertOptions(
                    new PemKeyCertOptions()
                        .addCertPath(tls.certificate().toString())
                        .addKeyPath(tls.privateKey().toString())));
    this.scheme = certificate.isPresent() ? "https" : "http";
    this.server =
        vertx
            .createHttpServer(options)
            .requestHandler(
                request ->
                    request
                        .body()
                        .onSuccess(
                            body -> {
                              got.add(
                                  new Got(
                                      request.uri(),
                                      request.headers().entries().stream()
                                          .collect(
                                              Collectors.toMap(
                                                  header ->
                                                      header.getKey().toLowerCase(Locale.ROOT),
                                                  Map.Entry::getValue,
                                                  (one, other) -> one)),
                                      body.toString()));
                              if (request.path().equals("/moved")) {
                                request
                                    .response()
                                    .setStatusCode(307)
                                    .putHeader("Location", "/elsewhere")
                                    .end();
                                return;
                              }
                              boolean fails = failures.getAndDecrement() > 0;
                              request
                                  .response()
                                  .setStatusCode(fails ? 503 : 200)
                                  .end("x".repeat(200_000));
                            }))
            .listen()
            .await();
  }

  String url(String path) {
    return scheme + "://localhost:" + server.actualPort() + path;
  }

  @Override
  public void close() {
    server.close().await();
  }
}
