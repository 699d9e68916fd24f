package dev.ephemeris.gateway.mcp;

import dev.ephemeris.gateway.identity.Authentication;

/**
 * Who asks by a tool.
 *
 * @param is an agent that acts for somebody
 * @param address where it asks from
 */
public record Agent(Authentication.Accepted is, String address) {

  /**
   * @throws IllegalArgumentException if it acts for nobody
   */
  public Agent {
    if (is.actsFor().isEmpty()) {
      throw new IllegalArgumentException("whoever comes by the agents' door acts for somebody");
    }
  }

  /** For whom it acts. */
  Authentication.Accepted whom() {
    return is.actsFor().orElseThrow();
  }
}
