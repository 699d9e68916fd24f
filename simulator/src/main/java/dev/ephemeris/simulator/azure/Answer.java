package dev.ephemeris.simulator.azure;

import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What goes back: a status, headers beyond the usual, and perhaps a body. */
record Answer(int status, Map<String, String> headers, Optional<JsonObject> body) {

  Answer {
    headers = Map.copyOf(headers);
  }

  static Answer of(int status, JsonObject body) {
    return new Answer(status, Map.of(), Optional.of(body));
  }

  static Answer empty(int status) {
    return new Answer(status, Map.of(), Optional.empty());
  }

  /** An error as Resource Manager and Key Vault write it. */
  static Answer error(int status, String code, String message) {
    return of(status, JsonObject.of("error", JsonObject.of("code", code, "message", message)));
  }

  /** An error as the resource provider of Cosmos DB writes it, which wraps nothing around it. */
  static Answer providerError(int status, String code, String message) {
    return of(
        status,
        JsonObject.of(
            "code",
            code,
            "message",
            message
                + "\r\nActivityId: "
                + UUID.randomUUID()
                + ", Microsoft.Azure.Documents.Common/2.14.0"));
  }

  static Answer badRequest(String message) {
    return providerError(400, "BadRequest", message);
  }

  /** An honest no: Azure can, this can't. */
  static Answer notSimulated(String what) {
    return error(400, "NotSimulated", "not simulated: " + what);
  }

  Answer with(String name, String value) {
    var more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Answer(status, more, body);
  }
}
