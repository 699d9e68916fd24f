package dev.ephemeris.simulator.issuer;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * An application that may ask this issuer for tokens.
 *
 * @param clientId its id
 * @param grantTypes what it may use at the token endpoint
 * @param redirectUris where a browser may be sent back to, after sign-in and after logout. The
 *     comparison is exact; {@code http://127.0.0.1/path} without a port stands for every port (RFC
 *     8252 §7.3), as does {@code https://localhost/path}
 * @param secret present for a confidential client, which then always has to show it
 */
public record Client(
    String clientId,
    Set<GrantType> grantTypes,
    List<String> redirectUris,
    Optional<ClientSecret> secret) {

  private static final List<String> LOOPBACK = List.of("http://127.0.0.1", "https://localhost");
  private static final Pattern PORT = Pattern.compile(":[1-9][0-9]{0,4}");

  /**
   * Throws {@link IllegalArgumentException} if the parts don't make a client that could ever work.
   */
  public Client {
    grantTypes = Set.copyOf(grantTypes);
    redirectUris = List.copyOf(redirectUris);
    if (clientId.isBlank()) {
      throw new IllegalArgumentException("A client needs an id");
    }
    if (grantTypes.contains(GrantType.CLIENT_CREDENTIALS) && secret.isEmpty()) {
      // RFC 6749 §4.4: only confidential clients
      throw new IllegalArgumentException(
          "Client " + clientId + " needs a secret to use client credentials");
    }
    redirectUris.forEach(Client::checkRedirectUri);
  }

  /** A public client: it has no secret and proves itself by PKCE or a device code. */
  public static Client open(String clientId, Set<GrantType> grantTypes, List<String> redirectUris) {
    return new Client(clientId, grantTypes, redirectUris, Optional.empty());
  }

  /** A workload that signs in as itself, by its secret. */
  public static Client workload(String clientId, ClientSecret secret) {
    return new Client(
        clientId, Set.of(GrantType.CLIENT_CREDENTIALS), List.of(), Optional.of(secret));
  }

  boolean may(GrantType grantType) {
    return grantTypes.contains(grantType);
  }

  /**
   * Whether a browser may be sent to {@code uri}. Compares text, so that no two parsers can
   * disagree about it.
   */
  boolean redirectsTo(String uri) {
    return redirectUris.contains(uri)
        || redirectUris.stream().anyMatch(registered -> matchesAnyPort(registered, uri));
  }

  private static boolean matchesAnyPort(String registered, String uri) {
    return LOOPBACK.stream().anyMatch(origin -> matchesAnyPort(origin, registered, uri));
  }

  private static boolean matchesAnyPort(String origin, String registered, String uri) {
    if (!registered.startsWith(origin + "/") || !uri.startsWith(origin + ":")) {
      return false;
    }
    var path = registered.substring(origin.length());
    return uri.endsWith(path)
        && uri.length() >= origin.length() + path.length()
        && PORT.matcher(uri.substring(origin.length(), uri.length() - path.length())).matches();
  }

  private static void checkRedirectUri(String text) {
    var uri = URI.create(text);
    var web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    // Content-Security-Policy can't name an IPv6 origin, so a browser would block the way back.
    if (!web
        || uri.getHost() == null
        || uri.getHost().startsWith("[")
        || uri.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "Not a redirect URI that a browser can be sent to: " + text);
    }
  }
}
