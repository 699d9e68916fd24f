package dev.ephemeris.gateway.lease;

import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.UserRef;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What an approver said to an access request.
 *
 * @param user who they are in the catalog: one human is one approver, by whatever they sign in
 * @param groups of those that may approve it, the ones that they were a member of
 * @param owner whether what asks is theirs, so that their word alone isn't enough
 * @param narrowed to what they agreed; to all that was asked for if empty
 * @param comment a line of up to 500 characters
 */
public record AccessAnswer(
    PrincipalId by,
    Optional<UserRef> user,
    Verdict verdict,
    Instant at,
    Set<GroupRef> groups,
    boolean owner,
    Narrowed narrowed,
    Optional<String> comment) {

  /** Yes or no; and of a glass that was broken, whether there was reason to. */
  public enum Verdict {
    APPROVED,
    DENIED,
    JUSTIFIED,
    UNJUSTIFIED;

    /** As documents have it: {@code approved}. */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it is said of a glass that was broken. */
    boolean isReview() {
      return this == JUSTIFIED || this == UNJUSTIFIED;
    }
  }

  /** Less than was asked for; what is empty is as it was. */
  public record Narrowed(
      Optional<Scope> scope, Optional<PartitionKey> partitionKey, Optional<Duration> ttl) {

    public static final Narrowed NOT =
        new Narrowed(Optional.empty(), Optional.empty(), Optional.empty());

    public Narrowed {
      if (ttl.filter(time -> !time.isPositive()).isPresent()) {
        throw new IllegalArgumentException("a lease lasts longer than no time");
      }
    }
  }

  public AccessAnswer {
    groups = Set.copyOf(groups);
    comment.ifPresent(LeaseRequest::requireReason);
  }

  /** Whether it is the same human's. */
  boolean isBy(PrincipalId who, Optional<UserRef> whoInCatalog) {
    return by.equals(who) || (user.isPresent() && user.equals(whoInCatalog));
  }
}
