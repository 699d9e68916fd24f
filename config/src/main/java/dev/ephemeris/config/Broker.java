package dev.ephemeris.config;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where a broker listens: {@code host:port}.
 *
 * @param host a name, or an address; of IPv6 in brackets
 */
public record Broker(String host, int port) {

  private static final String EXPECTATION =
      "expected host:port, such as acme.servicebus.windows.net:9093";

  /**
   * Reads {@code host:port}.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  public static Broker parse(String text) {
    try {
      // RFC 3986 §3.2 is the grammar of host:port; nothing but an authority may stand there.
      URI uri = new URI("//" + text);
      if (uri.getHost() == null
          || !text.equals(uri.getHost() + ":" + uri.getPort())
          || uri.getPort() < 1
          || uri.getPort() > 65_535) {
        throw new IllegalArgumentException(EXPECTATION);
      }
      return new Broker(uri.getHost(), uri.getPort());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(EXPECTATION);
    }
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
