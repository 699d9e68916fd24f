package dev.ephemeris.cosmos;

/**
 * What a data-plane request asks for, told from method, path and selector headers together: {@code
 * POST …/docs} alone is seven of them.
 *
 * <p>Each names the type of resource that its path and its signature end in.
 */
public enum Operation {
  READ_ACCOUNT(ResourceType.ACCOUNT),

  LIST_DATABASES(ResourceType.DATABASE),
  QUERY_DATABASES(ResourceType.DATABASE),
  CREATE_DATABASE(ResourceType.DATABASE),
  READ_DATABASE(ResourceType.DATABASE),
  DELETE_DATABASE(ResourceType.DATABASE),

  LIST_CONTAINERS(ResourceType.CONTAINER),
  QUERY_CONTAINERS(ResourceType.CONTAINER),
  CREATE_CONTAINER(ResourceType.CONTAINER),
  READ_CONTAINER(ResourceType.CONTAINER),
  REPLACE_CONTAINER(ResourceType.CONTAINER),
  DELETE_CONTAINER(ResourceType.CONTAINER),

  READ_PARTITION_KEY_RANGES(ResourceType.PARTITION_KEY_RANGE),

  CREATE_ITEM(ResourceType.ITEM),
  UPSERT_ITEM(ResourceType.ITEM),
  READ_ITEM(ResourceType.ITEM),
  REPLACE_ITEM(ResourceType.ITEM),
  PATCH_ITEM(ResourceType.ITEM),
  DELETE_ITEM(ResourceType.ITEM),
  QUERY_ITEMS(ResourceType.ITEM),
  QUERY_PLAN(ResourceType.ITEM),
  BATCH(ResourceType.ITEM),
  READ_ITEM_FEED(ResourceType.ITEM),
  READ_CHANGE_FEED(ResourceType.ITEM),
  QUERY_CHANGE_FEED(ResourceType.ITEM),

  SCRIPT(ResourceType.STORED_PROCEDURE),
  EXECUTE_STORED_PROCEDURE(ResourceType.STORED_PROCEDURE),
  CONFLICT(ResourceType.CONFLICT);

  private final ResourceType resourceType;

  Operation(ResourceType resourceType) {
    this.resourceType = resourceType;
  }

  public ResourceType resourceType() {
    return resourceType;
  }

  /** Whether the request's body is the text of a query, as {@code application/query+json}. */
  public boolean hasQueryBody() {
    return switch (this) {
      case QUERY_DATABASES, QUERY_CONTAINERS, QUERY_ITEMS, QUERY_PLAN, QUERY_CHANGE_FEED -> true;
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
          CREATE_ITEM,
          UPSERT_ITEM,
          REPLACE_ITEM,
          PATCH_ITEM,
          DELETE_ITEM,
          BATCH,
          SCRIPT,
          EXECUTE_STORED_PROCEDURE,
          CONFLICT ->
          true;
      default -> false;
    };
  }
}
