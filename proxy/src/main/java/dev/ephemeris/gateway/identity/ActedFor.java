package dev.ephemeris.gateway.identity;

import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import java.util.Map;

/**
 * For whom an agent acts: a person or a workload, never an agent.
 *
 * @param claims what their issuer said of them, as far as rules ask
 */
public record ActedFor(PrincipalId id, PrincipalKind kind, Map<String, String> claims) {

  /**
   * @throws IllegalArgumentException if it is an agent: whom that acts for in the end isn't known
   */
  public ActedFor {
    if (kind == PrincipalKind.AGENT) {
      throw new IllegalArgumentException("an agent acts for a person or a workload");
    }
    claims = Map.copyOf(claims);
  }

  Identity identity() {
    return new Identity(id, kind, claims);
  }

  /** This one, if an agent acts for them. */
  public static ActedFor of(Principal principal) {
    return new ActedFor(principal.id(), principal.kind(), principal.claims());
  }
}
