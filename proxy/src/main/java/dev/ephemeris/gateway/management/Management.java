package dev.ephemeris.gateway.management;

import dev.ephemeris.gateway.metrics.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Supplier;

/**
 * Health, for whoever restarts and balances: {@code /health/live} answers 200 while the process
 * works, {@code /health/ready} 200 while every part of {@link Readiness} does and else 503, with
 * what doesn't and why. {@code /metrics} is for Prometheus.
 *
 * <p>Plain HTTP: it says nothing that is worth protecting, and belongs on a port that only the
 * platform reaches.
 */
public final class Management {

  private final Vertx vertx;
  private final String host;
  private final int requestedPort;
  private final Readiness readiness;
  private final Supplier<Future<String>> scrape;
  private int port;

  /**
   * @param scrape the metrics of the moment, as Prometheus reads them
   */
  public Management(
      Vertx vertx, String host, int port, Readiness readiness, Supplier<Future<String>> scrape) {
    this.vertx = vertx;
    this.host = host;
    this.requestedPort = port;
    this.readiness = readiness;
    this.scrape = scrape;
  }

  /** Listens. */
  public Future<Management> start() {
    Router router = Router.router(vertx);
    router
        .get("/health/live")
        .handler(context -> context.json(new JsonObject().put("status", "live")));
    router.get("/health/ready").handler(this::ready);
    router.get("/metrics").handler(this::metrics);
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

  private void ready(RoutingContext context) {
    readiness
        .report()
        .onSuccess(
            report -> {
              context.response().setStatusCode(report.ready() ? 200 : 503);
              context.json(report.json());
            });
  }

  private void metrics(RoutingContext context) {
    scrape
        .get()
        .onSuccess(
            text ->
                context
                    .response()
                    .putHeader(HttpHeaders.CONTENT_TYPE, Metrics.CONTENT_TYPE)
                    .end(text))
        .onFailure(context::fail);
  }

  public int port() {
    return port;
  }
}
