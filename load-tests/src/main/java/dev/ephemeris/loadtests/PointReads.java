package dev.ephemeris.loadtests;

import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.HttpDate;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Reads of the items of {@link ServedSimulator}, from wherever they can be had, over connections
 * that are kept.
 */
final class PointReads {

  private final HttpClientAgent http;
  private final URI endpoint;
  private final Credential credential;

  private volatile List<Read> reads = List.of();

  private record Read(String target, String key, String date, String authorization) {}

  PointReads(Vertx vertx, URI endpoint, Path authority, Credential credential, int connections) {
    this.http =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setSsl(true)
                .setSslHandshakeTimeout(120) // on a busy machine
                .setKeepAliveTimeout(0) // an idle one waits for its next turn
                .setTrustOptions(new PemTrustOptions().addCertPath(authority.toString())),
            new PoolOptions().setHttp1MaxSize(connections));
    this.endpoint = endpoint;
    this.credential = credential;
    sign();
  }

  /** Signs once for each item: a signature is good for a quarter of an hour. */
  void sign() {
    String date = HttpDate.format(Instant.now());
    reads = IntStream.range(0, ServedSimulator.ITEMS).mapToObj(i -> signed(i, date)).toList();
  }

  private Read signed(int item, String date) {
    String link = "dbs/shop/colls/orders/docs/order-" + item;
    return new Read(
        "/" + link, "[\"customer-" + item + "\"]", date, credential.authorization(link, date));
  }

  /** Reads the item whose turn it is; fails if it isn't given. */
  Future<Void> read(int turn) {
    Read read = reads.get(Math.floorMod(turn, reads.size()));
    return http.request(HttpMethod.GET, endpoint.getPort(), endpoint.getHost(), read.target())
        .compose(request -> send(request, read));
  }

  private static Future<Void> send(HttpClientRequest request, Read read) {
    request
        .putHeader("x-ms-version", CosmosHeaders.CURRENT_VERSION)
        .putHeader("accept", "application/json")
        .putHeader("user-agent", "load-test")
        .putHeader(CosmosHeaders.DATE, read.date())
        .putHeader(CosmosHeaders.AUTHORIZATION, read.authorization())
        .putHeader(CosmosHeaders.PARTITION_KEY, read.key());
    return request
        .send()
        .compose(
            response ->
                response.statusCode() == 200 ? response.body().mapEmpty() : refused(response));
  }

  private static Future<Void> refused(HttpClientResponse response) {
    return response
        .body()
        .compose(body -> Future.failedFuture("answered " + response.statusCode() + ": " + body));
  }
}
