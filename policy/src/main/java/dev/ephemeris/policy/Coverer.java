package dev.ephemeris.policy;

import java.util.List;
import java.util.Map;
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
        && wide.lanes().containsAll(narrow.lanes())
        && isWithin(narrow.partitionKey(), wide.partitionKey())
        && (wide.when().isNone() || wide.when().equals(narrow.when()));
  }

  private static boolean isWithin(List<KeyPart> narrow, List<KeyPart> wide) {
    return narrow.size() >= wide.size() && narrow.subList(0, wide.size()).equals(wide);
  }

  private boolean covers(Subjects wide, Subjects narrow) {
    // Every criterion by name: one that is added to the language doesn't compile until it is here.
    return switch (wide) {
      case Subjects(
              Optional<Set<GroupRef>> groups,
              Optional<Set<UserRef>> users,
              boolean owners,
              Optional<String> issuer,
              Optional<Map<String, ClaimPattern>> claims,
              Optional<PrincipalKind> principal,
              Optional<Subjects.ActsFor> actsFor) ->
          isWithinGroups(narrow.groups(), groups)
              && isAmong(narrow.users(), users)
              && (!owners || narrow.owners())
              && isSame(narrow.issuer(), issuer)
              && areWithin(narrow.claims().orElse(Map.of()), claims.orElse(Map.of()))
              && isSame(narrow.principal(), principal)
              && (isSame(principal, narrow.principal())
                  || (groups.isEmpty() && !owners)
                  || !isForWorkloads(narrow))
              && (actsFor.isEmpty() || actsFor.equals(narrow.actsFor()));
    };
  }

  /** Then, of groups and owners, it is for workloads too that aren't members but Components. */
  private static boolean isForWorkloads(Subjects subjects) {
    return subjects.principal().filter(PrincipalKind.WORKLOAD::equals).isPresent();
  }

  private boolean isWithinGroups(Optional<Set<GroupRef>> narrow, Optional<Set<GroupRef>> wide) {
    return wide.isEmpty()
        || narrow
            .filter(
                each ->
                    each.stream()
                        .allMatch(
                            group ->
                                wide.get().stream()
                                    .anyMatch(other -> catalog.isWithin(group, other))))
            .isPresent();
  }

  private static boolean isAmong(Optional<Set<UserRef>> narrow, Optional<Set<UserRef>> wide) {
    return wide.isEmpty() || narrow.filter(wide.get()::containsAll).isPresent();
  }

  private static boolean isSame(Optional<?> narrow, Optional<?> wide) {
    return wide.isEmpty() || wide.equals(narrow);
  }

  private static boolean areWithin(
      Map<String, ClaimPattern> narrow, Map<String, ClaimPattern> wide) {
    return wide.entrySet().stream()
        .allMatch(
            claim ->
                Optional.ofNullable(narrow.get(claim.getKey()))
                    .filter(claim.getValue()::covers)
                    .isPresent());
  }

  /** Whether nothing but what kind of caller it is, or its issuer, keeps anybody out. */
  static boolean isForEverybody(Subjects subjects) {
    return switch (subjects) {
      case Subjects(
              Optional<Set<GroupRef>> groups,
              Optional<Set<UserRef>> users,
              boolean owners,
              Optional<String> issuer,
              Optional<Map<String, ClaimPattern>> claims,
              Optional<PrincipalKind> principal,
              Optional<Subjects.ActsFor> actsFor) ->
          groups.isEmpty() && users.isEmpty() && !owners && claims.isEmpty() && actsFor.isEmpty();
    };
  }
}
