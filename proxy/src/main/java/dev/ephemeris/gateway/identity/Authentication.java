package dev.ephemeris.gateway.identity;

import dev.ephemeris.policy.Principal;
import java.time.Instant;
import java.util.Optional;

/** What became of a presented token. */
public sealed interface Authentication {

  /**
   * It is this principal's, in this session.
   *
   * @param client the OAuth client that the token was given to, which may be another than the
   *     session's first
   * @param signedInAt when the person last proved who they are, if the token says
   * @param mfaUntil until when the second factor of that counts; empty if there was none
   * @param actsFor if they are an agent, for whom it acts, whose token was shown beside its own
   */
  record Accepted(
      Principal principal,
      Session session,
      String client,
      Optional<Instant> signedInAt,
      Optional<Instant> mfaUntil,
      Optional<Accepted> actsFor)
      implements Authentication {

    /** Somebody who acts for themselves. */
    public Accepted(
        Principal principal,
        Session session,
        String client,
        Optional<Instant> signedInAt,
        Optional<Instant> mfaUntil) {
      this(principal, session, client, signedInAt, mfaUntil, Optional.empty());
    }
  }

  /**
   * It isn't accepted.
   *
   * @param reason for the caller and the journal: what is wrong, never the token
   */
  record Rejected(String reason) implements Authentication {}

  /** It can't be told: the issuer or the store doesn't answer. */
  record Unavailable(String part, String reason) implements Authentication {}
}
