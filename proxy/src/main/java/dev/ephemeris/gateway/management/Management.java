package dev.ephemeris.gateway.management;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Health, for whoever restarts and balances: {@code /health/live} answers 200 while the process
 * works, {@code /health/ready} 200 once every listener is up and 503 before and while stopping.
 *
 * <p>Plain HTTP: it says nothing that is worth protecting, and belongs on a port that only the
 * platform reaches.
 */
public final class Management {

  private final Vertx vertx;
  private final String host;
  private final int requestedPort;
  private final AtomicBoolean ready = new AtomicBoolean();
  private int port;

  public Management(Vertx vertx, String host, int port) {
    this.vertx = vertx;
    this.host = host;
    this.requestedPort = port;
  }

  /** Listens; not ready yet. */
  public Future<Management> start() {
    Router router = Router.router(vertx);
    router.get("/health/live").handler(context -> context.json(status("live")));
    router
        .get("/health/ready")
        .handler(
            context -> {
              boolean now = ready.get();
              context.response().setStatusCode(now ? 200 : 503);
              context.json(status(now ? "ready" : "starting or stopping"));
            });
    return vertx
        .createHttpServer()
        .requestHandler(router)
        .listen(requestedPort, host)
        .map(
            (HttpServer server) -> {
              port = server.actualPort();
              return this;
            });
  }

  public void ready(boolean now) {
    ready.set(now);
  }

  public int port() {
    return port;
  }

  private static JsonObject status(String status) {
    return new JsonObject().put("status", status);
  }
}
