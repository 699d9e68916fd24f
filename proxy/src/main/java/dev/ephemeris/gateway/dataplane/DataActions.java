package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.Address;
import dev.ephemeris.cosmos.CosmosRequest;
import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.policy.Action;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** The actions that a request takes, all of them needed. */
final class DataActions {

  private static final Set<Action> NONE = Set.of();
  private static final Set<Action> METADATA = Set.of(Action.READ_METADATA);
  private static final Set<Action> CONFLICTS = Set.of(Action.MANAGE_CONFLICTS);

  /** The answer to a patch is the whole item, and its condition tells about it. */
  static final Set<Action> PATCH = all(Action.ITEMS_REPLACE, Action.ITEMS_READ);

  /** The service takes a feed of all items for a change feed; to a reader it is a query too. */
  private static final Set<Action> FEED =
      all(Action.READ_CHANGE_FEED, Action.ITEMS_READ, Action.EXECUTE_QUERY);

  private static final Set<Action> QUERIED_FEED =
      all(Action.READ_CHANGE_FEED, Action.EXECUTE_QUERY);

  private DataActions() {}

  /**
   * The actions of a request.
   *
   * @param subject the database or container that it is about
   * @return empty if they are told from the body, as a batch's, which is {@link DecideBatch}'s
   */
  static Set<Action> of(CosmosRequest request, Address subject) {
    Set<Action> actions = ofOperation(request, subject);
    return request.triggers().isEmpty() ? actions : with(Action.RUN_TRIGGERS, actions);
  }

  private static Set<Action> ofOperation(CosmosRequest request, Address subject) {
    return switch (request.operation()) {
      case READ_ACCOUNT,
          LIST_DATABASES,
          QUERY_DATABASES,
          READ_DATABASE,
          LIST_CONTAINERS,
          QUERY_CONTAINERS,
          READ_CONTAINER,
          READ_PARTITION_KEY_RANGES,
          // Of the database; a key itself is encrypted, by one that the account hasn't got.
          LIST_CLIENT_ENCRYPTION_KEYS,
          QUERY_CLIENT_ENCRYPTION_KEYS,
          READ_CLIENT_ENCRYPTION_KEY ->
          METADATA;
      case CREATE_DATABASE -> Set.of(Action.DATABASES_WRITE);
      case DELETE_DATABASE -> Set.of(Action.DATABASES_DELETE);
      case CREATE_CONTAINER, REPLACE_CONTAINER -> Set.of(Action.CONTAINERS_WRITE);
      case DELETE_CONTAINER -> Set.of(Action.CONTAINERS_DELETE);
      case CREATE_CLIENT_ENCRYPTION_KEY, REPLACE_CLIENT_ENCRYPTION_KEY ->
          Set.of(Action.CLIENT_ENCRYPTION_KEYS_WRITE);
      case CREATE_ITEM -> Set.of(Action.ITEMS_CREATE);
      case UPSERT_ITEM -> Set.of(Action.ITEMS_UPSERT);
      case READ_ITEM -> Set.of(Action.ITEMS_READ);
      case REPLACE_ITEM -> Set.of(Action.ITEMS_REPLACE);
      case PATCH_ITEM -> PATCH;
      case DELETE_ITEM -> Set.of(Action.ITEMS_DELETE);
      case DELETE_PARTITION_KEY -> Set.of(Action.PARTITION_KEYS_DELETE);
      case QUERY_ITEMS, QUERY_PLAN -> Set.of(Action.EXECUTE_QUERY);
      case READ_ITEM_FEED -> FEED;
      case READ_CHANGE_FEED -> Set.of(Action.READ_CHANGE_FEED);
      case QUERY_CHANGE_FEED -> QUERIED_FEED;
      case EXECUTE_STORED_PROCEDURE -> Set.of(Action.EXECUTE_STORED_PROCEDURE);
      case LIST_CONFLICTS, QUERY_CONFLICTS, READ_CONFLICT, DELETE_CONFLICT -> CONFLICTS;
      case LIST_SCRIPTS, QUERY_SCRIPTS, READ_SCRIPT, CREATE_SCRIPT, REPLACE_SCRIPT, DELETE_SCRIPT ->
          Set.of(onScript(request.operation(), request.resourceType()));
      case LIST_OFFERS, QUERY_OFFERS ->
          all(Action.DATABASES_READ_THROUGHPUT, Action.CONTAINERS_READ_THROUGHPUT);
      case READ_OFFER -> Set.of(readThroughput(subject.container().isPresent()));
      case REPLACE_OFFER ->
          Set.of(
              subject.container().isPresent()
                  ? Action.CONTAINERS_WRITE_THROUGHPUT
                  : Action.DATABASES_WRITE_THROUGHPUT);
      case BATCH -> NONE;
    };
  }

  static Action readThroughput(boolean ofContainer) {
    return ofContainer ? Action.CONTAINERS_READ_THROUGHPUT : Action.DATABASES_READ_THROUGHPUT;
  }

  private static Action onScript(Operation operation, ResourceType type) {
    boolean deletes = operation == Operation.DELETE_SCRIPT;
    boolean reads = !operation.changesState();
    return switch (type) {
      case STORED_PROCEDURE ->
          reads
              ? Action.STORED_PROCEDURES_READ
              : deletes ? Action.STORED_PROCEDURES_DELETE : Action.STORED_PROCEDURES_WRITE;
      case TRIGGER ->
          reads ? Action.TRIGGERS_READ : deletes ? Action.TRIGGERS_DELETE : Action.TRIGGERS_WRITE;
      case USER_DEFINED_FUNCTION ->
          reads
              ? Action.USER_DEFINED_FUNCTIONS_READ
              : deletes
                  ? Action.USER_DEFINED_FUNCTIONS_DELETE
                  : Action.USER_DEFINED_FUNCTIONS_WRITE;
      case ACCOUNT,
          DATABASE,
          CONTAINER,
          CLIENT_ENCRYPTION_KEY,
          ITEM,
          PARTITION_KEY_RANGE,
          CONFLICT,
          USER,
          PERMISSION,
          PARTITION_KEY,
          OFFER ->
          throw new IllegalArgumentException(type + " is no script");
    };
  }

  private static Set<Action> with(Action another, Set<Action> actions) {
    Set<Action> more = EnumSet.copyOf(actions);
    more.add(another);
    return Collections.unmodifiableSet(more);
  }

  private static Set<Action> all(Action first, Action... rest) {
    return Collections.unmodifiableSet(EnumSet.of(first, rest));
  }
}
