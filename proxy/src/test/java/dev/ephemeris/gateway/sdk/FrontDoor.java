package dev.ephemeris.gateway.sdk;

import dev.ephemeris.simulator.tls.LoopbackCertificate;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What stands before the gateway and counts who knocks, those included that the gateway doesn't let
 * in. Passes everything on as it is.
 */
final class FrontDoor {

  private final URI gateway;
  private final HttpServer server;
  private final HttpClient client;
  private final List<String> knocks = new CopyOnWriteArrayList<>();

  FrontDoor(Vertx vertx, LoopbackCertificate certificate, URI gateway) {
    this.gateway = gateway;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setSsl(true)
                .setTrustOptions(
                    new PemTrustOptions().addCertPath(certificate.authority().toString())));
    this.server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setSsl(true)
                    .setKeyCertOptions(
                        new PemKeyCertOptions()
                            .setCertPath(certificate.certificate().toString())
                            .setKeyPath(certificate.privateKey().toString())))
            .requestHandler(this::pass)
            .listen(0, "127.0.0.1")
            .await();
  }

  URI endpoint() {
    return URI.create("https://localhost:" + server.actualPort() + "/");
  }

  /** Method and target of each request, with the status that it got; and forgets them. */
  List<String> knocks() {
    List<String> all = List.copyOf(knocks);
    knocks.clear();
    return all;
  }

  private void pass(HttpServerRequest request) {
    request
        .body()
        .compose(body -> ask(request, body))
        .compose(answer -> answer.body().compose(body -> reply(request, answer, body)))
        .onFailure(fault -> request.connection().close());
  }

  private Future<HttpClientResponse> ask(HttpServerRequest request, Buffer body) {
    return client
        .request(
            new RequestOptions()
                .setMethod(request.method())
                .setHost("localhost")
                .setPort(gateway.getPort())
                .setURI(request.uri()))
        .compose(
            onward -> {
              onward.headers().setAll(request.headers());
              // The account document repeats it: SDKs that follow it come back to this door.
              onward.authority(request.authority());
              return body.length() == 0 ? onward.send() : onward.send(body);
            });
  }

  private Future<Void> reply(HttpServerRequest request, HttpClientResponse answer, Buffer body) {
    knocks.add(request.method() + " " + request.uri() + " " + answer.statusCode());
    HttpServerResponse response = request.response().setStatusCode(answer.statusCode());
    response.headers().setAll(answer.headers()).remove("transfer-encoding");
    return body.length() == 0 ? response.end() : response.end(body);
  }
}
