package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.policy.Action;
import java.util.EnumSet;
import java.util.Set;

/** Azure's data actions that an operation takes, all of them needed. */
final class DataActions {

  private DataActions() {}

  /** Empty: the operation isn't to be had here, whatever the policy says. */
  static Set<Action> of(Operation operation) {
    return switch (operation) {
      case READ_ACCOUNT, READ_DATABASE, READ_CONTAINER, READ_PARTITION_KEY_RANGES -> METADATA;
      case CREATE_ITEM -> EnumSet.of(Action.ITEMS_CREATE);
      case UPSERT_ITEM -> EnumSet.of(Action.ITEMS_UPSERT);
      case READ_ITEM -> EnumSet.of(Action.ITEMS_READ);
      case REPLACE_ITEM -> EnumSet.of(Action.ITEMS_REPLACE);
      // The answer to a patch is the whole item, and its condition tells about it.
      case PATCH_ITEM -> EnumSet.of(Action.ITEMS_REPLACE, Action.ITEMS_READ);
      case DELETE_ITEM -> EnumSet.of(Action.ITEMS_DELETE);
      case QUERY_ITEMS, QUERY_PLAN -> EnumSet.of(Action.EXECUTE_QUERY);
      case LIST_DATABASES,
          QUERY_DATABASES,
          CREATE_DATABASE,
          DELETE_DATABASE,
          LIST_CONTAINERS,
          QUERY_CONTAINERS,
          CREATE_CONTAINER,
          REPLACE_CONTAINER,
          DELETE_CONTAINER,
          BATCH,
          READ_ITEM_FEED,
          READ_CHANGE_FEED,
          QUERY_CHANGE_FEED,
          SCRIPT,
          EXECUTE_STORED_PROCEDURE,
          CONFLICT ->
          NONE;
    };
  }

  private static final Set<Action> METADATA = EnumSet.of(Action.READ_METADATA);
  private static final Set<Action> NONE = EnumSet.noneOf(Action.class);
}
