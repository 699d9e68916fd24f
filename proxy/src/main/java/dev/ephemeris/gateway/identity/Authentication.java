package dev.ephemeris.gateway.identity;

import dev.ephemeris.policy.Principal;

/** What became of a presented token. */
public sealed interface Authentication {

  /** It is this principal's, in this session. */
  record Accepted(Principal principal, Session session) implements Authentication {}

  /**
   * It isn't accepted.
   *
   * @param reason for the caller and the journal: what is wrong, never the token
   */
  record Rejected(String reason) implements Authentication {}

  /** It can't be told: the issuer or the store doesn't answer. */
  record Unavailable(String part, String reason) implements Authentication {}
}
