package dev.ephemeris.config;

import dev.ephemeris.policy.yaml.Default;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where an issuer's ID tokens, by which people sign in at the gateway, are otherwise than its
 * access tokens.
 *
 * @param subject the claims that say who it is; those of access tokens if empty
 * @param require what claims must hold, in the place of what those of access tokens must
 */
public record IdTokens(
    @Default("[]") List<ClaimPath> subject, @Default("{}") Map<ClaimPath, Set<String>> require) {

  /**
   * @throws dev.ephemeris.policy.yaml.InvalidField (an IllegalArgumentException) naming what is
   *     malformed
   */
  public IdTokens {
    subject = List.copyOf(subject);
    require = ClaimValues.each(require, "require");
  }
}
