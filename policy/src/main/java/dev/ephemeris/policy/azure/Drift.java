package dev.ephemeris.policy.azure;

import static java.util.Comparator.comparing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * How one native RBAC differs from another.
 *
 * @param missing resource ids that should be there and aren't
 * @param extra resource ids that are there and shouldn't be
 * @param different what is there, and not as it should be
 * @param leftOut what of either couldn't be read, and so isn't compared
 */
public record Drift(
    List<String> missing, List<String> extra, List<Difference> different, List<LeftOut> leftOut) {

  /**
   * One property of a resource.
   *
   * @param resource its id, as it is there
   */
  public record Difference(String resource, String property, String expected, String actual) {}

  public Drift {
    missing = missing.stream().sorted().toList();
    extra = extra.stream().sorted().toList();
    different =
        different.stream()
            .sorted(comparing(Difference::resource).thenComparing(Difference::property))
            .toList();
    leftOut = List.copyOf(leftOut);
  }

  /**
   * Compares them. An assignment of the same role to the same principal at the same scope under
   * another id is there, under a different name; Azure's own roles are in every account and say
   * nothing.
   */
  public static Drift between(NativeRoles expected, NativeRoles actual) {
    Comparison comparison = new Comparison();
    comparison.definitions(expected.definitions(), actual.definitions());
    comparison.assignments(expected.assignments(), actual.assignments());
    return new Drift(
        comparison.missing,
        comparison.extra,
        comparison.different,
        Stream.concat(expected.leftOut().stream(), actual.leftOut().stream()).toList());
  }

  /** Whether nothing differs, and everything was compared. */
  public boolean isNone() {
    return missing.isEmpty() && extra.isEmpty() && different.isEmpty() && leftOut.isEmpty();
  }

  private static final class Comparison {
    private final List<String> missing = new ArrayList<>();
    private final List<String> extra = new ArrayList<>();
    private final List<Difference> different = new ArrayList<>();

    private void definitions(
        Collection<RoleDefinition> expected, Collection<RoleDefinition> actual) {
      Map<String, RoleDefinition> left = new HashMap<>();
      actual.stream()
          .filter(role -> !role.builtIn())
          .forEach(role -> left.put(role.resourceId(), role));
      for (RoleDefinition role : expected) {
        if (role.builtIn()) {
          continue;
        }
        Optional.ofNullable(left.remove(role.resourceId()))
            .ifPresentOrElse(
                there -> {
                  compare(role.resourceId(), "roleName", role.roleName(), there.roleName());
                  compare(
                      role.resourceId(),
                      "dataActions",
                      words(role.dataActions()),
                      words(there.dataActions()));
                  compare(
                      role.resourceId(),
                      "assignableScopes",
                      words(role.assignableScopes()),
                      words(there.assignableScopes()));
                },
                () -> missing.add(role.resourceId()));
      }
      extra.addAll(left.keySet());
    }

    private void assignments(
        Collection<RoleAssignment> expected, Collection<RoleAssignment> actual) {
      Map<String, RoleAssignment> left = new LinkedHashMap<>();
      actual.forEach(assignment -> left.put(assignment.resourceId(), assignment));
      List<RoleAssignment> elsewhere = new ArrayList<>();
      for (RoleAssignment assignment : expected) {
        Optional.ofNullable(left.remove(assignment.resourceId()))
            .ifPresentOrElse(there -> compare(assignment, there), () -> elsewhere.add(assignment));
      }
      for (RoleAssignment assignment : elsewhere) {
        Optional<RoleAssignment> same =
            left.values().stream().filter(assignment::means).findFirst();
        same.ifPresentOrElse(
            there -> {
              left.remove(there.resourceId());
              compare(
                  there.resourceId(), "name", assignment.id().toString(), there.id().toString());
            },
            () -> missing.add(assignment.resourceId()));
      }
      extra.addAll(left.keySet());
    }

    private void compare(RoleAssignment expected, RoleAssignment actual) {
      String id = actual.resourceId();
      compare(id, "principalId", expected.principal().toString(), actual.principal().toString());
      compare(
          id,
          "roleDefinitionId",
          expected.roleDefinition().toString(),
          actual.roleDefinition().toString());
      compare(id, "scope", expected.scope().toString(), actual.scope().toString());
    }

    private void compare(String resource, String property, String expected, String actual) {
      if (!expected.equals(actual)) {
        different.add(new Difference(resource, property, expected, actual));
      }
    }

    private static String words(Collection<?> values) {
      SortedSet<String> words = new TreeSet<>();
      values.forEach(value -> words.add(value.toString()));
      return String.join(", ", words);
    }
  }
}
