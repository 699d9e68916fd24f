package dev.ephemeris.policy.azure;

import dev.ephemeris.policy.GroupRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Which entity of the catalog is which object in Entra ID, by the annotations that Backstage's
 * provider for Entra ID writes.
 *
 * <p>An id that two entities claim is nobody's: whoever wrote the second would be given what was
 * meant for the first.
 */
public final class EntraIds {
  /** Of a Group. */
  public static final String GROUP_ID = "graph.microsoft.com/group-id";

  /** Of a User. */
  public static final String USER_ID = "graph.microsoft.com/user-id";

  private final Map<UUID, String> entities;
  private final Map<String, UUID> ids;
  private final List<LeftOut> leftOut;

  private EntraIds(Map<UUID, String> entities, List<LeftOut> leftOut) {
    this.entities = Map.copyOf(entities);
    this.leftOut = List.copyOf(leftOut);
    this.ids = new HashMap<>();
    entities.forEach((id, entity) -> ids.put(entity, id));
  }

  /**
   * The ids that these annotations give.
   *
   * @param annotations by entity reference ({@code group:default/dba}, {@code user:default/ada}),
   *     what its annotation says
   */
  public static EntraIds of(Map<String, String> annotations) {
    Map<UUID, List<String>> claims = new TreeMap<>();
    List<LeftOut> leftOut = new ArrayList<>();
    new TreeMap<>(annotations)
        .forEach(
            (entity, text) ->
                Guid.parse(text)
                    .ifPresentOrElse(
                        id -> claims.computeIfAbsent(id, none -> new ArrayList<>()).add(entity),
                        () ->
                            leftOut.add(
                                new LeftOut(
                                    entity, "its id in Entra ID, '" + text + "', is no GUID"))));
    Map<UUID, String> entities = new HashMap<>();
    claims.forEach(
        (id, claimants) -> {
          if (claimants.size() == 1) {
            entities.put(id, claimants.getFirst());
          } else {
            leftOut.add(
                new LeftOut(String.join(", ", claimants), "they claim one id in Entra ID, " + id));
          }
        });
    return new EntraIds(entities, leftOut);
  }

  /** The reference of the entity that {@code id} is. */
  Optional<String> entity(UUID id) {
    return Optional.ofNullable(entities.get(id));
  }

  Optional<UUID> id(GroupRef group) {
    return id(group.toString());
  }

  /** What the entity with this reference is in Entra ID. */
  public Optional<UUID> id(String entity) {
    return Optional.ofNullable(ids.get(entity));
  }

  /** Annotations that count for nothing. */
  List<LeftOut> leftOut() {
    return leftOut;
  }
}
