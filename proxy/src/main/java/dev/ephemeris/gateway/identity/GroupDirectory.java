package dev.ephemeris.gateway.identity;

import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.PrincipalId;
import java.util.Optional;
import java.util.Set;

/** Which catalog User a principal is, and which groups that User is in. Thread-safe. */
public interface GroupDirectory {

  /**
   * A User of the catalog.
   *
   * @param ref the entity ref, {@code user:default/alice}
   * @param groups every group it is in, through other groups too
   */
  record CatalogUser(String ref, Set<GroupRef> groups) {
    public CatalogUser {
      groups = Set.copyOf(groups);
    }
  }

  /** The one User with this subject; empty if there is none, or more than one claims it. */
  Optional<CatalogUser> find(PrincipalId principal);
}
