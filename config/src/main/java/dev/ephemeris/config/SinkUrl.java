package dev.ephemeris.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;

/**
 * Where a sink sends to: {@code https://host/path}, or {@code http} on the machine itself, where a
 * collector may be beside the gateway.
 */
public record SinkUrl(URI uri) {

  /** As addresses are written: a name may be looked up to be another machine. */
  private static final Set<String> PLAIN = Set.of("127.0.0.1", "localhost", "[::1]");

  private static final String EXPECTATION =
      "expected a URL such as https://sink.example.com/path, without user or query; http on this"
          + " machine only";

  /**
   * @throws IllegalArgumentException if it is another; the message doesn't repeat it, since a user
   *     or a query may be a secret
   */
  public SinkUrl {
    boolean accepted =
        uri.getHost() != null
            && ("https".equals(uri.getScheme())
                || ("http".equals(uri.getScheme()) && PLAIN.contains(uri.getHost())))
            && uri.getRawUserInfo() == null
            && uri.getRawQuery() == null
            && uri.getRawFragment() == null
            && uri.normalize().equals(uri);
    if (!accepted) {
      throw new IllegalArgumentException(EXPECTATION);
    }
  }

  /** As the constructor, from text. */
  public static SinkUrl parse(String url) {
    try {
      return new SinkUrl(new URI(url));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(EXPECTATION);
    }
  }

  /** Whether it leads to the machine itself. */
  boolean isOnThisMachine() {
    return Loopback.is(uri.getHost());
  }

  @Override
  public String toString() {
    return uri.toString();
  }
}
