package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.cosmos.CosmosHeaders;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What goes back: a status, the headers that depend on the operation, and a body. */
sealed interface Answer {

  int status();

  /** A success; an empty body is none. */
  @SuppressWarnings("ArrayRecordComponent") // neither compared nor changed
  record Success(int status, Map<String, String> headers, byte[] body) implements Answer {

    public Success {
      headers = Map.copyOf(headers);
    }

    Success with(String name, String value) {
      Map<String, String> more = new LinkedHashMap<>(headers);
      more.put(name, value);
      return new Success(status, more, body);
    }

    Success with(Map<String, String> moreHeaders) {
      Map<String, String> more = new LinkedHashMap<>(headers);
      more.putAll(moreHeaders);
      return new Success(status, more, body);
    }

    Success withoutBody() {
      return new Success(status, headers, NOTHING);
    }

    double charge() {
      return Double.parseDouble(headers.getOrDefault(CosmosHeaders.REQUEST_CHARGE, "0"));
    }

    Success charged(double requestUnits) {
      return with(CosmosHeaders.REQUEST_CHARGE, Charge.header(requestUnits));
    }
  }

  /** A refusal, in the service's words. */
  record Failure(
      CosmosError error, Optional<String> additionalErrorInfo, Map<String, String> headers)
      implements Answer {

    public Failure {
      headers = Map.copyOf(headers);
    }

    Failure(CosmosError error, Optional<String> additionalErrorInfo) {
      this(error, additionalErrorInfo, Map.of());
    }

    Failure with(Map<String, String> moreHeaders) {
      Map<String, String> more = new LinkedHashMap<>(headers);
      more.putAll(moreHeaders);
      return new Failure(error, additionalErrorInfo, more);
    }

    @Override
    public int status() {
      return error.statusCode();
    }

    byte[] body(String activityId) {
      byte[] plain = error.body(activityId);
      if (additionalErrorInfo.isEmpty()) {
        return plain;
      }
      ObjectNode body = (ObjectNode) Json.parse(plain).orElseThrow();
      return Json.bytes(body.put("additionalErrorInfo", additionalErrorInfo.get()));
    }
  }

  byte[] NOTHING = {};

  static Success of(int status, JsonNode body) {
    return of(status, Json.bytes(body));
  }

  static Success of(int status, byte[] body) {
    return new Success(status, Map.of(), body);
  }

  static Success empty(int status) {
    return of(status, NOTHING);
  }

  static Failure failure(int status, int subStatus, String message) {
    return new Failure(new CosmosError(status, subStatus, message), Optional.empty());
  }

  static Failure badRequest(String message) {
    return failure(400, 0, message);
  }

  static Failure notFound() {
    return failure(404, 0, "Resource Not Found. Learn more: https://aka.ms/cosmosdb-tshoot404");
  }

  /** What the request names lies in something that isn't there. */
  static Failure ownerNotFound() {
    return failure(
        404, 1003, "Owner resource does not exist. Learn more: https://aka.ms/cosmosdb-tshoot404");
  }

  static Failure conflict() {
    return failure(409, 0, "Resource with specified id or name already exists.");
  }

  static Failure preconditionFailed() {
    return failure(
        412,
        0,
        "Operation cannot be performed because one of the specified precondition is not met.");
  }

  /** An honest no: the service can, this can't. */
  static Failure notSimulated(String what) {
    return badRequest("not simulated: " + what);
  }

  static Failure methodNotAllowed() {
    return failure(405, 0, "The requested verb is not supported.");
  }
}
