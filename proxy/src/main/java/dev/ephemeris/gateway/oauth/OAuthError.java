package dev.ephemeris.gateway.oauth;

import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * An error as OAuth has it (RFC 6749 §5.2).
 *
 * @param description for whoever wrote the client; never what somebody else sent
 */
public record OAuthError(Code code, String description) {

  /** RFC 6749 §4.1.2.1 and §5.2, RFC 8628 §3.5, RFC 8707 §2, RFC 7591 §3.2.2, RFC 9396 §5. */
  public enum Code {
    INVALID_REQUEST(400),
    /** Of which OAuth says no more than that it is no good. */
    TOO_LARGE(413) {
      @Override
      String value() {
        return INVALID_REQUEST.value();
      }
    },
    INVALID_CLIENT(401),
    INVALID_GRANT(400),
    UNAUTHORIZED_CLIENT(400),
    UNSUPPORTED_GRANT_TYPE(400),
    UNSUPPORTED_RESPONSE_TYPE(400),
    INVALID_TARGET(400),
    ACCESS_DENIED(400),
    AUTHORIZATION_PENDING(400),
    SLOW_DOWN(400),
    EXPIRED_TOKEN(400),
    INVALID_REDIRECT_URI(400),
    INVALID_CLIENT_METADATA(400),
    INVALID_AUTHORIZATION_DETAILS(400),
    TEMPORARILY_UNAVAILABLE(503);

    private final int status;

    Code(int status) {
      this.status = status;
    }

    String value() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Answers with it. */
  public void send(RoutingContext context) {
    Answers.json(
        context,
        code.status,
        new JsonObject().put("error", code.value()).put("error_description", plain(description)));
  }

  /** The same, to be asked again after some seconds (RFC 9110 §10.2.3). */
  public static void slowed(RoutingContext context, long waitSeconds, String description) {
    context.response().putHeader("retry-after", Long.toString(waitSeconds));
    Answers.json(
        context,
        429,
        new JsonObject()
            .put("error", Code.TEMPORARILY_UNAVAILABLE.value())
            .put("error_description", plain(description)));
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
