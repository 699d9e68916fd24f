package dev.ephemeris.policy;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who is calling, with everything that a rule can ask about them.
 *
 * @param displayName for people to read; decides nothing
 * @param user who they are in the catalog, if they are a User there
 * @param component what it is in the catalog, if it is a workload that something there names
 * @param groups every group they are a member of, directly or through another
 * @param owns what the catalog says is theirs, or a group's of theirs
 * @param claims what their issuer says of them, as far as it is text and the configuration wants it
 * @param actsFor for whom, if it is an agent that says
 */
public record Principal(
    PrincipalId id,
    PrincipalKind kind,
    String displayName,
    Optional<UserRef> user,
    Optional<Component> component,
    Set<GroupRef> groups,
    Set<OwnedScope> owns,
    Map<String, String> claims,
    Optional<Principal> actsFor) {
  public Principal {
    groups = Set.copyOf(groups);
    owns = Set.copyOf(owns);
    claims = Map.copyOf(claims);
  }

  /** Somebody who is no Component. */
  public Principal(
      PrincipalId id,
      PrincipalKind kind,
      String displayName,
      Optional<UserRef> user,
      Set<GroupRef> groups,
      Set<OwnedScope> owns,
      Map<String, String> claims,
      Optional<Principal> actsFor) {
    this(id, kind, displayName, user, Optional.empty(), groups, owns, claims, actsFor);
  }

  /** What a Component of the catalog runs as, of which nothing else is known. */
  public static Principal workload(PrincipalId id, Component component) {
    return new Principal(
        id,
        PrincipalKind.WORKLOAD,
        id.subject(),
        Optional.empty(),
        Optional.of(component),
        Set.of(),
        Set.of(),
        Map.of(),
        Optional.empty());
  }

  /** The same, acting for somebody. */
  public Principal actingFor(Principal whom) {
    return new Principal(
        id, kind, displayName, user, component, groups, owns, claims, Optional.of(whom));
  }

  /** A member of groups of whom nothing else is known. */
  public Principal(PrincipalId id, PrincipalKind kind, String displayName, Set<GroupRef> groups) {
    this(id, kind, displayName, Optional.empty(), groups, Set.of(), Map.of(), Optional.empty());
  }
}
