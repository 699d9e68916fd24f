package dev.ephemeris.simulator.issuer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLEncoder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The way back to a client: a registered URI, and the state that the client wants to see again.
 *
 * @param uri as the client wrote it, once it has been compared with the registered ones
 */
record Return(String uri, Optional<String> state) {

  /** The address with the outcome in its query. */
  String with(Map<String, String> outcome) {
    var parameters = new LinkedHashMap<>(outcome);
    state.ifPresent(value -> parameters.put("state", value));
    if (parameters.isEmpty()) {
      return uri;
    }
    return uri
        + (uri.contains("?") ? "&" : "?")
        + parameters.entrySet().stream()
            .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), UTF_8))
            .collect(Collectors.joining("&"));
  }

  /** Scheme, host and port: what a page's policy has to allow for its form to lead there. */
  String origin() {
    var parsed = URI.create(uri);
    return parsed.getScheme() + "://" + parsed.getRawAuthority();
  }
}
