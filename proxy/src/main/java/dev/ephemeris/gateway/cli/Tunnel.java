package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.CosmosRequest;
import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.cosmos.Verb;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * An endpoint on this machine that passes on to the gateway what its door lets in, with a lease in
 * the place of its own key. Bodies are streamed, and read no faster than the other end takes them.
 */
final class Tunnel implements AutoCloseable {

  /** Of one connection, not of its way, or the other end's own to say (RFC 9110 §7.6.1). */
  private static final Set<String> NOT_PASSED_ON =
      Set.of(
          "authorization",
          "connection",
          "cookie",
          "expect",
          "host",
          "keep-alive",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  /** As the gateway has them: a continuation of 16 KiB, and the rest. */
  private static final int MAX_HEADERS = 48 * 1024;

  private static final int MAX_REQUEST_LINE = 8 * 1024;
  private static final int CONNECTIONS = 64;

  /** Longer than the gateway waits for an account. */
  private static final long ANSWER_WITHIN_MS = 90_000;

  private final Vertx vertx;
  private final HttpClient client;
  private final HttpServer server;
  private final TunnelDoor door;
  private final URI gateway;
  private final String scheme;
  private final String authorization;

  private Tunnel(
      Vertx vertx,
      TunnelDoor door,
      URI gateway,
      HttpClientOptions out,
      String leaseToken,
      Optional<TunnelCertificate> certificate) {
    this.vertx = vertx;
    this.door = door;
    this.gateway = gateway;
    this.scheme = certificate.isPresent() ? "https" : "http";
    this.authorization = URLEncoder.encode(leaseToken, StandardCharsets.UTF_8);
    this.client = vertx.createHttpClient(out, new PoolOptions().setHttp1MaxSize(CONNECTIONS));
    HttpServerOptions in =
        new HttpServerOptions()
            .setUseAlpn(false) // HTTP/1.1 is what everything speaks
            .setHandle100ContinueAutomatically(true)
            .setMaxInitialLineLength(MAX_REQUEST_LINE)
            .setMaxHeaderSize(MAX_HEADERS);
    certificate.ifPresent(
        shown ->
            in.setSsl(true)
                .setKeyCertOptions(
                    new PemKeyCertOptions()
                        .addCertValue(Buffer.buffer(shown.certificate()))
                        .addKeyValue(Buffer.buffer(shown.privateKey()))));
    this.server = vertx.createHttpServer(in).requestHandler(this::take);
  }

  /**
   * Opens one.
   *
   * @param port 0 for any
   * @param gateway where the data plane is
   * @param ca whom to believe about that, besides the system's
   * @param certificate none for HTTP without TLS
   */
  static Tunnel open(
      int port,
      TunnelDoor door,
      URI gateway,
      Optional<Path> ca,
      String leaseToken,
      Optional<TunnelCertificate> certificate)
      throws Failure {
    HttpClientOptions out =
        new HttpClientOptions()
            .setSsl(gateway.getScheme().equals("https"))
            .setConnectTimeout(10_000)
            .setMaxHeaderSize(MAX_HEADERS)
            .setDecompressionSupported(false);
    if (ca.isPresent()) {
      out.setTrustOptions(TrustOptions.wrap(TrustAnchors.managerOfSystemAnd(ca.get())));
    }
    Tunnel tunnel = new Tunnel(Vertx.vertx(), door, gateway, out, leaseToken, certificate);
    Optional<Throwable> failure =
        tunnel
            .server
            .listen(port, "127.0.0.1")
            .map(listening -> Optional.<Throwable>empty())
            .otherwise(Optional::of)
            .await();
    if (failure.isPresent()) {
      tunnel.close();
      throw new Failure(
          Failure.Kind.LOCAL,
          "Port "
              + port
              + " of 127.0.0.1 can't be listened on ("
              + failure.get().getMessage()
              + "). Name another with --port.");
    }
    return tunnel;
  }

  /** As clients call it. */
  String endpoint() {
    return scheme + "://localhost:" + server.actualPort() + "/";
  }

  int port() {
    return server.actualPort();
  }

  private void take(HttpServerRequest in) {
    Optional<String> host = Optional.ofNullable(in.authority()).map(HostAndPort::toString);
    switch (door.admit(
        in.localAddress().port(), host, in.method().name(), in.uri(), in.headers())) {
      case CosmosError refused -> refuse(in.response(), refused);
      case CosmosRequest request -> pass(in, request, scheme + "://" + host.orElseThrow() + "/");
    }
  }

  private void pass(HttpServerRequest in, CosmosRequest request, String here) {
    in.pause();
    HttpServerResponse back = in.response();
    var unused =
        client
            .request(
                new RequestOptions()
                    .setMethod(in.method())
                    .setHost(gateway.getHost())
                    .setPort(gateway.getPort() < 0 ? 443 : gateway.getPort())
                    .setURI(in.uri())
                    .setIdleTimeout(ANSWER_WITHIN_MS))
            .compose(
                out -> {
                  back.closeHandler(gone -> out.reset());
                  copy(in.headers(), out.headers());
                  out.putHeader(CosmosHeaders.AUTHORIZATION, authorization);
                  return sent(in, out);
                })
            .onFailure(e -> unreachable(back))
            .compose(answer -> answered(request, here, answer, back));
  }

  private static Future<HttpClientResponse> sent(HttpServerRequest in, HttpClientRequest out) {
    if (!in.headers().contains("content-length")) {
      in.resume();
      return out.send();
    }
    var unused = stream(in, out).onFailure(cut -> out.reset());
    return out.response();
  }

  private static Future<Void> answered(
      CosmosRequest request, String here, HttpClientResponse answer, HttpServerResponse back) {
    back.setStatusCode(answer.statusCode());
    copy(answer.headers(), back.headers());
    boolean showsLocations =
        request.operation() == Operation.READ_ACCOUNT
            && answer.statusCode() == 200
            && request.verb() != Verb.HEAD;
    Future<Void> passed =
        showsLocations
            ? answer
                .body()
                .compose(
                    document -> {
                      back.headers().remove("content-length");
                      return back.end(located(document, here));
                    })
            : stream(answer, back.setChunked(!answer.headers().contains("content-length")));
    return passed.onFailure(
        cut -> {
          var unused = answer.request().reset();
          var unusedToo = back.reset();
        });
  }

  /** Ends what it writes to only where all is said: half of it must not look like the whole. */
  private static Future<Void> stream(ReadStream<Buffer> from, WriteStream<Buffer> to) {
    return from.pipe().endOnFailure(false).to(to);
  }

  /**
   * The gateway's account document with this tunnel as the only location. The gateway has left out
   * of it what would lead elsewhere; an SDK that followed its own name would go past the tunnel.
   */
  private static Buffer located(Buffer document, String here) {
    if (!(Json.parse(document.getBytes()) instanceof ObjectNode account)) {
      return document;
    }
    ArrayNode locations = account.arrayNode();
    locations
        .addObject()
        .put("name", account.at("/writableLocations/0/name").asText("gateway"))
        .put("databaseAccountEndpoint", here);
    account.set("writableLocations", locations);
    account.set("readableLocations", locations.deepCopy());
    account.put("enableMultipleWriteLocations", false);
    return Buffer.buffer(account.toString());
  }

  private void unreachable(HttpServerResponse back) {
    if (!back.ended() && !back.closed()) {
      refuse(
          back,
          CosmosError.unavailable(
              "The tunnel can't reach the gateway at "
                  + gateway
                  + ", or lost the connection before its answer. A write may have taken effect."));
    }
  }

  private static void refuse(HttpServerResponse back, CosmosError error) {
    String activityId = UUID.randomUUID().toString();
    var unused =
        back.setStatusCode(error.statusCode())
            .putHeader(CosmosHeaders.CONTENT_TYPE, "application/json")
            .putHeader(CosmosHeaders.ACTIVITY_ID, activityId)
            .putHeader(CosmosHeaders.SUB_STATUS, Integer.toString(error.subStatus()))
            .end(Buffer.buffer(error.body(activityId)));
  }

  private static void copy(MultiMap from, MultiMap to) {
    for (Map.Entry<String, String> header : from) {
      if (!NOT_PASSED_ON.contains(header.getKey().toLowerCase(Locale.ROOT))) {
        to.add(header.getKey(), header.getValue());
      }
    }
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
