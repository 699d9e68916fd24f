package dev.ephemeris.simulator.cosmos;

import static dev.ephemeris.simulator.cosmos.DataAction.EXECUTE_QUERY;
import static dev.ephemeris.simulator.cosmos.DataAction.ITEMS_CREATE;
import static dev.ephemeris.simulator.cosmos.DataAction.ITEMS_DELETE;
import static dev.ephemeris.simulator.cosmos.DataAction.ITEMS_READ;
import static dev.ephemeris.simulator.cosmos.DataAction.ITEMS_REPLACE;
import static dev.ephemeris.simulator.cosmos.DataAction.ITEMS_UPSERT;
import static dev.ephemeris.simulator.cosmos.DataAction.MANAGE_CONFLICTS;
import static dev.ephemeris.simulator.cosmos.DataAction.READ_METADATA;

import dev.ephemeris.cosmos.CosmosHeaders;
import java.util.List;

/**
 * What a call wants to do, as far as leave to do it goes. Of several headers that select an
 * operation the same one counts as in {@link Routes}.
 */
enum CallKind {
  READ_ACCOUNT(false, READ_METADATA),
  LIST_DATABASES(false, READ_METADATA),
  READ_DATABASE(false, READ_METADATA),
  CREATE_DATABASE(true),
  DELETE_DATABASE(true),
  LIST_CONTAINERS(false, READ_METADATA),
  READ_CONTAINER(false, READ_METADATA),
  CREATE_CONTAINER(true),
  REPLACE_CONTAINER(true),
  DELETE_CONTAINER(true),
  READ_PARTITION_KEY_RANGES(false, READ_METADATA),
  READ_ADDRESSES(false, READ_METADATA),

  CREATE_ITEM(true, ITEMS_CREATE),
  UPSERT_ITEM(true, ITEMS_UPSERT),
  READ_ITEM(false, ITEMS_READ),
  REPLACE_ITEM(true, ITEMS_REPLACE),
  PATCH_ITEM(true, ITEMS_REPLACE),
  DELETE_ITEM(true, ITEMS_DELETE),
  /** Needs the actions of what is in it, see {@link BatchActions}. */
  BATCH(true),
  DELETE_PARTITION_KEY(true, ITEMS_DELETE),
  // "SDK queries need both", says Azure's reference of data actions.
  QUERY_ITEMS(false, EXECUTE_QUERY, DataAction.READ_CHANGE_FEED),
  QUERY_PLAN(false, EXECUTE_QUERY),
  READ_ITEM_FEED(false, DataAction.READ_CHANGE_FEED),
  READ_CHANGE_FEED(false, DataAction.READ_CHANGE_FEED),

  EXECUTE_STORED_PROCEDURE(true, DataAction.EXECUTE_STORED_PROCEDURE),
  READ_SCRIPT(false),
  WRITE_SCRIPT(true),
  READ_CONFLICT(false, MANAGE_CONFLICTS),
  DELETE_CONFLICT(true, MANAGE_CONFLICTS),

  READ_USER(false),
  WRITE_USER(true),
  READ_PERMISSION(false),
  WRITE_PERMISSION(true),
  READ_OFFER(false),
  WRITE_OFFER(true),
  READ_CLIENT_ENCRYPTION_KEY(false, READ_METADATA),
  WRITE_CLIENT_ENCRYPTION_KEY(true),

  READ_SOMETHING_ELSE(false),
  WRITE_SOMETHING_ELSE(true);

  private final boolean changesState;

  @SuppressWarnings("ImmutableEnumChecker") // of List.of
  private final List<DataAction> dataActions;

  CallKind(boolean changesState, DataAction... dataActions) {
    this.changesState = changesState;
    this.dataActions = List.of(dataActions);
  }

  boolean changesState() {
    return changesState;
  }

  /** All of them are needed; none means that no Entra token can do this. */
  List<DataAction> dataActions() {
    return dataActions;
  }

  static CallKind of(Call call) {
    List<String> path = call.path().segments();
    boolean get = call.method().equals("GET");
    if (path.isEmpty()) {
      return READ_ACCOUNT;
    }
    return switch (path.getFirst()) {
      case "addresses" -> READ_ADDRESSES;
      case "offers" -> readOr(WRITE_OFFER, READ_OFFER, call);
      case "dbs" ->
          switch (path.size()) {
            case 1 -> readOr(CREATE_DATABASE, LIST_DATABASES, call);
            case 2 -> get ? READ_DATABASE : DELETE_DATABASE;
            default -> inDatabase(call, path);
          };
      default -> get ? READ_SOMETHING_ELSE : WRITE_SOMETHING_ELSE;
    };
  }

  private static CallKind inDatabase(Call call, List<String> path) {
    return switch (path.get(2)) {
      case "colls" ->
          switch (path.size()) {
            case 3 -> readOr(CREATE_CONTAINER, LIST_CONTAINERS, call);
            case 4 ->
                switch (call.method()) {
                  case "GET" -> READ_CONTAINER;
                  case "DELETE" -> DELETE_CONTAINER;
                  default -> REPLACE_CONTAINER;
                };
            default -> inContainer(call, path.subList(4, path.size()));
          };
      case "users" ->
          path.size() > 4
              ? readOr(WRITE_PERMISSION, READ_PERMISSION, call)
              : readOr(WRITE_USER, READ_USER, call);
      case "clientencryptionkeys" ->
          readOr(WRITE_CLIENT_ENCRYPTION_KEY, READ_CLIENT_ENCRYPTION_KEY, call);
      default -> readOr(WRITE_SOMETHING_ELSE, READ_SOMETHING_ELSE, call);
    };
  }

  private static CallKind inContainer(Call call, List<String> path) {
    boolean get = call.method().equals("GET");
    return switch (path.getFirst()) {
      case "docs" -> path.size() == 1 ? onItems(call) : onItem(call);
      case "pkranges" -> get ? READ_PARTITION_KEY_RANGES : WRITE_SOMETHING_ELSE;
      case "sprocs" ->
          path.size() == 2 && call.method().equals("POST")
              ? EXECUTE_STORED_PROCEDURE
              : readOr(WRITE_SCRIPT, READ_SCRIPT, call);
      case "triggers", "udfs" -> readOr(WRITE_SCRIPT, READ_SCRIPT, call);
      case "conflicts" -> readOr(DELETE_CONFLICT, READ_CONFLICT, call);
      case "operations" ->
          path.size() == 2 && path.get(1).equalsIgnoreCase("partitionkeydelete")
              ? DELETE_PARTITION_KEY
              : WRITE_SOMETHING_ELSE;
      default -> get ? READ_SOMETHING_ELSE : WRITE_SOMETHING_ELSE;
    };
  }

  private static CallKind onItems(Call call) {
    if (call.method().equals("GET")) {
      return call.header(CosmosHeaders.A_IM).isPresent() ? READ_CHANGE_FEED : READ_ITEM_FEED;
    }
    if (call.flag(CosmosHeaders.IS_QUERY_PLAN)) {
      return QUERY_PLAN;
    }
    if (Routes.isQuery(call)) {
      return QUERY_ITEMS;
    }
    if (call.flag(CosmosHeaders.IS_BATCH)) {
      return BATCH;
    }
    return call.flag(CosmosHeaders.IS_UPSERT) ? UPSERT_ITEM : CREATE_ITEM;
  }

  private static CallKind onItem(Call call) {
    return switch (call.method()) {
      case "GET" -> READ_ITEM;
      case "PATCH" -> PATCH_ITEM;
      case "DELETE" -> DELETE_ITEM;
      default -> REPLACE_ITEM;
    };
  }

  private static CallKind readOr(CallKind write, CallKind read, Call call) {
    return call.method().equals("GET") || Routes.isQuery(call) ? read : write;
  }
}
