package dev.ephemeris.simulator.issuer;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** Sends what an endpoint decided, with the headers that go with it. */
final class Reply {
  private Reply() {}

  static void json(RoutingContext context, Answer answer) {
    var response = uncached(context).setStatusCode(answer.status());
    if (answer instanceof OAuthError error && error.status() == 401) {
      response.putHeader("WWW-Authenticate", challenge(error));
    }
    send(response, answer.body());
  }

  static void json(RoutingContext context, JsonObject body) {
    send(context.response(), body);
  }

  static void page(RoutingContext context, int status, Page page) {
    page(context, status, page, "'self'");
  }

  /** A page whose form may, by way of a redirect, lead to another origin. */
  static void pageLeadingTo(RoutingContext context, String origin, Page page) {
    page(context, 200, page, "'self' " + origin);
  }

  /** 303, so that a form's content isn't posted again to the client (RFC 9700 §4.12). */
  static void redirect(RoutingContext context, String address) {
    uncached(context).setStatusCode(303).putHeader(HttpHeaders.LOCATION, address).end();
  }

  private static void page(RoutingContext context, int status, Page page, String formTargets) {
    uncached(context)
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/html; charset=utf-8")
        .putHeader(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none';"
                + " form-action "
                + formTargets)
        .putHeader("X-Frame-Options", "DENY")
        // Not no-referrer: browsers would then post forms with "Origin: null", which the doorkeeper
        // turns away.
        .putHeader("Referrer-Policy", "same-origin")
        .end(page.document().markup());
  }

  private static void send(HttpServerResponse response, JsonObject body) {
    response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json").end(body.encode());
  }

  private static HttpServerResponse uncached(RoutingContext context) {
    return context.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
  }

  private static String challenge(OAuthError error) {
    return error.code() == OAuthError.Code.INVALID_CLIENT
        ? "Basic realm=\"token\"" // RFC 6749 §5.2
        : "Bearer error=\"" + error.code().value() + "\""; // RFC 6750 §3
  }
}
