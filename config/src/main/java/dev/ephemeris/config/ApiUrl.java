package dev.ephemeris.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** Where people and tools reach the API: {@code https://host} or {@code https://host:port}. */
public record ApiUrl(URI uri) {

  private static final int HTTPS = 443;

  private static final String EXPECTATION =
      "expected a URL such as https://gateway.example.com, without user, path or query";

  /**
   * @throws IllegalArgumentException if it isn't https, or has a user, path, query or fragment; the
   *     message doesn't repeat it, since a user may come with a password
   */
  public ApiUrl {
    boolean accepted =
        "https".equals(uri.getScheme())
            && uri.getHost() != null
            && uri.getRawUserInfo() == null
            && uri.getRawPath().isEmpty()
            && uri.getRawQuery() == null
            && uri.getRawFragment() == null;
    if (!accepted) {
      throw new IllegalArgumentException(EXPECTATION);
    }
  }

  /**
   * As the constructor, from text; a slash at the end may stand there. Its host is in lower case,
   * and a port is there only if it has to be: so browsers write it, too (RFC 6454 §6.1).
   */
  public static ApiUrl parse(String url) {
    try {
      URI uri = new URI(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
      return uri.getHost() == null || uri.getRawUserInfo() != null
          ? new ApiUrl(uri)
          : new ApiUrl(
              new URI(
                  uri.getScheme(),
                  null,
                  uri.getHost().toLowerCase(Locale.ROOT),
                  uri.getPort() == HTTPS ? -1 : uri.getPort(),
                  uri.getRawPath(),
                  uri.getRawQuery(),
                  uri.getRawFragment()));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(EXPECTATION);
    }
  }

  @Override
  public String toString() {
    return uri.toString();
  }
}
