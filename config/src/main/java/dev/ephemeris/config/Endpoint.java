package dev.ephemeris.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;

/** Where an account is: {@code https://host/} or {@code https://host:port/}, and nothing more. */
public record Endpoint(URI uri) {
  private static final int HTTPS = 443;

  /**
   * @throws IllegalArgumentException if it isn't https, or has a user, path, query or fragment; the
   *     message doesn't repeat it, since a user may come with a password
   */
  public Endpoint {
    boolean accepted =
        "https".equals(uri.getScheme())
            && uri.getHost() != null
            && uri.getRawUserInfo() == null
            && Set.of("", "/").contains(uri.getRawPath())
            && uri.getRawQuery() == null
            && uri.getRawFragment() == null;
    if (!accepted) {
      throw new IllegalArgumentException(expectation());
    }
  }

  /** As the constructor, from text. */
  public static Endpoint parse(String url) {
    try {
      return new Endpoint(new URI(url));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(expectation());
    }
  }

  /** The name or address to connect to. */
  public String host() {
    return uri.getHost();
  }

  /** The port to connect to: 443 unless the URL says otherwise. */
  public int port() {
    return uri.getPort() == -1 ? HTTPS : uri.getPort();
  }

  @Override
  public String toString() {
    return uri.toString();
  }

  private static String expectation() {
    return "expected a URL such as https://account.documents.azure.com/, without user, path or"
        + " query";
  }
}
