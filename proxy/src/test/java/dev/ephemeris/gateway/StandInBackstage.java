package dev.ephemeris.gateway;

import dev.ephemeris.simulator.tls.LoopbackCertificate;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Answers {@code GET /api/catalog/entities/by-query} as Backstage's catalog does: pages with
 * cursors, weak ETags, and its errors. What it knows of that is what the real one was seen to
 * answer; {@link BackstageTest} asks the real one.
 */
public final class StandInBackstage implements AutoCloseable {

  public static final String TOKEN = "canary-backstage-token";

  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;
  private final boolean tls;
  private final List<HttpServerRequest> requests = Collections.synchronizedList(new ArrayList<>());
  private volatile List<JsonObject> entities = List.of();
  private volatile Optional<Handler<HttpServerRequest>> fault = Optional.empty();

  public StandInBackstage() {
    this(Optional.empty());
  }

  public StandInBackstage(Optional<LoopbackCertificate> certificate) {
    HttpServerOptions options = new HttpServerOptions();
    certificate.ifPresent(
        with ->
            options
                .setSsl(true)
                .setKeyCertOptions(
                    new PemKeyCertOptions()
                        .setCertPath(with.certificate().toString())
                        .setKeyPath(with.privateKey().toString())));
    tls = certificate.isPresent();
    server =
        vertx.createHttpServer(options).requestHandler(this::answer).listen(0, "127.0.0.1").await();
  }

  public String baseUrl() {
    return (tls ? "https://localhost:" : "http://127.0.0.1:") + server.actualPort() + "/";
  }

  /** From now on it has these entities, in this order. */
  public void has(List<JsonObject> now) {
    entities = List.copyOf(now);
  }

  /** From now on it does this instead of answering. */
  public void does(Handler<HttpServerRequest> instead) {
    fault = Optional.of(instead);
  }

  /** From now on it answers again. */
  public void works() {
    fault = Optional.empty();
  }

  /** What was asked so far. */
  public List<HttpServerRequest> requests() {
    return List.copyOf(requests);
  }

  private void answer(HttpServerRequest request) {
    requests.add(request);
    if (fault.isPresent()) {
      fault.get().handle(request);
      return;
    }
    if (!("Bearer " + TOKEN).equals(request.getHeader("authorization"))) {
      error(request, 401, "AuthenticationError", "Illegal token");
      return;
    }
    if (!request.path().equals("/api/catalog/entities/by-query")) {
      error(request, 404, "NotFoundError", "Not found");
      return;
    }
    int limit = Integer.parseInt(request.getParam("limit"));
    int from = Optional.ofNullable(request.getParam("cursor")).map(Integer::parseInt).orElse(0);
    List<JsonObject> all = entities;
    int to = Math.min(all.size(), from + limit);
    JsonObject info = new JsonObject();
    if (to < all.size()) {
      info.put("nextCursor", Integer.toString(to));
    }
    String body =
        new JsonObject()
            .put("items", new JsonArray(all.subList(Math.min(from, to), to)))
            .put("totalItems", all.size())
            .put("pageInfo", info)
            .encode();
    String etag = "W/\"" + Integer.toHexString(body.hashCode()) + "\"";
    if (etag.equals(request.getHeader("if-none-match"))) {
      request.response().setStatusCode(304).putHeader("etag", etag).end();
      return;
    }
    request
        .response()
        .putHeader("content-type", "application/json; charset=utf-8")
        .putHeader("etag", etag)
        .end(body);
  }

  private static void error(HttpServerRequest request, int status, String name, String message) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("content-type", "application/json; charset=utf-8")
        .end(
            new JsonObject()
                .put("error", new JsonObject().put("name", name).put("message", message))
                .encode());
  }

  /** An entity as Backstage gives it. */
  public static JsonObject entity(
      String kind, String name, String origin, JsonObject annotations, JsonObject spec) {
    return new JsonObject()
        .put("kind", kind)
        .put(
            "metadata",
            new JsonObject()
                .put("name", name)
                .put("namespace", "default")
                .put(
                    "annotations",
                    new JsonObject()
                        .put("backstage.io/managed-by-location", origin)
                        .put("backstage.io/managed-by-origin-location", origin)
                        .mergeIn(annotations)))
        .put("spec", spec);
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
