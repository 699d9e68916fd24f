package dev.ephemeris.gateway.lease;

import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * What ending somebody's implicit lease by force leaves behind, so that showing the same identity
 * again doesn't open another. A person is let in again after a later sign-in; a workload, which
 * signs in all the time, only when the block is lifted.
 *
 * @param account where it keeps them out
 * @param madeBy who made it; its principal may lift it only if they did
 */
public record Block(
    String id,
    PrincipalId principal,
    PrincipalKind kind,
    String account,
    Instant at,
    PrincipalId madeBy,
    Optional<Instant> liftedAt) {

  /**
   * Whether it keeps its principal out.
   *
   * @param signedInAt when they last proved who they are, if that is known
   */
  public boolean holds(Optional<Instant> signedInAt) {
    boolean signedInSince =
        kind == PrincipalKind.PERSON && signedInAt.filter(at::isBefore).isPresent();
    return liftedAt.isEmpty() && !signedInSince;
  }

  Block lifted(Instant now) {
    return new Block(id, principal, kind, account, at, madeBy, Optional.of(now));
  }

  /** What its MAC covers: every column, none of which can run into the next. */
  byte[] canonical() {
    return String.join(
            "\0",
            "block",
            id,
            principal.issuer(),
            principal.subject(),
            kind.name(),
            account,
            Long.toString(Database.micros(at)),
            madeBy.issuer(),
            madeBy.subject(),
            liftedAt.map(Database::micros).map(String::valueOf).orElse(""))
        .getBytes(StandardCharsets.UTF_8);
  }
}
