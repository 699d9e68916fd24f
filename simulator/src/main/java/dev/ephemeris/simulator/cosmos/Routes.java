package dev.ephemeris.simulator.cosmos;

import dev.ephemeris.cosmos.CosmosHeaders;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Finds out what a call wants by its path, method and headers. */
final class Routes {

  private final Account account;
  private final AccountDocument document;
  private final ResourceTokens tokens;
  private final Databases databases;
  private final Containers containers;
  private final Items items = new Items();
  private final Batch batch = new Batch(items);
  private final ChangeFeed changeFeed = new ChangeFeed();
  private final Queries queries = new Queries();

  Routes(Account account, AccountDocument document, ResourceTokens tokens) {
    this.account = account;
    this.tokens = tokens;
    this.document = document;
    this.databases = new Databases(account);
    this.containers = new Containers(account);
  }

  /**
   * @param shown what the call was let in by
   */
  Answer answer(Call call, Credential shown) {
    List<String> path = call.path().segments();
    if (path.isEmpty()) {
      return call.method().equals("GET")
          ? document.answer(call.flag("x-ms-cosmos-use-thinclient"))
          : Answer.methodNotAllowed();
    }
    return switch (path.getFirst()) {
      case "dbs" -> path.size() == 1 ? databases.feed(call) : inDatabase(call, path, shown);
      case "addresses" -> Addresses.answer(call);
      case "offers" -> account.offers().answer(call, path);
      default -> Answer.notFound();
    };
  }

  private Answer inDatabase(Call call, List<String> path, Credential shown) {
    boolean byRid = call.path().isByRid();
    Optional<Database> database =
        byRid ? account.databaseByRid(path.get(1)) : account.database(path.get(1));
    if (database.isEmpty()) {
      return path.size() == 2 ? Answer.notFound() : Answer.ownerNotFound();
    }
    if (path.size() == 2) {
      return databases.one(call, database.get());
    }
    if (path.get(2).equals("users")) {
      return database
          .get()
          .users()
          .answer(call, database.get(), path.subList(2, path.size()), tokens.signedBy(shown));
    }
    if (path.get(2).equals("clientencryptionkeys")) {
      return database.get().clientEncryptionKeys().answer(call, path.subList(2, path.size()));
    }
    if (!path.get(2).equals("colls")) {
      return Answer.notSimulated(path.get(2));
    }
    if (path.size() == 3) {
      return containers.feed(call, database.get());
    }
    String id = path.get(3);
    Optional<Container> container =
        byRid ? database.get().containerByRid(id) : database.get().container(id);
    if (container.isEmpty()) {
      return path.size() == 4 ? Answer.notFound() : Answer.ownerNotFound();
    }
    return path.size() == 4
        ? containers.one(call, container.get())
        : inContainer(call, container.get(), path.subList(4, path.size()));
  }

  private Answer inContainer(Call call, Container container, List<String> path) {
    Optional<String> intended = call.header(CosmosHeaders.INTENDED_CONTAINER_RID);
    if (intended.isPresent() && !intended.get().equals(container.rid())) {
      return Answer.failure(400, 1024, "CollectionRid mismatch: the container was made anew.");
    }
    container.expire();
    return switch (path.getFirst()) {
      case "pkranges" ->
          path.size() == 1
              ? PartitionKeyRanges.answer(call, container)
              : Answer.notSimulated("a partition key range by itself");
      case "docs" ->
          ReadSession.refusal(call, container)
              .orElseGet(
                  () ->
                      switch (path.size()) {
                        case 1 -> documents(call, container);
                        case 2 -> document(call, container, path.get(1));
                        default -> Answer.notFound();
                      });
      case "sprocs", "triggers", "udfs" ->
          container
              .scripts()
              .answer(call, container, ScriptKind.in(path.getFirst()).orElseThrow(), path);
      case "conflicts" -> Conflicts.answer(call, container, path);
      case "operations" ->
          path.size() == 2 && path.get(1).equalsIgnoreCase("partitionkeydelete")
              ? container.paid(call, () -> PartitionKeyDelete.answer(call, container))
              : Answer.notFound();
      default -> Answer.notSimulated(path.getFirst());
    };
  }

  private Answer document(Call call, Container container, String id) {
    return container.paid(call, () -> ReadSession.told(call, container, one(call, container, id)));
  }

  private Answer one(Call call, Container container, String id) {
    return switch (call.method()) {
      case "PUT" -> withTriggers(call, container, "Replace", one -> items.one(one, container, id));
      case "DELETE" ->
          withTriggers(call, container, "Delete", one -> items.one(one, container, id));
      default -> items.one(call, container, id);
    };
  }

  private static Answer withTriggers(
      Call call, Container container, String operation, Function<Call, Answer> write) {
    return container.scripts().triggers().around(call, container, operation, write);
  }

  /**
   * Of several headers that select an operation, the first in this order counts. A plan is made
   * without asking a partition, and a batch knows itself what to pay for.
   */
  private Answer documents(Call call, Container container) {
    if (call.header(CosmosHeaders.A_IM).isPresent()) {
      return container.paid(call, () -> changeFeed.answer(call, container));
    }
    if (call.method().equals("GET")) {
      return container.paid(call, () -> queries.readFeed(call, container));
    }
    if (!call.method().equals("POST")) {
      return Answer.methodNotAllowed();
    }
    if (call.flag(CosmosHeaders.IS_QUERY_PLAN)) {
      return queries.plan(call, container);
    }
    if (isQuery(call)) {
      return container.paid(call, () -> queries.run(call, container));
    }
    if (call.flag(CosmosHeaders.IS_BATCH)) {
      return batch.run(call, container);
    }
    return container.paid(
        call,
        () ->
            ReadSession.told(
                call,
                container,
                call.flag(CosmosHeaders.IS_UPSERT)
                    ? withTriggers(call, container, "Upsert", one -> items.upsert(one, container))
                    : withTriggers(
                        call, container, "Create", one -> items.create(one, container))));
  }

  /** Whether a POST is a query: the header says so, or the content type alone. */
  static boolean isQuery(Call call) {
    return call.flag(CosmosHeaders.IS_QUERY)
        || call.header(CosmosHeaders.CONTENT_TYPE)
            .filter(type -> type.startsWith(CosmosHeaders.QUERY_JSON))
            .isPresent();
  }
}
