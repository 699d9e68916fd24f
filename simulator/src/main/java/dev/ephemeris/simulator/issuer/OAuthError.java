package dev.ephemeris.simulator.issuer;

import io.vertx.core.json.JsonObject;
import java.util.Locale;

/** An error as OAuth spells it (RFC 6749 §4.1.2.1 and §5.2, RFC 8628 §3.5, RFC 6750 §3.1). */
record OAuthError(Code code, String description) implements Answer {

  enum Code {
    INVALID_REQUEST(400),
    INVALID_CLIENT(401),
    INVALID_GRANT(400),
    INVALID_TOKEN(401),
    UNAUTHORIZED_CLIENT(400),
    UNSUPPORTED_GRANT_TYPE(400),
    UNSUPPORTED_RESPONSE_TYPE(400),
    ACCESS_DENIED(400),
    LOGIN_REQUIRED(400),
    AUTHORIZATION_PENDING(400),
    SLOW_DOWN(400),
    EXPIRED_TOKEN(400);

    private final int status;

    Code(int status) {
      this.status = status;
    }

    /** As it stands on the wire. */
    String value() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public int status() {
    return code.status;
  }

  @Override
  public JsonObject body() {
    return JsonObject.of("error", code.value(), "error_description", description);
  }
}
