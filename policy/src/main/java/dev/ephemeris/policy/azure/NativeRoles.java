package dev.ephemeris.policy.azure;

import dev.ephemeris.policy.Scope;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The native RBAC of some accounts.
 *
 * @param existing databases and containers that are known to be there; empty if nobody said
 * @param leftOut what was there too, but can't be read
 */
public record NativeRoles(
    List<RoleDefinition> definitions,
    List<RoleAssignment> assignments,
    Set<Scope> existing,
    List<LeftOut> leftOut) {

  public NativeRoles {
    definitions = List.copyOf(definitions);
    assignments = List.copyOf(assignments);
    existing = Set.copyOf(existing);
    leftOut = List.copyOf(leftOut);
  }

  /**
   * Reads what {@code az cosmosdb sql role definition list}, {@code … role assignment list}, {@code
   * … database list} and {@code … container list} print, one after the other in any order.
   *
   * <p>A resource with a property that isn't known here isn't read: it may narrow what the others
   * say.
   *
   * @param resources JSON's objects as maps, arrays as lists, and null as null
   */
  public static NativeRoles read(List<?> resources) {
    Reading reading = new Reading();
    resources.forEach(reading::add);
    return new NativeRoles(
        reading.definitions, reading.assignments, reading.existing, reading.leftOut);
  }

  /**
   * Whether the scope is of something that isn't there any more, as far as is known: other
   * databases of its account are, or other containers of its database.
   */
  boolean gone(Scope scope) {
    if (scope.container().isPresent() && listsBeside(scope)) {
      return !existing.contains(scope);
    }
    return scope.database().isPresent()
        && existing.stream()
            .anyMatch(
                other -> other.account().equals(scope.account()) && other.container().isEmpty())
        && !existing.contains(Scope.of(scope.account(), scope.database().orElseThrow()));
  }

  private boolean listsBeside(Scope container) {
    return existing.stream()
        .anyMatch(
            other ->
                other.container().isPresent()
                    && other.account().equals(container.account())
                    && other.database().equals(container.database()));
  }

  /** What was read so far. */
  private static final class Reading {
    private static final String DATABASE = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases";
    private static final String CONTAINER = DATABASE + "/containers";

    private final List<RoleDefinition> definitions = new ArrayList<>();
    private final List<RoleAssignment> assignments = new ArrayList<>();
    private final Set<Scope> existing = new HashSet<>();
    private final List<LeftOut> leftOut = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();
    private int number;

    private void add(Object value) {
      number++;
      if (!(value instanceof Map<?, ?> map)) {
        leftOut.add(new LeftOut("entry " + number, "it is no resource"));
        return;
      }
      Resource resource = new Resource(map);
      String name = map.get("id") instanceof String id ? id : "entry " + number;
      try {
        // The same file twice says nothing new; two resources of one id would be one too many.
        if (!seen.add(resource.lowerCaseId())) {
          throw new IllegalArgumentException("its id stands here twice");
        }
        switch (resource.text("type")) {
          case RoleDefinition.TYPE -> definitions.add(resource.definition());
          case RoleAssignment.TYPE -> assignments.add(resource.assignment());
          case DATABASE, CONTAINER -> existing.add(resource.databaseOrContainer());
          default -> throw new IllegalArgumentException("resources of this type aren't read here");
        }
      } catch (IllegalArgumentException e) {
        leftOut.add(new LeftOut(name, String.valueOf(e.getMessage())));
      }
    }
  }
}
