package dev.ephemeris.policy;

import java.util.Set;

/**
 * Who is calling, with everything that a rule can ask about them.
 *
 * @param displayName for people to read; decides nothing
 * @param groups every group they are a member of, directly or through another
 */
public record Principal(
    PrincipalId id, PrincipalKind kind, String displayName, Set<GroupRef> groups) {
  public Principal {
    groups = Set.copyOf(groups);
  }
}
