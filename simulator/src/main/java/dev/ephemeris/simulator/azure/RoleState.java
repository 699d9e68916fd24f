package dev.ephemeris.simulator.azure;

import dev.ephemeris.simulator.cosmos.RoleAssignment;
import dev.ephemeris.simulator.cosmos.RoleDefinition;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The role definitions and assignments of an account at one moment, in order. Immutable. */
record RoleState(Map<UUID, Definition> definitions, Map<UUID, Assignment> assignments) {

  /**
   * A role definition.
   *
   * @param builtIn Azure's own, which nobody changes
   * @param scopes where it can be assigned, in the data plane's form: {@code /}, {@code /dbs/…}
   */
  record Definition(UUID id, boolean builtIn, RoleDefinition role, List<String> scopes) {
    Definition {
      scopes = List.copyOf(scopes);
    }
  }

  /** A role assignment; its scope is in the data plane's form. */
  record Assignment(UUID id, UUID definition, String principalId, String scope) {

    boolean isLike(Assignment other) {
      return definition.equals(other.definition)
          && principalId.equalsIgnoreCase(other.principalId)
          && scope.equals(other.scope);
    }
  }

  RoleState {
    definitions = Collections.unmodifiableMap(new LinkedHashMap<>(definitions));
    assignments = Collections.unmodifiableMap(new LinkedHashMap<>(assignments));
  }

  /** What every account has. */
  static RoleState initial() {
    var definitions = new LinkedHashMap<UUID, Definition>();
    for (var builtIn :
        List.of(
            builtIn(1, RoleDefinition.DATA_READER), builtIn(2, RoleDefinition.DATA_CONTRIBUTOR))) {
      definitions.put(builtIn.id(), builtIn);
    }
    return new RoleState(definitions, Map.of());
  }

  private static Definition builtIn(int number, RoleDefinition role) {
    return new Definition(new UUID(0, number), true, role, List.of("/"));
  }

  RoleState with(Definition definition) {
    var more = new LinkedHashMap<>(definitions);
    more.put(definition.id(), definition);
    return new RoleState(more, assignments);
  }

  RoleState with(Assignment assignment) {
    var more = new LinkedHashMap<>(assignments);
    more.put(assignment.id(), assignment);
    return new RoleState(definitions, more);
  }

  RoleState withoutDefinition(UUID id) {
    var fewer = new LinkedHashMap<>(definitions);
    fewer.remove(id);
    return new RoleState(fewer, assignments);
  }

  RoleState withoutAssignment(UUID id) {
    var fewer = new LinkedHashMap<>(assignments);
    fewer.remove(id);
    return new RoleState(definitions, fewer);
  }

  boolean isAssigned(UUID definition) {
    return assignments.values().stream().anyMatch(one -> one.definition().equals(definition));
  }

  /** The assignments as the data plane takes them. */
  List<RoleAssignment> effective() {
    return assignments.values().stream()
        .flatMap(
            one ->
                Optional.ofNullable(definitions.get(one.definition())).stream()
                    .map(
                        definition ->
                            new RoleAssignment(one.principalId(), definition.role(), one.scope())))
        .toList();
  }
}
