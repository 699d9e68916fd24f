package dev.ephemeris.simulator.issuer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.Base64;
import java.util.Optional;

/** Who a client says it is, and the secret that it shows for it: RFC 6749 §2.3. */
record ClientAuthentication(String clientId, Optional<ClientSecret> secret) {
  private static final String BASIC = "Basic ";

  /**
   * Reads the Authorization header or, without one, the form. Empty if neither names a client, or
   * if the two disagree.
   */
  static Optional<ClientAuthentication> parse(Optional<String> header, Parameters form) {
    var formId = form.get("client_id");
    var formSecret = form.get("client_secret").map(ClientSecret::new);
    if (header.isEmpty()) {
      return formId.map(id -> new ClientAuthentication(id, formSecret));
    }
    if (formSecret.isPresent()) {
      return Optional.empty(); // RFC 6749 §2.3: one method per request
    }
    return header
        .flatMap(ClientAuthentication::parseBasic)
        .filter(basic -> formId.isEmpty() || formId.get().equals(basic.clientId()));
  }

  private static Optional<ClientAuthentication> parseBasic(String header) {
    if (!header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
      return Optional.empty();
    }
    try {
      var pair = new String(Base64.getDecoder().decode(header.substring(BASIC.length())), UTF_8);
      var colon = pair.indexOf(':');
      if (colon < 1 || colon == pair.length() - 1) {
        return Optional.empty();
      }
      // RFC 6749 §2.3.1: both halves are form-encoded first
      var id = URLDecoder.decode(pair.substring(0, colon), UTF_8);
      var secret = URLDecoder.decode(pair.substring(colon + 1), UTF_8);
      return Optional.of(new ClientAuthentication(id, Optional.of(new ClientSecret(secret))));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // not Base64, or not form-encoded
    }
  }

  /** Whether this is what {@code client} has to show: its secret, or none if it has none. */
  boolean suffices(Client client) {
    return client
        .secret()
        .map(expected -> secret.filter(expected::isSameAs).isPresent())
        .orElse(secret.isEmpty());
  }
}
