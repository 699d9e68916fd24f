package dev.ephemeris.simulator.cosmos;

import com.nimbusds.jose.jwk.JWKSet;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Whose access tokens an account takes.
 *
 * @param issuer their exact {@code iss}
 * @param audiences what their {@code aud} may be
 * @param keys the issuer's keys as published now; asked for each token, from any thread
 */
public record EntraTenant(String issuer, Set<String> audiences, Supplier<JWKSet> keys) {

  public EntraTenant {
    audiences = Set.copyOf(audiences);
  }
}
