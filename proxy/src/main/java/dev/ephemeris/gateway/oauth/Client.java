package dev.ephemeris.gateway.oauth;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An application that people let act for them. It has no secret, as it runs where anybody could
 * read one.
 *
 * @param name what people read; what it calls itself, unless the gateway vouches for it
 * @param redirectUris where its answers may go. The comparison is exact; {@code
 *     http://127.0.0.1/path} without a port stands for every port (RFC 8252 §7.3)
 * @param vouched whether it is one of the gateway's own
 */
record Client(String id, String name, List<String> redirectUris, boolean vouched) {

  private static final String LOOPBACK = "http://127.0.0.1";
  private static final Pattern PORT = Pattern.compile(":[1-9][0-9]{0,4}");
  private static final int MOST_CHARACTERS = 512;

  /** The command line, on whatever machine it runs. */
  static final Client COMMAND_LINE =
      new Client(
          "ephemeris-cli", "ephemeris, the command line", List.of(LOOPBACK + "/callback"), true);

  /** What the command line runs for programs on the same machine: an agent of the person's. */
  static final Client LOCAL_AGENT =
      new Client("ephemeris-mcp", "ephemeris mcp, on the person's machine", List.of(), true);

  /** The gateway's own. */
  static Optional<Client> own(String id) {
    return Stream.of(COMMAND_LINE, LOCAL_AGENT).filter(own -> own.id().equals(id)).findFirst();
  }

  Client {
    redirectUris = List.copyOf(redirectUris);
  }

  /**
   * Whether an answer may go to {@code uri}. Compares text, so that no two parsers can disagree
   * about it.
   */
  boolean redirectsTo(String uri) {
    return (redirectUris.contains(uri) && !uri.startsWith(LOOPBACK + "/"))
        || redirectUris.stream().anyMatch(registered -> ofAnyPort(registered, uri));
  }

  private static boolean ofAnyPort(String registered, String uri) {
    if (!registered.startsWith(LOOPBACK + "/") || !uri.startsWith(LOOPBACK + ":")) {
      return false;
    }
    String path = registered.substring(LOOPBACK.length());
    return uri.endsWith(path)
        && uri.length() >= LOOPBACK.length() + path.length()
        && PORT.matcher(uri.substring(LOOPBACK.length(), uri.length() - path.length())).matches();
  }

  /**
   * A redirect URI that may be registered: {@code https}, or {@code http} on the machine itself, by
   * address or as {@code localhost}; without user and fragment (RFC 6749 §3.1.2, RFC 8252 §7.3).
   */
  static Optional<String> redirectUri(String text) {
    try {
      URI uri = new URI(text);
      boolean here =
          "http".equals(uri.getScheme())
              && ("127.0.0.1".equals(uri.getHost()) || "localhost".equals(uri.getHost()));
      boolean accepted =
          text.length() <= MOST_CHARACTERS
              && uri.getHost() != null
              // A page's policy can't name such a host, so that a browser would not go there.
              && !uri.getHost().startsWith("[")
              && uri.getRawUserInfo() == null
              && uri.getRawFragment() == null
              && uri.getRawPath().startsWith("/")
              && (here || "https".equals(uri.getScheme()));
      return accepted ? Optional.of(text) : Optional.empty();
    } catch (URISyntaxException notOne) {
      return Optional.empty();
    }
  }
}
