package dev.ephemeris.gateway.oauth;

import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;

/**
 * An error as OAuth has it (RFC 6749 §5.2).
 *
 * @param description for whoever wrote the client; never what somebody else sent
 */
record OAuthError(Code code, String description) {

  /** RFC 6749 §4.1.2.1 and §5.2, RFC 8628 §3.5, RFC 8707 §2, RFC 7591 §3.2.2. */
  enum Code {
    INVALID_REQUEST(400),
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
    TEMPORARILY_UNAVAILABLE(503);

    private final int status;

    Code(int status) {
      this.status = status;
    }

    String value() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  void send(RoutingContext context) {
    Answers.json(
        context,
        code.status,
        new JsonObject().put("error", code.value()).put("error_description", description));
  }
}
