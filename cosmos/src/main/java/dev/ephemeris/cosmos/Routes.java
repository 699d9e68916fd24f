package dev.ephemeris.cosmos;

import java.util.List;
import java.util.Optional;

/**
 * The table of operations: method, path and selection to {@link Operation}. What isn't in it isn't
 * forwarded.
 */
final class Routes {

  static final CosmosError DIRECT_MODE =
      CosmosError.notAvailable(
          "This gateway speaks Gateway mode only: the client asked for replica addresses, as Direct"
              + " mode does. Set the connection mode to Gateway: Java"
              + " CosmosClientBuilder.gatewayMode(), .NET CosmosClientOptions.ConnectionMode ="
              + " ConnectionMode.Gateway, Python and JavaScript use it already.");

  private Routes() {}

  static Optional<Operation> operation(Verb verb, List<String> path, Selection selection) {
    Verb method = verb == Verb.HEAD ? Verb.GET : verb;
    if (path.isEmpty()) {
      return only(method == Verb.GET && selection.isPlain(), Operation.READ_ACCOUNT);
    }
    if (path.get(0).equals("offers")) {
      return onOffers(method, path.size(), selection);
    }
    if (!path.get(0).equals("dbs")) {
      return Optional.empty();
    }
    if (isInClientEncryptionKeys(path)) {
      return onClientEncryptionKeys(method, path.size(), selection);
    }
    if (path.size() > 2 && !path.get(2).equals("colls")) {
      return Optional.empty();
    }
    return switch (path.size()) {
      case 1 ->
          feed(
              method,
              selection,
              Operation.LIST_DATABASES,
              Operation.QUERY_DATABASES,
              Operation.CREATE_DATABASE);
      case 2 -> onDatabase(method, selection);
      case 3 ->
          feed(
              method,
              selection,
              Operation.LIST_CONTAINERS,
              Operation.QUERY_CONTAINERS,
              Operation.CREATE_CONTAINER);
      case 4 -> onContainer(method, selection);
      case 5, 6 ->
          isPartitionKeyDelete(path)
              ? only(method == Verb.POST && selection.isPlain(), Operation.DELETE_PARTITION_KEY)
              : ResourceType.inContainer(path.get(4))
                  .flatMap(type -> inContainer(type, method, path.size() == 6, selection));
      default -> Optional.empty();
    };
  }

  private static boolean isPartitionKeyDelete(List<String> path) {
    return path.size() == 6
        && path.get(4).equals("operations")
        && path.get(5).equals("partitionkeydelete");
  }

  private static boolean isInClientEncryptionKeys(List<String> path) {
    return path.size() > 2 && path.get(2).equals(ResourceType.CLIENT_ENCRYPTION_KEY.segment());
  }

  /** The kind of resource that the path of an operation names. */
  static ResourceType resourceType(List<String> path) {
    if (!path.isEmpty() && path.get(0).equals("offers")) {
      return ResourceType.OFFER;
    }
    return switch (path.size()) {
      case 0 -> ResourceType.ACCOUNT;
      case 1, 2 -> ResourceType.DATABASE;
      case 3, 4 ->
          isInClientEncryptionKeys(path)
              ? ResourceType.CLIENT_ENCRYPTION_KEY
              : ResourceType.CONTAINER;
      default -> ResourceType.inContainer(path.get(4)).orElse(ResourceType.PARTITION_KEY);
    };
  }

  private static Optional<Operation> feed(
      Verb method, Selection selection, Operation list, Operation query, Operation create) {
    if (method == Verb.GET) {
      return only(selection.isPlain(), list);
    }
    if (method == Verb.POST && selection.isQueryOnly()) {
      return Optional.of(query);
    }
    return only(method == Verb.POST && selection.isPlain(), create);
  }

  private static Optional<Operation> onDatabase(Verb method, Selection selection) {
    if (!selection.isPlain()) {
      return Optional.empty();
    }
    return switch (method) {
      case GET -> Optional.of(Operation.READ_DATABASE);
      case DELETE -> Optional.of(Operation.DELETE_DATABASE);
      case HEAD, POST, PUT, PATCH -> Optional.empty();
    };
  }

  private static Optional<Operation> onContainer(Verb method, Selection selection) {
    if (!selection.isPlain()) {
      return Optional.empty();
    }
    return switch (method) {
      case GET -> Optional.of(Operation.READ_CONTAINER);
      case PUT -> Optional.of(Operation.REPLACE_CONTAINER);
      case DELETE -> Optional.of(Operation.DELETE_CONTAINER);
      case HEAD, POST, PATCH -> Optional.empty();
    };
  }

  /** No SDK deletes one: what is encrypted with it couldn't be read any more. */
  private static Optional<Operation> onClientEncryptionKeys(
      Verb method, int segments, Selection selection) {
    return switch (segments) {
      case 3 ->
          feed(
              method,
              selection,
              Operation.LIST_CLIENT_ENCRYPTION_KEYS,
              Operation.QUERY_CLIENT_ENCRYPTION_KEYS,
              Operation.CREATE_CLIENT_ENCRYPTION_KEY);
      case 4 ->
          method == Verb.GET
              ? only(selection.isPlain(), Operation.READ_CLIENT_ENCRYPTION_KEY)
              : only(
                  method == Verb.PUT && selection.isPlain(),
                  Operation.REPLACE_CLIENT_ENCRYPTION_KEY);
      default -> Optional.empty();
    };
  }

  private static Optional<Operation> inContainer(
      ResourceType type, Verb method, boolean child, Selection selection) {
    return switch (type) {
      case ITEM -> child ? onItem(method, selection) : onItems(method, selection);
      case PARTITION_KEY_RANGE ->
          only(
              !child
                  && method == Verb.GET
                  // SDKs poll for splits with A-IM.
                  && (selection.isPlain() || selection.isFeedOnly()),
              Operation.READ_PARTITION_KEY_RANGES);
      case STORED_PROCEDURE ->
          child && method == Verb.POST
              ? only(selection.isPlain(), Operation.EXECUTE_STORED_PROCEDURE)
              : child ? onScript(method, selection) : onScripts(method, selection);
      case TRIGGER, USER_DEFINED_FUNCTION ->
          child ? onScript(method, selection) : onScripts(method, selection);
      case CONFLICT -> child ? onConflict(method, selection) : onConflicts(method, selection);
      case ACCOUNT,
          DATABASE,
          CONTAINER,
          CLIENT_ENCRYPTION_KEY,
          USER,
          PERMISSION,
          PARTITION_KEY,
          OFFER ->
          Optional.empty();
    };
  }

  private static Optional<Operation> onItem(Verb method, Selection selection) {
    if (!selection.isPlain()) {
      return Optional.empty();
    }
    return switch (method) {
      case GET -> Optional.of(Operation.READ_ITEM);
      case PUT -> Optional.of(Operation.REPLACE_ITEM);
      case PATCH -> Optional.of(Operation.PATCH_ITEM);
      case DELETE -> Optional.of(Operation.DELETE_ITEM);
      case HEAD, POST -> Optional.empty();
    };
  }

  private static Optional<Operation> onItems(Verb method, Selection selection) {
    if (method == Verb.GET && selection.isFeedOnly()) {
      return Optional.of(Operation.READ_CHANGE_FEED);
    }
    if (method == Verb.GET) {
      return only(selection.isPlain(), Operation.READ_ITEM_FEED);
    }
    if (method != Verb.POST) {
      return Optional.empty();
    }
    if (selection.feed()) {
      return only(selection.query(), Operation.QUERY_CHANGE_FEED);
    }
    if (selection.query()) {
      return Optional.of(Operation.QUERY_ITEMS);
    }
    if (selection.plan()) {
      return Optional.of(Operation.QUERY_PLAN);
    }
    if (selection.batch()) {
      return Optional.of(Operation.BATCH);
    }
    return Optional.of(selection.upsert() ? Operation.UPSERT_ITEM : Operation.CREATE_ITEM);
  }

  private static Optional<Operation> onScripts(Verb method, Selection selection) {
    return feed(
        method,
        selection,
        Operation.LIST_SCRIPTS,
        Operation.QUERY_SCRIPTS,
        Operation.CREATE_SCRIPT);
  }

  private static Optional<Operation> onScript(Verb method, Selection selection) {
    if (!selection.isPlain()) {
      return Optional.empty();
    }
    return switch (method) {
      case GET -> Optional.of(Operation.READ_SCRIPT);
      case PUT -> Optional.of(Operation.REPLACE_SCRIPT);
      case DELETE -> Optional.of(Operation.DELETE_SCRIPT);
      case HEAD, POST, PATCH -> Optional.empty();
    };
  }

  private static Optional<Operation> onConflicts(Verb method, Selection selection) {
    if (method == Verb.GET) {
      return only(selection.isPlain(), Operation.LIST_CONFLICTS);
    }
    return only(method == Verb.POST && selection.isQueryOnly(), Operation.QUERY_CONFLICTS);
  }

  private static Optional<Operation> onConflict(Verb method, Selection selection) {
    if (!selection.isPlain()) {
      return Optional.empty();
    }
    return switch (method) {
      case GET -> Optional.of(Operation.READ_CONFLICT);
      case DELETE -> Optional.of(Operation.DELETE_CONFLICT);
      case HEAD, POST, PUT, PATCH -> Optional.empty();
    };
  }

  private static Optional<Operation> onOffers(Verb method, int segments, Selection selection) {
    return switch (segments) {
      case 1 ->
          method == Verb.GET
              ? only(selection.isPlain(), Operation.LIST_OFFERS)
              : only(method == Verb.POST && selection.isQueryOnly(), Operation.QUERY_OFFERS);
      case 2 ->
          method == Verb.GET
              ? only(selection.isPlain(), Operation.READ_OFFER)
              : only(method == Verb.PUT && selection.isPlain(), Operation.REPLACE_OFFER);
      default -> Optional.empty();
    };
  }

  private static Optional<Operation> only(boolean condition, Operation operation) {
    return condition ? Optional.of(operation) : Optional.empty();
  }

  /** What to answer to a request that isn't in the table. */
  static CosmosError notAvailable(Verb verb, List<String> path) {
    if (!path.isEmpty() && path.get(0).equals("addresses")) {
      return DIRECT_MODE;
    }
    return CosmosError.notAvailable(
        "This gateway has no data-plane operation "
            + verb
            + " on a path of this form. It forwards what its operations page lists, and nothing"
            + " else.");
  }
}
