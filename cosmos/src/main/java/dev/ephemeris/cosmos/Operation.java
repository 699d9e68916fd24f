package dev.ephemeris.cosmos;

/**
 * What a data-plane request asks for, told from method, path and selector headers together: {@code
 * POST …/docs} alone is seven of them. With the {@link ResourceType} it says what is done to what:
 * scripts are stored procedures, triggers and user-defined functions.
 */
public enum Operation {
  READ_ACCOUNT,

  LIST_DATABASES,
  QUERY_DATABASES,
  CREATE_DATABASE,
  READ_DATABASE,
  DELETE_DATABASE,

  LIST_CONTAINERS,
  QUERY_CONTAINERS,
  CREATE_CONTAINER,
  READ_CONTAINER,
  REPLACE_CONTAINER,
  DELETE_CONTAINER,

  LIST_CLIENT_ENCRYPTION_KEYS,
  QUERY_CLIENT_ENCRYPTION_KEYS,
  CREATE_CLIENT_ENCRYPTION_KEY,
  READ_CLIENT_ENCRYPTION_KEY,
  REPLACE_CLIENT_ENCRYPTION_KEY,

  READ_PARTITION_KEY_RANGES,

  CREATE_ITEM,
  UPSERT_ITEM,
  READ_ITEM,
  REPLACE_ITEM,
  PATCH_ITEM,
  DELETE_ITEM,
  QUERY_ITEMS,
  QUERY_PLAN,
  BATCH,
  READ_ITEM_FEED,
  READ_CHANGE_FEED,
  QUERY_CHANGE_FEED,
  DELETE_PARTITION_KEY,

  LIST_SCRIPTS,
  QUERY_SCRIPTS,
  CREATE_SCRIPT,
  READ_SCRIPT,
  REPLACE_SCRIPT,
  DELETE_SCRIPT,
  EXECUTE_STORED_PROCEDURE,

  LIST_CONFLICTS,
  QUERY_CONFLICTS,
  READ_CONFLICT,
  DELETE_CONFLICT,

  LIST_OFFERS,
  QUERY_OFFERS,
  READ_OFFER,
  REPLACE_OFFER;

  /** Whether the request's body is the text of a query, as {@code application/query+json}. */
  public boolean hasQueryBody() {
    return switch (this) {
      case QUERY_DATABASES,
          QUERY_CONTAINERS,
          QUERY_CLIENT_ENCRYPTION_KEYS,
          QUERY_ITEMS,
          QUERY_PLAN,
          QUERY_CHANGE_FEED,
          QUERY_SCRIPTS,
          QUERY_CONFLICTS,
          QUERY_OFFERS ->
          true;
      default -> false;
    };
  }

  /** Whether the answer is a page of items, of as many as the request says at most. */
  public boolean isPaged() {
    return switch (this) {
      case QUERY_ITEMS,
          READ_ITEM_FEED,
          READ_CHANGE_FEED,
          QUERY_CHANGE_FEED,
          LIST_CONFLICTS,
          QUERY_CONFLICTS ->
          true;
      default -> false;
    };
  }

  /** Whether triggers of the container may run with it, if the request names some. */
  public boolean runsTriggers() {
    return switch (this) {
      case CREATE_ITEM, UPSERT_ITEM, REPLACE_ITEM, DELETE_ITEM -> true;
      default -> false;
    };
  }

  /** Whether upstream state may differ afterwards. */
  public boolean changesState() {
    return switch (this) {
      case CREATE_DATABASE,
          DELETE_DATABASE,
          CREATE_CONTAINER,
          REPLACE_CONTAINER,
          DELETE_CONTAINER,
          CREATE_CLIENT_ENCRYPTION_KEY,
          REPLACE_CLIENT_ENCRYPTION_KEY,
          CREATE_ITEM,
          UPSERT_ITEM,
          REPLACE_ITEM,
          PATCH_ITEM,
          DELETE_ITEM,
          BATCH,
          DELETE_PARTITION_KEY,
          CREATE_SCRIPT,
          REPLACE_SCRIPT,
          DELETE_SCRIPT,
          EXECUTE_STORED_PROCEDURE,
          DELETE_CONFLICT,
          REPLACE_OFFER ->
          true;
      default -> false;
    };
  }
}
