package dev.ephemeris.policy;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A named set of actions.
 *
 * @param azureId the id of the role definition that Azure has built in, if this is one
 * @param actions never empty
 */
public record Role(RoleName name, Optional<UUID> azureId, Set<Action> actions) {

  /** Azure's "Cosmos DB Built-in Data Reader", with Azure's id and actions. */
  public static final Role DATA_READER =
      new Role(
          new RoleName("data-reader"),
          Optional.of(UUID.fromString("00000000-0000-0000-0000-000000000001")),
          EnumSet.of(
              Action.READ_METADATA,
              Action.ITEMS_READ,
              Action.EXECUTE_QUERY,
              Action.READ_CHANGE_FEED));

  /** Azure's "Cosmos DB Built-in Data Contributor", with Azure's id and actions. */
  public static final Role DATA_CONTRIBUTOR =
      new Role(
          new RoleName("data-contributor"),
          Optional.of(UUID.fromString("00000000-0000-0000-0000-000000000002")),
          Action.dataActions());

  static final List<Role> BUILT_IN = List.of(DATA_READER, DATA_CONTRIBUTOR);

  public Role {
    actions = Collections.unmodifiableSet(EnumSet.copyOf(actions));
  }
}
