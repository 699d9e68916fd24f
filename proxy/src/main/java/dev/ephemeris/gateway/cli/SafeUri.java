package dev.ephemeris.gateway.cli;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/** Addresses to which a token may be sent: https, or http that doesn't leave this machine. */
final class SafeUri {

  private SafeUri() {}

  /** The address, or empty if it isn't one, isn't safe, or carries a user or a fragment. */
  static Optional<URI> parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException notOne) {
      return Optional.empty();
    }
    if (uri.getHost() == null || uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
      return Optional.empty();
    }
    boolean safe =
        "https".equalsIgnoreCase(uri.getScheme())
            || ("http".equalsIgnoreCase(uri.getScheme()) && isLoopback(uri.getHost()));
    return safe ? Optional.of(uri) : Optional.empty();
  }

  /** A gateway's address in its one spelling: scheme, host and port, nothing else. */
  static Optional<URI> parseOrigin(String text) {
    return parse(text)
        .filter(uri -> uri.getRawQuery() == null)
        .filter(uri -> uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"))
        .map(
            uri -> {
              String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
              return URI.create(
                  (uri.getScheme() + "://" + uri.getHost()).toLowerCase(Locale.ROOT) + port);
            });
  }

  /** By its spelling alone: a name that only resolves to this machine proves nothing. */
  private static boolean isLoopback(String host) {
    if (host.equalsIgnoreCase("localhost")) {
      return true;
    }
    try {
      return InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException aName) {
      return false;
    }
  }
}
