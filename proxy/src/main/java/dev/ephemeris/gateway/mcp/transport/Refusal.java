package dev.ephemeris.gateway.mcp.transport;

import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;

/**
 * Why a request gets no further: a status, and a JSON-RPC error for it. Its message says what to
 * do, and nothing that the request says.
 */
record Refusal(int status, int code, String message) {

  /**
   * As the protocol's other implementations have it, for what they have no code of JSON-RPC for.
   */
  private static final int REFUSED = -32000;

  private static final int NO_SESSION = -32001;

  static Refusal malformed(String message) {
    return new Refusal(400, ErrorCodes.INVALID_REQUEST, message);
  }

  static Refusal unreadable() {
    return new Refusal(400, ErrorCodes.PARSE_ERROR, "The body isn't JSON that has one reading.");
  }

  static Refusal forbidden(String message) {
    return new Refusal(403, REFUSED, message);
  }

  static Refusal unknownSession() {
    return new Refusal(
        404, NO_SESSION, "There is no such session of yours, or it has ended: initialize another.");
  }

  static Refusal notAllowed() {
    return new Refusal(405, REFUSED, "Messages are sent with POST; see GET and DELETE too.");
  }

  static Refusal notAcceptable(String types) {
    return new Refusal(406, REFUSED, "The Accept header has to name " + types + ".");
  }

  static Refusal tooLong(int bytes) {
    return new Refusal(413, REFUSED, "A message has at most " + bytes + " bytes.");
  }

  static Refusal notJson() {
    return new Refusal(415, REFUSED, "The content type has to be application/json, in UTF-8.");
  }

  static Refusal tooMany(String message) {
    return new Refusal(429, REFUSED, message);
  }

  static Refusal failed() {
    return new Refusal(
        500, ErrorCodes.INTERNAL_ERROR, "The gateway failed on this request; its log says why.");
  }

  static Refusal unavailable(String message) {
    return new Refusal(503, REFUSED, message);
  }

  /** Answers with it, if nothing is answered yet. */
  void send(HttpServerResponse response) {
    if (response.ended() || response.closed()) {
      return;
    }
    if (status == 405) {
      response.putHeader(HttpHeaders.ALLOW, "GET, POST, DELETE");
    }
    if (status == 413) {
      // The rest of it isn't worth reading.
      response.putHeader(HttpHeaders.CONNECTION, "close");
    }
    response
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .end(
            new JsonObject()
                .put("jsonrpc", "2.0")
                .putNull("id")
                .put("error", new JsonObject().put("code", code).put("message", message))
                .toBuffer());
  }
}
