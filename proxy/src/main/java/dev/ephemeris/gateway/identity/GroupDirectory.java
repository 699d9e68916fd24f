package dev.ephemeris.gateway.identity;

import dev.ephemeris.policy.Component;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.OwnedScope;
import dev.ephemeris.policy.UserRef;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Which User of the catalog somebody is, and which groups that User is in. Thread-safe. */
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

  /**
   * The one User that this is; empty if there is none, or more than one claims to be. Each issuer's
   * people are found in one way, and in no other if that finds nobody.
   */
  Optional<CatalogUser> find(Identity who);

  /** What of the catalog this workload is; empty if nothing is, or more than one claims to be. */
  default Optional<Component> component(Identity who) {
    return Optional.empty();
  }

  /**
   * Whether somebody can't be looked for, since what they would be found by isn't known of them: a
   * lease of before the configuration asked for it. Who isn't told from others has no rights, as a
   * group that they are in may take some away.
   */
  default boolean isUntold(Identity who) {
    return false;
  }

  /**
   * Which object in Entra ID somebody is, as far as the catalog says; empty if it doesn't, or more
   * than one claims to be that.
   */
  default Optional<UUID> objectId(Identity who) {
    return Optional.empty();
  }

  /** Everything by which an issuer's people would be found as this User. */
  default List<Linked> linked(UserRef user) {
    return List.of();
  }

  /**
   * Why nobody may rely on what this says at {@code now}; empty if everybody may. Groups take away
   * as well as give, so that whoever isn't told of them is told nothing.
   */
  default Optional<String> unavailable(Instant now) {
    return Optional.empty();
  }

  /**
   * How many there are to be found, by the name of the issuer that they are found by.
   *
   * @param users Users, each as often as it is found
   * @param workloads workloads that something in the catalog is
   */
  record Found(Map<String, Integer> users, Map<String, Integer> workloads) {
    public Found {
      users = Map.copyOf(users);
      workloads = Map.copyOf(workloads);
    }
  }

  /** For whoever wonders why somebody isn't found. */
  default Found found() {
    return new Found(Map.of(), Map.of());
  }

  /** Everybody whom there is to be found, to be gone through; nobody if there is no catalog. */
  default EntityDirectory everybody() {
    return EntityDirectory.of(List.of(), Map.of());
  }

  /** What of the catalog doesn't count, each with why, for whoever keeps it. */
  default List<String> notices() {
    return List.of();
  }
}
