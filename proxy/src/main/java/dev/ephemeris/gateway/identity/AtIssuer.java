package dev.ephemeris.gateway.identity;

import java.time.Instant;
import java.util.Optional;

/**
 * What a sign-in is called at its issuer, so that it ends with the issuer's.
 *
 * @param subject the {@code sub} of its tokens, which may be another than the principal's subject
 * @param session the {@code sid} of its tokens, if they have one
 * @param since when the token was made, or the person signed in if it says that
 */
public record AtIssuer(
    Optional<String> subject, Optional<String> session, Optional<Instant> since) {

  /** Whether it began before this, or may have: sign-ins are told by the second. */
  boolean isBefore(Instant at) {
    return since.filter(at::isBefore).isEmpty();
  }

  /** Of a session that no token of an issuer's began. */
  static final AtIssuer NOWHERE =
      new AtIssuer(Optional.empty(), Optional.empty(), Optional.empty());
}
