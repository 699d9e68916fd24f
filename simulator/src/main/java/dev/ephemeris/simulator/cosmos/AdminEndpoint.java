package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.util.Optional;

/**
 * Faults and effects over plain HTTP, for tests outside this process. It binds loopback only, and
 * isn't there unless it is opened.
 *
 * <pre>{@code
 * GET    /faults     what is armed
 * POST   /faults     arms one: {"method": "POST", "path": "/dbs/shop/.*", "times": 3,
 *                    "refuse": {"status": 503}}, or "delayMs": 200, or "cut": "beforeAnswer"
 * DELETE /faults     disarms all
 * GET    /effects    what requests changed
 * }</pre>
 */
public final class AdminEndpoint {

  private static final String JSON = "application/json";

  private final HttpServer server;

  private AdminEndpoint(HttpServer server) {
    this.server = server;
  }

  /**
   * Opens one for a simulator.
   *
   * @param port 0 for any
   */
  public static Future<AdminEndpoint> open(Vertx vertx, CosmosSimulator simulator, int port) {
    return vertx
        .createHttpServer()
        .requestHandler(
            request ->
                request.body().onSuccess(body -> answer(request, body.getBytes(), simulator)))
        .listen(port, "127.0.0.1")
        .map(AdminEndpoint::new);
  }

  /** {@code http://127.0.0.1:PORT}. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.actualPort());
  }

  /** Stops listening. */
  public Future<Void> close() {
    return server.close();
  }

  private static void answer(HttpServerRequest request, byte[] body, CosmosSimulator simulator) {
    switch (request.method().name() + " " + request.path()) {
      case "GET /faults" -> {
        ArrayNode armed = Json.array();
        simulator.faults().armed().forEach(one -> armed.add(FaultJson.write(one)));
        send(request, 200, armed);
      }
      case "POST /faults" -> arm(request, body, simulator.faults());
      case "DELETE /faults" -> {
        simulator.faults().clear();
        request.response().setStatusCode(204).end();
      }
      case "GET /effects" -> {
        ArrayNode effects = Json.array();
        simulator.effects().forEach(effect -> effects.add(json(effect)));
        send(request, 200, effects);
      }
      default -> refuse(request, 404, "there are GET, POST and DELETE /faults, and GET /effects");
    }
  }

  private static void arm(HttpServerRequest request, byte[] body, Faults faults) {
    if (!JSON.equals(request.getHeader("content-type"))) { // what no page of a browser may send
      refuse(request, 415, "a fault is sent as " + JSON);
      return;
    }
    Optional<JsonNode> json = Json.parse(body);
    if (json.isEmpty()) {
      refuse(request, 400, "the body is not JSON");
      return;
    }
    try {
      Faults.Armed armed = FaultJson.read(json.get());
      faults.arm(armed);
      send(request, 201, FaultJson.write(armed));
    } catch (IllegalArgumentException wrong) {
      refuse(request, 400, String.valueOf(wrong.getMessage()));
    }
  }

  private static ObjectNode json(Effect effect) {
    return Json.object()
        .put("order", effect.order())
        .put("at", effect.at().toString())
        .put("activityId", effect.activityId())
        .put("operation", effect.operation())
        .put("resource", effect.resource())
        .put("partitionKey", effect.partitionKey())
        .put("statusCode", effect.statusCode());
  }

  private static void refuse(HttpServerRequest request, int status, String message) {
    send(request, status, Json.object().put("message", message));
  }

  private static void send(HttpServerRequest request, int status, JsonNode body) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("content-type", JSON)
        .end(Buffer.buffer(Json.bytes(body)));
  }
}
