package dev.ephemeris.simulator.cosmos;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request as it arrived at the simulator, and the status it got. Prints neither headers nor body.
 *
 * @param method as sent
 * @param target as sent, percent escapes and all
 * @param headers all of them in order, names as sent
 * @param statusCode what the simulator answered; 0 if a fault cut the connection before
 */
public record ReceivedRequest(
    String method,
    String target,
    List<Map.Entry<String, String>> headers,
    Buffer body,
    int statusCode) {

  public ReceivedRequest {
    headers = List.copyOf(headers);
  }

  /** The values of all headers with that name, in any case. */
  public List<String> headers(String name) {
    return headers.stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** The first value of a header. */
  public Optional<String> header(String name) {
    return headers(name).stream().findFirst();
  }

  @Override
  public String toString() {
    return "ReceivedRequest[" + method + " " + target + " " + statusCode + "]";
  }
}
