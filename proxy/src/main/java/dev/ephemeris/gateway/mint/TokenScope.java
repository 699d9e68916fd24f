package dev.ephemeris.gateway.mint;

import static java.util.stream.Collectors.joining;

import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.gateway.lease.DirectLane.Wanted;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Scope;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a resource token is for, as Cosmos DB has words for it: a container or one item of it,
 * perhaps one partition key, to read or for everything.
 *
 * @param all whether for everything, or for reading
 */
record TokenScope(
    String database,
    String container,
    Optional<PartitionKey> key,
    Optional<String> item,
    boolean all) {

  /** What it reads, of all items. */
  private static final Set<Action> READ = Action.matching("reads");

  /**
   * What it does for everything: to the items, and to all else that a container holds. The
   * service's documentation gives it “full permission on the resource”; what isn't said to be left
   * out is taken for given.
   */
  private static final Set<Action> ALL =
      union(
          READ,
          Action.matching("writes"),
          Action.matching("code"),
          EnumSet.of(
              Action.CONTAINERS_WRITE,
              Action.STORED_PROCEDURES_READ,
              Action.STORED_PROCEDURES_WRITE,
              Action.STORED_PROCEDURES_DELETE,
              Action.TRIGGERS_READ,
              Action.TRIGGERS_WRITE,
              Action.TRIGGERS_DELETE,
              Action.USER_DEFINED_FUNCTIONS_READ,
              Action.USER_DEFINED_FUNCTIONS_WRITE,
              Action.USER_DEFINED_FUNCTIONS_DELETE,
              Action.PARTITION_KEYS_DELETE));

  /** Any token reads its container's definition. */
  private static final Set<Action> READ_ITEM = EnumSet.of(Action.READ_METADATA, Action.ITEMS_READ);

  private static final Set<Action> ALL_OF_ITEM =
      union(
          READ_ITEM,
          EnumSet.of(
              Action.ITEMS_CREATE,
              Action.ITEMS_REPLACE,
              Action.ITEMS_UPSERT,
              Action.ITEMS_DELETE,
              Action.RUN_TRIGGERS));

  /** What is made of a wish. */
  sealed interface Made {
    record Fits(TokenScope scope) implements Made {}

    /** No token gives just that; the message says what to ask for. */
    record Refused(String message) implements Made {}
  }

  /** The token that gives what is wanted, if there is one that gives no more. */
  static Made of(Wanted wanted) {
    Scope scope = wanted.scope();
    if (scope.container().isEmpty()) {
      return new Made.Refused(
          "a resource token is for one container. Ask for one of its containers, or use the lane"
              + " proxy.");
    }
    if (!Addressable.is(scope, wanted.item())) {
      return new Made.Refused(Addressable.REFUSAL);
    }
    // No token of Cosmos DB's masks anything.
    Set<Action> actions = EnumSet.copyOf(wanted.actions());
    actions.remove(Action.ITEMS_UNMASK);
    boolean ofItem = wanted.item().isPresent();
    Set<Action> read = ofItem ? READ_ITEM : READ;
    Set<Action> all = ofItem ? ALL_OF_ITEM : ALL;
    boolean writes = !READ.containsAll(actions);
    Set<Action> given = writes ? all : read;
    if (!actions.containsAll(given)) {
      return new Made.Refused(tooMuch(writes, missing(given, actions)));
    }
    if (!ofItem && !given.containsAll(actions)) {
      return new Made.Refused(
          "a resource token doesn't give "
              + names(missing(actions, given))
              + ". Ask for a role without, or use the lane proxy.");
    }
    return new Made.Fits(
        new TokenScope(
            scope.database().orElseThrow(),
            scope.container().get(),
            wanted.partitionKey(),
            wanted.item(),
            writes));
  }

  private static String tooMuch(boolean writes, Set<Action> beyond) {
    return (writes
            ? "a resource token that writes is for everything in the container, stored procedures"
                + " and other scripts included. It would give "
            : "a resource token that reads would give ")
        + names(beyond)
        + " too, which the role hasn't. Ask for a role that has, or use the lane proxy.";
  }

  /** As permissions name it: {@code dbs/shop/colls/orders}, decoded. */
  String resource() {
    String container = "dbs/" + database + "/colls/" + this.container;
    return item.map(id -> container + "/docs/" + id).orElse(container);
  }

  private static Set<Action> missing(Set<Action> of, Set<Action> in) {
    Set<Action> missing = EnumSet.copyOf(of);
    missing.removeAll(in);
    return missing;
  }

  private static String names(Set<Action> actions) {
    return actions.stream().map(Action::shortName).collect(joining(", "));
  }

  @SafeVarargs
  private static Set<Action> union(Set<Action>... sets) {
    Set<Action> all = EnumSet.noneOf(Action.class);
    for (Set<Action> set : sets) {
      all.addAll(set);
    }
    return all;
  }
}
