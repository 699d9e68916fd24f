package dev.ephemeris.gateway.identity;

import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.OwnedScope;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.UserRef;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which catalog User a principal is, and which groups that User is in. Thread-safe. */
public interface GroupDirectory {

  /**
   * A User of the catalog.
   *
   * @param groups every group it is in, through other groups too
   * @param owns what is its own, or one of its groups'
   */
  record CatalogUser(UserRef ref, Set<GroupRef> groups, Set<OwnedScope> owns) {
    public CatalogUser {
      groups = Set.copyOf(groups);
      owns = Set.copyOf(owns);
    }
  }

  /** The one User with this subject; empty if there is none, or more than one claims it. */
  Optional<CatalogUser> find(PrincipalId principal);

  /**
   * Why nobody may rely on what this says at {@code now}; empty if everybody may. Groups take away
   * as well as give, so that whoever isn't told of them is told nothing.
   */
  default Optional<String> unavailable(Instant now) {
    return Optional.empty();
  }

  /** What of the catalog doesn't count, each with why, for whoever keeps it. */
  default List<String> notices() {
    return List.of();
  }
}
