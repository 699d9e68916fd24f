package dev.ephemeris.policy;

import java.util.Optional;
import java.util.Set;

/**
 * Tells whether one rule holds wherever another does, as far as that can be seen rule by rule: of
 * several rules that cover another only together, it knows nothing.
 *
 * @param catalog which groups are within which
 */
record Coverer(Catalog catalog) {

  /** Whether {@code wide} holds for all callers, actions and places that {@code narrow} does. */
  boolean covers(Rule wide, Rule narrow) {
    return covers(wide.subjects(), narrow.subjects())
        && wide.actions().containsAll(narrow.actions())
        && narrow.scopes().stream()
            .allMatch(scope -> wide.scopes().stream().anyMatch(other -> other.covers(scope)))
        && narrow.environments().stream()
            .allMatch(
                pattern -> wide.environments().stream().anyMatch(other -> other.covers(pattern)))
        && wide.lanes().containsAll(narrow.lanes());
  }

  private boolean covers(Subjects wide, Subjects narrow) {
    // Every criterion by name: one that is added to the language doesn't compile until it is here.
    return switch (wide) {
      case Subjects(Optional<Set<GroupRef>> groups, Optional<PrincipalKind> principal) ->
          groups.map(any -> isWithin(narrow.groups(), any)).orElse(true)
              && principal.map(kind -> narrow.principal().equals(Optional.of(kind))).orElse(true);
    };
  }

  private boolean isWithin(Optional<Set<GroupRef>> narrow, Set<GroupRef> wide) {
    return narrow
        .map(
            each ->
                each.stream()
                    .allMatch(
                        group -> wide.stream().anyMatch(other -> catalog.isWithin(group, other))))
        .orElse(false);
  }

  /** Whether nothing but what kind of caller it is keeps anybody out. */
  static boolean isForEverybody(Subjects subjects) {
    return switch (subjects) {
      case Subjects(Optional<Set<GroupRef>> groups, Optional<PrincipalKind> principal) ->
          groups.isEmpty();
    };
  }
}
