package dev.ephemeris.simulator.azure;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.URLDecoder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One request as it is understood here. Prints no header and no body: both may be credentials.
 *
 * @param host in lower case, without the port
 * @param target as sent
 * @param path its segments, each decoded once
 */
record Call(
    String method,
    String host,
    String target,
    List<String> path,
    MultiMap query,
    MultiMap headers,
    Buffer body) {

  static Call of(HttpServerRequest request, Buffer body) {
    var authority = request.authority();
    return new Call(
        request.method().name(),
        authority == null ? "" : authority.host().toLowerCase(Locale.ROOT),
        request.uri(),
        segments(request.path()),
        request.params(),
        request.headers(),
        body);
  }

  private static List<String> segments(String path) {
    return Arrays.stream(path.split("/", -1))
        .filter(segment -> !segment.isEmpty())
        .map(Call::decoded)
        .toList();
  }

  private static String decoded(String segment) {
    try {
      return URLDecoder.decode(segment.replace("+", "%2B"), UTF_8);
    } catch (IllegalArgumentException notEncoded) {
      return segment;
    }
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  Optional<String> parameter(String name) {
    return Optional.ofNullable(query.get(name));
  }

  /** The body as a JSON object; empty if it is none. */
  Optional<JsonObject> json() {
    try {
      return body.length() == 0 ? Optional.empty() : Optional.of(new JsonObject(body));
    } catch (DecodeException notJson) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return "Call[" + method + " " + target + "]";
  }
}
