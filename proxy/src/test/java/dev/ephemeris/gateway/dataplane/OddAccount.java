package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.simulator.tls.LoopbackCertificate;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.URI;
import java.util.function.Consumer;

/** An account that answers to everything as it is told to. */
final class OddAccount implements AutoCloseable {

  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;
  private volatile Consumer<HttpServerRequest> answer = request -> request.response().end("{}");

  OddAccount(LoopbackCertificate certificate) {
    server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setSsl(true)
                    .setKeyCertOptions(
                        new PemKeyCertOptions()
                            .setCertPath(certificate.certificate().toString())
                            .setKeyPath(certificate.privateKey().toString())))
            .requestHandler(request -> request.body().onSuccess(body -> answer.accept(request)))
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .join();
  }

  URI endpoint() {
    return URI.create("https://localhost:" + server.actualPort() + "/");
  }

  void answer(Consumer<HttpServerResponse> next) {
    answerTo(request -> next.accept(request.response()));
  }

  /** The same by what was asked. */
  void answerTo(Consumer<HttpServerRequest> next) {
    answer = next;
  }

  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
