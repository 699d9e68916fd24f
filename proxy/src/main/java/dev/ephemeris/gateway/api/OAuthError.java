package dev.ephemeris.gateway.api;

import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.stream.Collectors;

/**
 * An error of the token exchange, which has OAuth's form and no problem document (RFC 6749 §5.2).
 *
 * @param error from the registry of OAuth's errors
 * @param description what happened and what to do, for people
 */
record OAuthError(int status, String error, String description) {

  /** RFC 6749 §5.2; RFC 8693 §2.2.2 has it for tokens that aren't accepted, too. */
  static OAuthError invalidRequest(String description) {
    return new OAuthError(400, "invalid_request", description);
  }

  /** RFC 9396 §5. */
  static OAuthError invalidDetails(String description) {
    return new OAuthError(400, "invalid_authorization_details", description);
  }

  /** The policy, or a block, doesn't give it. */
  static OAuthError denied(String description) {
    return new OAuthError(400, "access_denied", description);
  }

  static OAuthError unavailable(int status, String description) {
    return new OAuthError(status, "temporarily_unavailable", description);
  }

  void send(RoutingContext context) {
    context
        .response()
        .setStatusCode(status)
        .putHeader("content-type", "application/json")
        .putHeader("cache-control", "no-store")
        .end(
            new JsonObject()
                .put("error", error)
                .put("error_description", plain(description))
                .toBuffer());
  }

  /** RFC 6749 §5.2: a description is of ASCII, without quotation marks and backslashes. */
  private static String plain(String text) {
    return text.chars()
        .mapToObj(
            c ->
                switch (c) {
                  case '“', '”', '"' -> "'";
                  case '\\' -> "/";
                  default -> c < ' ' || c > '~' ? "?" : Character.toString(c);
                })
        .collect(Collectors.joining());
  }
}
