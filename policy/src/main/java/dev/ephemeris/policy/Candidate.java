package dev.ephemeris.policy;

import static java.util.stream.Collectors.joining;

import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Somebody of whom a policy is asked before they come: a person of the catalog, or whoever is in a
 * group, as one kind of principal.
 *
 * @param name as people know them, for example {@code user:default/alice}; of several kinds of the
 *     same, the same
 */
public record Candidate(String name, Principal principal) {

  /** What each name was asked about. */
  static Map<String, Set<PrincipalKind>> kinds(Collection<Candidate> candidates) {
    Map<String, Set<PrincipalKind>> kinds = new LinkedHashMap<>();
    for (Candidate candidate : candidates) {
      kinds
          .computeIfAbsent(candidate.name(), name -> EnumSet.noneOf(PrincipalKind.class))
          .add(candidate.principal().kind());
    }
    return kinds;
  }

  /** The names of some, with their kind where it takes that to tell them from the others. */
  static List<String> names(Collection<Candidate> some, Map<String, Set<PrincipalKind>> all) {
    return kinds(some).entrySet().stream()
        .map(
            entry ->
                entry.getValue().equals(all.get(entry.getKey()))
                    ? entry.getKey()
                    : entry.getKey() + " as " + spelt(entry.getValue()))
        .toList();
  }

  private static String spelt(Set<PrincipalKind> kinds) {
    return kinds.stream()
        .map(kind -> kind.name().toLowerCase(Locale.ROOT))
        .collect(joining(" or "));
  }
}
