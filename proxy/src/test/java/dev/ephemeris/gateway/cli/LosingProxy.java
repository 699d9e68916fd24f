package dev.ephemeris.gateway.cli;

import dev.ephemeris.gateway.GatewayFixture;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.URI;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands before a gateway: what is asked arrives there, and some of the answers get lost. */
final class LosingProxy implements AutoCloseable {

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client =
      vertx.createHttpClient(
          new HttpClientOptions().setSsl(true).setTrustAll(true).setVerifyHost(false));
  private final HttpServer server;
  private final URI gateway;
  private final AtomicInteger toLose = new AtomicInteger();
  private final Queue<String> keys = new ConcurrentLinkedQueue<>();

  LosingProxy(GatewayFixture fixture) {
    gateway = fixture.gateway().api();
    server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setSsl(true)
                    .setKeyCertOptions(
                        new PemKeyCertOptions()
                            .setCertPath(fixture.certificate().certificate().toString())
                            .setKeyPath(fixture.certificate().privateKey().toString())))
            .requestHandler(request -> request.body().onSuccess(body -> pass(request, body)))
            .listen(0, "127.0.0.1")
            .await();
  }

  /** The next answers to what changes something don't arrive. */
  void lose(int answers) {
    toLose.set(answers);
  }

  /** The keys by which something was asked for. */
  Queue<String> keys() {
    return keys;
  }

  String url() {
    return "https://localhost:" + server.actualPort();
  }

  private void pass(HttpServerRequest request, Buffer body) {
    boolean changes = !request.method().name().equals("GET");
    if (changes) {
      keys.add(String.valueOf(request.getHeader("idempotency-key")));
    }
    client
        .request(
            new RequestOptions()
                .setMethod(request.method())
                .setHost("localhost")
                .setPort(gateway.getPort())
                .setURI(request.uri()))
        .compose(
            passed -> {
              request
                  .headers()
                  .forEach(
                      (name, value) -> {
                        if (!name.equalsIgnoreCase("host")) {
                          passed.putHeader(name, value);
                        }
                      });
              return passed.send(body);
            })
        .compose(
            answer ->
                answer
                    .body()
                    .onSuccess(
                        text -> {
                          if (changes && toLose.getAndDecrement() > 0) {
                            request.connection().close();
                          } else {
                            request.response().setStatusCode(answer.statusCode()).end(text);
                          }
                        }))
        .onFailure(failure -> request.connection().close());
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
