package dev.ephemeris.simulator.cosmos;

import static dev.ephemeris.cosmos.CosmosHeaders.ACTIVITY_ID;

import dev.ephemeris.cosmos.CosmosHeaders;
import io.vertx.core.MultiMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * One request as it is understood here.
 *
 * @param wireMethod the method that was sent and signed
 * @param method what it is taken for
 * @param headers by lower-case name; of several with one name the last
 * @param body never changed
 * @param client the address that it came from
 */
@SuppressWarnings("ArrayRecordComponent") // neither compared nor changed
record Call(
    String wireMethod,
    String method,
    String target,
    ResourcePath path,
    Map<String, String> headers,
    byte[] body,
    String activityId,
    String client) {

  private static final List<String> METHOD_OVERRIDES =
      List.of("x-http-method", "x-http-method-override", "x-method-override");

  static Call of(String wireMethod, String target, MultiMap sent, byte[] body, String client) {
    Map<String, String> headers = HashMap.newHashMap(sent.size());
    for (Map.Entry<String, String> header : sent) {
      headers.put(header.getKey().toLowerCase(Locale.ROOT), header.getValue());
    }
    return new Call(
        wireMethod,
        method(wireMethod, headers),
        target,
        ResourcePath.parse(target),
        headers,
        body,
        activityId(headers),
        client);
  }

  /** What a batch asks for in one of its operations, as if it came by itself. */
  Call within(String method, ResourcePath path, Map<String, String> headers, byte[] body) {
    return new Call(method, method, target, path, headers, body, activityId, client);
  }

  /** The same with another body, as a pre-trigger makes it. */
  Call with(byte[] otherBody) {
    return new Call(wireMethod, method, target, path, headers, otherBody, activityId, client);
  }

  private static String method(String wireMethod, Map<String, String> headers) {
    if (wireMethod.equals("POST") || wireMethod.equals("GET")) {
      for (String name : METHOD_OVERRIDES) {
        String method = headers.get(name);
        if (method != null) {
          return method.toUpperCase(Locale.ROOT);
        }
      }
    }
    return wireMethod.equals("HEAD") ? "GET" : wireMethod;
  }

  private static String activityId(Map<String, String> headers) {
    try {
      return UUID.fromString(headers.getOrDefault(ACTIVITY_ID, "")).toString();
    } catch (IllegalArgumentException notAGuid) {
      return UUID.randomUUID().toString();
    }
  }

  /** A header's value; an empty one counts as absent. */
  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name)).filter(value -> !value.isEmpty());
  }

  /** Whether a header says true, in any case. */
  boolean flag(String name) {
    return header(name).filter("true"::equalsIgnoreCase).isPresent();
  }

  /** The range that a header names: {@code 0}, or {@code {container's RID},0}. */
  Optional<String> partitionKeyRangeId() {
    return header(CosmosHeaders.PARTITION_KEY_RANGE_ID)
        .map(id -> id.substring(id.indexOf(',') + 1));
  }

  /** Prints no header: one of them may be a credential. */
  @Override
  public String toString() {
    return "Call[" + wireMethod + " " + target + "]";
  }
}
