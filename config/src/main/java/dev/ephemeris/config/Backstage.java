package dev.ephemeris.config;

import static dev.ephemeris.config.Configuration.require;

import dev.ephemeris.policy.yaml.Default;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A Backstage whose catalog says who is in which group, and who owns what.
 *
 * @param baseUrl of its backend; the catalog is at {@code api/catalog/} below it
 * @param tokenFile the file with a static token of its {@code backend.auth.externalAccess}
 * @param caCertificate a PEM file with a certificate authority to trust for it
 * @param origins where entities must come from to count; of any other they are as if not there
 * @param refresh how often the catalog is read again
 * @param freshness how long its last answer counts; after that nobody gets through until there is a
 *     new one
 */
public record Backstage(
    BaseUrl baseUrl,
    Path tokenFile,
    Optional<Path> caCertificate,
    List<Origin> origins,
    @Default("30s") Duration refresh,
    @Default("5m") Duration freshness) {

  private static final Duration SHORTEST = Duration.ofSeconds(1);

  /**
   * @throws dev.ephemeris.policy.yaml.InvalidField (an IllegalArgumentException) naming what is
   *     malformed
   */
  public Backstage {
    require(!origins.isEmpty(), "expected at least one", "origins");
    for (int i = 0; i < origins.size(); i++) {
      require(
          !origins.subList(0, i).contains(origins.get(i)),
          "'" + origins.get(i) + "' stands here twice; expected another",
          "origins",
          i);
    }
    require(refresh.compareTo(SHORTEST) >= 0, "expected at least a second", "refresh");
    require(
        freshness.compareTo(refresh) > 0,
        "an answer has to count until the next one; expected a time longer than refresh",
        "freshness");
    origins = List.copyOf(origins);
  }

  /**
   * {@code https://host/path/}, or {@code http} on the machine itself: the token goes there. It
   * ends in a slash.
   */
  public record BaseUrl(URI uri) {
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

    /**
     * Reads a URL; a slash at the end may be left out.
     *
     * @throws IllegalArgumentException if it is another; the message doesn't repeat it, since a
     *     user may come with a password
     */
    public static BaseUrl parse(String url) {
      try {
        return new BaseUrl(new URI(url.endsWith("/") ? url : url + "/"));
      } catch (URISyntaxException e) {
        throw new IllegalArgumentException(EXPECTATION);
      }
    }

    private static final String EXPECTATION =
        "expected a URL such as https://backstage.example.com/, without user or query";

    public BaseUrl {
      boolean accepted =
          uri.getHost() != null
              && ("https".equals(uri.getScheme())
                  || ("http".equals(uri.getScheme()) && LOOPBACK.contains(uri.getHost())))
              && uri.getRawUserInfo() == null
              && uri.getRawQuery() == null
              && uri.getRawFragment() == null
              && uri.normalize().equals(uri);
      if (!accepted) {
        throw new IllegalArgumentException(EXPECTATION);
      }
    }

    @Override
    public String toString() {
      return uri.toString();
    }
  }
}
