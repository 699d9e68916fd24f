package dev.ephemeris.gateway.repetition;

import dev.ephemeris.gateway.identity.Digest;
import dev.ephemeris.policy.PrincipalId;
import java.util.Optional;

/**
 * Something that was asked for with a key.
 *
 * @param principal who asks: a key of somebody else's is another, however it is spelt
 * @param actsFor for whom an agent does
 * @param operation what is to be done, by its name
 * @param key theirs
 * @param request a digest of what exactly is asked for
 */
public record Asked(
    PrincipalId principal,
    Optional<PrincipalId> actsFor,
    String operation,
    String key,
    String request) {

  String id() {
    return Digest.of(
        principal.issuer(),
        principal.subject(),
        actsFor.map(PrincipalId::issuer).orElse(""),
        actsFor.map(PrincipalId::subject).orElse(""),
        operation,
        key);
  }
}
