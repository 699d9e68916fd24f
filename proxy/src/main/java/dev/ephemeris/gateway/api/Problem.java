package dev.ephemeris.gateway.api;

import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/**
 * An error of the API (RFC 9457): what happened, to whom, on what, and what to do next.
 *
 * @param type the last part of {@code urn:ephemeris:problem:…}
 * @param action the action of Ephemeris's own that is missing, if one is
 */
record Problem(
    int status,
    String type,
    String title,
    String detail,
    Optional<String> action,
    Optional<String> reason,
    Optional<String> rule) {

  static Problem malformed(String detail) {
    return of(400, "malformed", "malformed request", detail);
  }

  static Problem unauthenticated(String detail) {
    return of(401, "unauthenticated", "not signed in", detail);
  }

  static Problem notFound(String detail) {
    return of(404, "not-found", "not found", detail);
  }

  static Problem denied(String detail, String reason, Optional<String> rule) {
    return new Problem(
        403, "denied", "denied by policy", detail, Optional.empty(), Optional.of(reason), rule);
  }

  /** The same for an operation of Ephemeris's own, which takes {@code action}. */
  static Problem denied(String detail, String action, String reason, Optional<String> rule) {
    return new Problem(
        403, "denied", "denied by policy", detail, Optional.of(action), Optional.of(reason), rule);
  }

  /** A rule gives it once others agree. */
  static Problem needsApproval(String detail, String rule) {
    return new Problem(
        403,
        "needs-approval",
        "needs approval",
        detail,
        Optional.empty(),
        Optional.of("needs-approval"),
        Optional.of(rule));
  }

  static Problem keptOut(String detail) {
    return of(403, "kept-out", "kept out", detail);
  }

  /** RFC 9110 §15.5.13: what they have read is there no more. */
  static Problem notAsSeen(String detail) {
    return of(412, "not-as-seen", "not as you have read it", detail);
  }

  static Problem over(String detail) {
    return of(409, "over", "over", detail);
  }

  static Problem busy(String detail) {
    return of(429, "busy", "too much at a time", detail);
  }

  static Problem unavailable(String detail) {
    return of(503, "unavailable", "unavailable", detail);
  }

  static Problem of(int status, String type, String title, String detail) {
    return new Problem(
        status, type, title, detail, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** It says that nothing was done: whoever asked with a key may ask again. */
  void send(RoutingContext context) {
    Idempotency.notDone(context).onComplete(released -> write(context));
  }

  private void write(RoutingContext context) {
    JsonObject json =
        new JsonObject()
            .put("type", "urn:ephemeris:problem:" + type)
            .put("title", title)
            .put("status", status)
            .put("detail", detail);
    action.ifPresent(value -> json.put("action", value));
    reason.ifPresent(value -> json.put("reason", value));
    rule.ifPresent(value -> json.put("rule", value));
    context
        .response()
        .setStatusCode(status)
        .putHeader("content-type", "application/problem+json")
        .putHeader("cache-control", "no-store")
        .end(json.toBuffer());
  }
}
