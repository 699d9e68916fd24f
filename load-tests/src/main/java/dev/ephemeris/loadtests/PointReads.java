package dev.ephemeris.loadtests;

import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.cosmos.Verb;
import io.vertx.core.Future;
import io.vertx.core.Promise;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that read one item after another, each on a connection of its own. They sign once for
 * each item: a signature is good for twenty minutes.
 */
final class PointReads {

  private final HttpClientAgent http;
  private final URI endpoint;
  private final List<Read> reads = new ArrayList<>();
  private final AtomicLong answered = new AtomicLong();

  /** Set once, by whoever waits for the clients. */
  private volatile boolean over;

  /** Used by the thread that starts and stops them. */
  private final List<Future<Void>> clients = new ArrayList<>();

  private record Read(String target, String key, String date, String authorization) {}

  PointReads(Vertx vertx, URI endpoint, Path authority, int clients) {
    this.http =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setSsl(true)
                .setSslHandshakeTimeout(120) // on a busy machine
                .setTrustOptions(new PemTrustOptions().addCertPath(authority.toString())),
            new PoolOptions().setHttp1MaxSize(clients));
    this.endpoint = endpoint;
    MasterKey key = MasterKey.ofBase64(ServedSimulator.KEY);
    String date = HttpDate.format(Instant.now());
    for (int i = 0; i < ServedSimulator.ITEMS; i++) {
      String link = "dbs/shop/colls/orders/docs/order-" + i;
      reads.add(
          new Read(
              "/" + link,
              "[\"customer-" + i + "\"]",
              date,
              key.authorization(Verb.GET, ResourceType.ITEM, link, date)));
    }
  }

  /** How many reads have been answered yet. */
  long answered() {
    return answered.get();
  }

  /** Starts a client and waits for its first answer. */
  void start(int number) {
    int first = number * 37;
    once(first).await();
    Promise<Void> done = Promise.promise();
    read(first + 1, done);
    clients.add(done.future());
  }

  /** Throws what a client failed with, if one did. */
  void check() {
    clients.stream()
        .filter(Future::failed)
        .findFirst()
        .ifPresent(
            client -> {
              throw new IllegalStateException("a read failed", client.cause());
            });
  }

  /** Ends the clients after the reads that they are waiting for. */
  void stop() {
    over = true;
    Future.all(clients).await();
  }

  private void read(int turn, Promise<Void> done) {
    if (over) {
      done.complete();
      return;
    }
    once(turn)
        .onSuccess(
            _ -> {
              answered.incrementAndGet();
              read(turn + 1, done);
            })
        .onFailure(done::fail);
  }

  private Future<Void> once(int turn) {
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
