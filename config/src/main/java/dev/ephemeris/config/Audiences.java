package dev.ephemeris.config;

import static dev.ephemeris.config.Configuration.require;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What an issuer's tokens say that they are for. A token for one isn't accepted for the other; what
 * is left out, the issuer's tokens aren't for at all. Those of an issuer that has neither aren't
 * accepted from whoever shows them.
 *
 * @param api the API and the command line
 * @param dataPlane requests of Cosmos DB's SDKs, which send such a token as they would send one of
 *     Entra ID's
 * @param mcp the door of agents, which come with a token of whom they act for
 */
public record Audiences(Optional<String> api, Optional<String> dataPlane, Optional<String> mcp) {

  /** Cosmos DB itself: its scope, its accounts in every cloud, and its application in Entra ID. */
  private static final Pattern COSMOS =
      Pattern.compile(
          "https://cosmos\\.azure\\.(com|us|cn)/?"
              + "|https://[^/]*\\.documents\\.(azure\\.com|azure\\.us|azure\\.cn)(:443)?/?"
              + "|a232010e-820c-4083-83bb-3ace5fc29d0b",
          Pattern.CASE_INSENSITIVE);

  /**
   * @throws dev.ephemeris.policy.yaml.InvalidField (an IllegalArgumentException) naming what is
   *     malformed
   */
  public Audiences {
    require(
        api.filter(String::isBlank).isEmpty(), "expected the audience of the API's tokens", "api");
    require(
        dataPlane.filter(String::isBlank).isEmpty(),
        "expected the audience of the data plane's tokens",
        "dataPlane");
    require(
        api.isEmpty() || !api.equals(dataPlane),
        "expected another audience than the API's",
        "dataPlane");
    require(
        mcp.filter(String::isBlank).isEmpty(), "expected the audience of agents' tokens", "mcp");
    require(
        mcp.isEmpty() || !(mcp.equals(api) || mcp.equals(dataPlane)),
        "expected another audience than the API's and the data plane's",
        "mcp");
    requireOwn(api, "api");
    requireOwn(dataPlane, "dataPlane");
    requireOwn(mcp, "mcp");
  }

  private static void requireOwn(Optional<String> audience, String name) {
    require(
        audience.filter(Audiences::isCosmos).isEmpty(),
        "tokens for Cosmos DB itself are good without the gateway; expected an audience of its own",
        name);
  }

  /** All of them. */
  public Set<String> all() {
    return Stream.of(api, dataPlane, mcp)
        .flatMap(Optional::stream)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether a token for this audience is good at Cosmos DB itself, past the gateway. */
  public static boolean isCosmos(String audience) {
    return COSMOS.matcher(audience).matches();
  }
}
