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
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.URI;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What stands before the gateway and counts who knocks, those included that the gateway doesn't let
 * in. Passes everything on as it is, in the version of HTTP in which it came.
 */
final class FrontDoor {

  private final URI gateway;
  private final HttpServer server;
  private final Map<HttpVersion, HttpClient> clients = new EnumMap<>(HttpVersion.class);
  private final Set<HttpVersion> versions = ConcurrentHashMap.newKeySet();
  private final List<String> knocks = new CopyOnWriteArrayList<>();

  FrontDoor(Vertx vertx, LoopbackCertificate certificate, URI gateway) {
    this.gateway = gateway;
    for (HttpVersion version : List.of(HttpVersion.HTTP_1_1, HttpVersion.HTTP_2)) {
      clients.put(
          version,
          vertx.createHttpClient(
              new HttpClientOptions()
                  .setSsl(true)
                  .setUseAlpn(true)
                  .setProtocolVersion(version)
                  .setTrustOptions(
                      new PemTrustOptions().addCertPath(certificate.authority().toString()))));
    }
    this.server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setSsl(true)
                    .setUseAlpn(true)
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

  /** In which versions of HTTP somebody has come since the last time. */
  Set<HttpVersion> versions() {
    Set<HttpVersion> all = Set.copyOf(versions);
    versions.clear();
    return all;
  }

  private void pass(HttpServerRequest request) {
    versions.add(request.version());
    request
        .body()
        .compose(body -> ask(request, body))
        .compose(answer -> answer.body().compose(body -> reply(request, answer, body)))
        .onFailure(fault -> request.connection().close());
  }

  private Future<HttpClientResponse> ask(HttpServerRequest request, Buffer body) {
    return Objects.requireNonNull(clients.get(request.version()))
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
