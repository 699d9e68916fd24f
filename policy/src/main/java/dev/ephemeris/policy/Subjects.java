package dev.ephemeris.policy;

import static java.util.stream.Collectors.joining;

import dev.ephemeris.policy.yaml.InvalidField;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Whom a rule is for. All criteria that are given must hold, and at least one is.
 *
 * @param groups a member of any of them
 * @param principal this kind of principal
 */
record Subjects(Optional<Set<GroupRef>> groups, Optional<PrincipalKind> principal) {
  Subjects {
    if (groups.isEmpty() && principal.isEmpty()) {
      throw new IllegalArgumentException("for whom? expected groups, principal, or both");
    }
    if (groups.filter(Set::isEmpty).isPresent()) {
      throw new InvalidField("expected at least one group", "groups");
    }
  }

  boolean matches(Principal candidate) {
    return groups.map(any -> any.stream().anyMatch(candidate.groups()::contains)).orElse(true)
        && principal.map(kind -> kind == candidate.kind()).orElse(true);
  }

  /** For example {@code person in group:default/dba}. */
  @Override
  public String toString() {
    String who = principal.map(kind -> kind.name().toLowerCase(Locale.ROOT)).orElse("anyone");
    return who
        + groups
            .map(any -> any.stream().map(GroupRef::toString).sorted().collect(joining(" or ")))
            .map(any -> " in " + any)
            .orElse("");
  }
}
