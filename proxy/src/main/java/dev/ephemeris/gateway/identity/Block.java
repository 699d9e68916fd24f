package dev.ephemeris.gateway.identity;

import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.RowSeal;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What ending somebody's access by force leaves behind, so that showing the same identity again
 * doesn't open it again. A person is let in after a later sign-in; a workload or an agent, which
 * sign in all the time, only when the block is lifted, and so is whoever was suspended.
 *
 * @param account where it keeps them out; everywhere if empty
 * @param suspends whether people, too, are kept out until it is lifted
 * @param madeBy who made it; who is kept out by it may lift it only if they did
 */
public record Block(
    String id,
    BlockTarget target,
    Optional<String> account,
    Instant at,
    boolean suspends,
    PrincipalId madeBy,
    Optional<Instant> liftedAt) {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int ID_LENGTH = 20;

  /** The id of a block that nothing else gives one. */
  public static String newId() {
    StringBuilder id = new StringBuilder("b-");
    RANDOM.ints(ID_LENGTH, 0, ALPHABET.length()).forEach(i -> id.append(ALPHABET.charAt(i)));
    return id.toString();
  }

  /**
   * Whether it keeps out somebody of this kind, if they are its target; of an agent, if it acts for
   * one of this kind.
   *
   * @param signedInAt when they last proved who they are, if that is known
   */
  public boolean holds(PrincipalKind kind, Optional<Instant> signedInAt) {
    return liftedAt.isEmpty()
        && (endsByLiftingOnly(kind) || signedInAt.filter(at::isBefore).isEmpty());
  }

  /** Whether one of this kind doesn't come in again by signing in. */
  public boolean endsByLiftingOnly(PrincipalKind kind) {
    return suspends || kind != PrincipalKind.PERSON;
  }

  /** Whether it is one that somebody made of themselves, or of an agent that acts for them. */
  public boolean isOfItsMaker() {
    return switch (target) {
      case BlockTarget.OfPrincipal(PrincipalId id) -> id.equals(madeBy);
      case BlockTarget.OfAgent(PrincipalId agent, PrincipalId whom) -> whom.equals(madeBy);
      case BlockTarget.OfUser user -> false;
      case BlockTarget.OfGroup group -> false;
      case BlockTarget.OfClient client -> false;
      case BlockTarget.Anyone anyone -> false;
    };
  }

  Block lifted(Instant now) {
    return new Block(id, target, account, at, suspends, madeBy, Optional.of(now));
  }

  /** What is made of one that somebody changed in the store: it holds, whatever it says. */
  Block untouchable() {
    return new Block(id, target, Optional.empty(), at, true, madeBy, Optional.empty());
  }

  /** What its MAC covers. */
  byte[] canonical() {
    return RowSeal.row(
        "block",
        List.of(
            id,
            target.kind(),
            target.name(),
            account.orElse(""),
            Long.toString(Database.micros(at)),
            Boolean.toString(suspends),
            madeBy.issuer(),
            madeBy.subject(),
            liftedAt.map(Database::micros).map(String::valueOf).orElse("")));
  }
}
