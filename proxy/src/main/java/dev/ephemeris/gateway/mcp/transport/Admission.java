package dev.ephemeris.gateway.mcp.transport;

import io.modelcontextprotocol.spec.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether a request may be read, by its headers alone. Pages of others that reach the gateway from
 * a user's browser are stopped here: by the origin that the browser names, and by the host's name,
 * where an attacker's own was made to resolve to the gateway's address.
 */
final class Admission {

  private static final String JSON = "application/json";
  private static final String EVENTS = "text/event-stream";

  /** What stands for one thing, and would be read in two ways if it stood there twice. */
  private static final List<String> ONCE =
      List.of(
          "Host",
          "Origin",
          HttpHeaders.CONTENT_TYPE,
          HttpHeaders.MCP_SESSION_ID,
          HttpHeaders.PROTOCOL_VERSION,
          HttpHeaders.LAST_EVENT_ID);

  private final Set<String> hosts;
  private final Set<String> origins;
  private final int bodyBytes;

  /**
   * @param hosts names of hosts without ports
   * @param origins as browsers spell them
   */
  Admission(Set<String> hosts, Set<String> origins, int bodyBytes) {
    this.hosts = lowerCase(hosts);
    this.origins = lowerCase(origins);
    this.bodyBytes = bodyBytes;
  }

  private static Set<String> lowerCase(Set<String> names) {
    return names.stream()
        .map(name -> name.toLowerCase(Locale.ROOT))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Where it comes from, and what it can be asked about: before who asks is looked at. */
  Optional<Refusal> source(HttpServerRequest request) {
    for (String name : ONCE) {
      if (request.headers().getAll(name).size() > 1) {
        return Optional.of(Refusal.malformed("The header " + name + " stands there twice."));
      }
    }
    HostAndPort authority = request.authority();
    if (authority == null || !hosts.contains(authority.host().toLowerCase(Locale.ROOT))) {
      return Optional.of(Refusal.forbidden("The host's name isn't one of this server's."));
    }
    String origin = request.getHeader("Origin");
    if (origin != null && !origins.contains(origin.toLowerCase(Locale.ROOT))) {
      return Optional.of(Refusal.forbidden("Pages of this origin may not use this server."));
    }
    return Optional.empty();
  }

  /** Whether what it says of its content and of the answer's is what is spoken here. */
  Optional<Refusal> content(HttpServerRequest request) {
    String version = request.getHeader(HttpHeaders.PROTOCOL_VERSION);
    // Without one it is 2025-03-26, which had no such header: and that is spoken.
    if (version != null && !Revision.isKnown(version)) {
      return Optional.of(
          Refusal.malformed(
              "MCP-Protocol-Version has to be one of " + String.join(", ", Revision.KNOWN) + "."));
    }
    Set<String> accepted = accepted(request);
    if (request.method().equals(HttpMethod.GET) && !accepted.contains(EVENTS)) {
      return Optional.of(Refusal.notAcceptable(EVENTS));
    }
    if (!request.method().equals(HttpMethod.POST)) {
      return Optional.empty();
    }
    if (!accepted.containsAll(Set.of(JSON, EVENTS))) {
      return Optional.of(Refusal.notAcceptable(JSON + " and " + EVENTS));
    }
    if (!isJson(request.getHeader(HttpHeaders.CONTENT_TYPE))) {
      return Optional.of(Refusal.notJson());
    }
    return isTooLong(request.getHeader(HttpHeaders.CONTENT_LENGTH))
        ? Optional.of(Refusal.tooLong(bodyBytes))
        : Optional.empty();
  }

  /** RFC 9110 §12.5.1: what has weight 0 isn't accepted. */
  private static Set<String> accepted(HttpServerRequest request) {
    return request.headers().getAll(HttpHeaders.ACCEPT).stream()
        .flatMap(header -> Arrays.stream(header.split(",", -1)))
        .map(range -> parts(range).toList())
        .filter(parts -> parts.stream().skip(1).noneMatch(part -> part.matches("q=0(\\.0{0,3})?")))
        .map(List::getFirst)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static boolean isJson(String contentType) {
    if (contentType == null) {
      return false;
    }
    List<String> parts = parts(contentType).toList();
    return parts.getFirst().equals(JSON)
        && parts.stream()
            .skip(1)
            .filter(part -> part.startsWith("charset="))
            .allMatch(part -> part.equals("charset=utf-8") || part.equals("charset=\"utf-8\""));
  }

  private static Stream<String> parts(String header) {
    return Arrays.stream(header.split(";", -1)).map(part -> part.strip().toLowerCase(Locale.ROOT));
  }

  private boolean isTooLong(String contentLength) {
    // The server has read it as a number already.
    return contentLength != null && Long.parseLong(contentLength.strip()) > bodyBytes;
  }
}
