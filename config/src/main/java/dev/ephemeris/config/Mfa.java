package dev.ephemeris.config;

import static dev.ephemeris.config.Configuration.require;

import dev.ephemeris.policy.yaml.Default;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * By what a token of an issuer shows that its holder signed in with a second factor: any value of
 * any of these claims.
 *
 * @param amr how they proved who they are (RFC 8176)
 * @param acr the class of that proof (OpenID Connect Core 1.0 §2)
 * @param acrs Entra ID's authentication contexts
 * @param maxAge how long it counts, from {@code auth_time} on; as long as the session if empty
 */
public record Mfa(
    @Default("[]") Set<String> amr,
    @Default("[]") Set<String> acr,
    @Default("[]") Set<String> acrs,
    Optional<Duration> maxAge) {

  /**
   * @throws dev.ephemeris.policy.yaml.InvalidField (an IllegalArgumentException) naming what is
   *     malformed
   */
  public Mfa {
    if (amr.isEmpty() && acr.isEmpty() && acrs.isEmpty()) {
      throw new IllegalArgumentException(
          "by what? expected amr, acr or acrs with at least one value");
    }
    require(
        maxAge.filter(age -> !age.isPositive()).isEmpty(),
        "expected a time longer than none",
        "maxAge");
    for (Set<String> values : List.of(amr, acr, acrs)) {
      if (values.stream().anyMatch(String::isBlank)) {
        throw new IllegalArgumentException("expected values that aren't blank");
      }
    }
    amr = Set.copyOf(amr);
    acr = Set.copyOf(acr);
    acrs = Set.copyOf(acrs);
  }
}
