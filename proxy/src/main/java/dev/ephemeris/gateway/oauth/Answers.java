package dev.ephemeris.gateway.oauth;

import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** Answers that nobody keeps (RFC 6749 §5.1). */
final class Answers {

  private Answers() {}

  static void json(RoutingContext context, int status, JsonObject json) {
    context
        .response()
        .setStatusCode(status)
        .putHeader("content-type", "application/json")
        .putHeader("cache-control", "no-store")
        .putHeader("x-content-type-options", "nosniff")
        .end(json.toBuffer());
  }

  /** Sends a browser on, with GET whatever it came with (RFC 9110 §15.4.4). */
  static void redirect(RoutingContext context, String location) {
    context
        .response()
        .setStatusCode(303)
        .putHeader("location", location)
        .putHeader("cache-control", "no-store")
        .putHeader("referrer-policy", "no-referrer")
        .end();
  }
}
