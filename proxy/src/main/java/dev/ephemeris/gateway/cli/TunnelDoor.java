package dev.ephemeris.gateway.cli;

import dev.ephemeris.cosmos.Authorization;
import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.cosmos.CosmosRequest;
import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.cosmos.Parsed;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who gets into a tunnel: every process and every web page of this machine can reach it, and only
 * who was told its key is let in.
 *
 * @param key signs as an account's does
 */
record TunnelDoor(MasterKey key, InstantSource clock) {

  /** As the gateway has it for lease keys. */
  private static final Duration SIGNED_WITHIN = Duration.ofMinutes(5);

  /** Of a page that had its own name resolve to this machine, the host would be that name. */
  private static final Set<String> NAMES = Set.of("localhost", "127.0.0.1");

  /**
   * The request, or how it is refused.
   *
   * @param port the tunnel's
   * @param host what the client calls it, with the port
   */
  Parsed admit(
      int port,
      Optional<String> host,
      String method,
      String target,
      Iterable<Map.Entry<String, String>> headers) {
    if (host.filter(name -> NAMES.stream().anyMatch(own -> name.equals(own + ":" + port)))
        .isEmpty()) {
      return CosmosError.badRequest(
          "Refused by the tunnel: it is localhost:" + port + ", and known by no other name.");
    }
    for (Map.Entry<String, String> header : headers) {
      if (header.getKey().equalsIgnoreCase("origin")) {
        return CosmosError.denied(
            "Refused by the tunnel: it is for programs, and the request has an Origin, as those of"
                + " web pages have.");
      }
    }
    return switch (CosmosRequest.parse(method, target, headers)) {
      case CosmosError broken -> broken;
      case CosmosRequest request -> signed(request);
    };
  }

  private Parsed signed(CosmosRequest request) {
    Optional<Instant> at = request.date().flatMap(HttpDate::parse);
    if (at.isEmpty()
        || !(request.authorization().orElse(null) instanceof Authorization.Master(String signature))
        || !key.verifies(
            signature,
            request.verb().name(),
            request.resourceType().signedAs(),
            request.address().link(request.resourceType()),
            request.date().get())) {
      return CosmosError.unauthorized(
          "Not let in by the tunnel: the request isn't signed with its key. Use the connection"
              + " string that “ephemeris tunnel” printed; each time it starts it has another.");
    }
    return Duration.between(at.get(), clock.instant()).abs().compareTo(SIGNED_WITHIN) > 0
        ? CosmosError.unauthorized(
            "Not let in by the tunnel: the request was signed for "
                + request.date().get()
                + ", more than five minutes from now. Sign each request anew.")
        : request;
  }
}
