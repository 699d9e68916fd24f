package dev.ephemeris.gateway.identity;

import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import java.util.Map;

/**
 * Who somebody is by what their issuer said: all that a catalog is asked by.
 *
 * @param claims those that are kept of it
 */
public record Identity(PrincipalId id, PrincipalKind kind, Map<String, String> claims) {

  public Identity {
    claims = Map.copyOf(claims);
  }

  public static Identity of(Principal principal) {
    return new Identity(principal.id(), principal.kind(), principal.claims());
  }
}
