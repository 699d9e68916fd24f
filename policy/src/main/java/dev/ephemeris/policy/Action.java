package dev.ephemeris.policy;

import dev.ephemeris.policy.yaml.Suggestion;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One action on an account, as Azure spells it: a data action of Azure Cosmos DB for NoSQL, or one
 * of the few of its management that the data plane takes from whoever holds a key. Two have no name
 * in Azure: {@link #RUN_TRIGGERS} and {@link #PARTITION_KEYS_DELETE}.
 *
 * <p>The list is closed: what isn't here can't be allowed. Roles of Azure and Azure's wildcards
 * give Azure's data actions only; anything else is given by its own name, or by a class that holds
 * it. What is done to Ephemeris itself is a {@link GatewayAction}.
 *
 * @see <a
 *     href="https://learn.microsoft.com/azure/cosmos-db/nosql/security/reference-data-plane-actions">Azure's
 *     list</a>
 */
public enum Action {
  READ_METADATA("", "readMetadata"),
  ITEMS_CREATE(Action.CONTAINERS, "items/create"),
  ITEMS_READ(Action.CONTAINERS, "items/read"),
  ITEMS_REPLACE(Action.CONTAINERS, "items/replace"),
  ITEMS_UPSERT(Action.CONTAINERS, "items/upsert"),
  ITEMS_DELETE(Action.CONTAINERS, "items/delete"),
  ITEMS_UNMASK(Action.CONTAINERS, "items/unmask"),
  EXECUTE_QUERY(Action.CONTAINERS, "executeQuery"),
  READ_CHANGE_FEED(Action.CONTAINERS, "readChangeFeed"),
  EXECUTE_STORED_PROCEDURE(Action.CONTAINERS, "executeStoredProcedure"),
  MANAGE_CONFLICTS(Action.CONTAINERS, "manageConflicts"),

  /**
   * Running triggers of the container as part of writing an item, beside the action of the write.
   * Azure has no data action for it, though a trigger reads and writes whatever has the item's
   * partition key, and may change the item; so no right to write items gives it.
   */
  RUN_TRIGGERS(Action.CONTAINERS, "runTriggers"),

  DATABASES_WRITE("sqlDatabases/write"),
  DATABASES_DELETE("sqlDatabases/delete"),
  DATABASES_READ_THROUGHPUT("sqlDatabases/throughputSettings/read"),
  DATABASES_WRITE_THROUGHPUT("sqlDatabases/throughputSettings/write"),
  CLIENT_ENCRYPTION_KEYS_WRITE("sqlDatabases/clientEncryptionKeys/write"),
  CONTAINERS_WRITE(Action.CONTAINERS + "write"),
  CONTAINERS_DELETE(Action.CONTAINERS + "delete"),
  CONTAINERS_READ_THROUGHPUT(Action.CONTAINERS + "throughputSettings/read"),
  CONTAINERS_WRITE_THROUGHPUT(Action.CONTAINERS + "throughputSettings/write"),
  STORED_PROCEDURES_READ(Action.CONTAINERS + "storedProcedures/read"),
  STORED_PROCEDURES_WRITE(Action.CONTAINERS + "storedProcedures/write"),
  STORED_PROCEDURES_DELETE(Action.CONTAINERS + "storedProcedures/delete"),
  TRIGGERS_READ(Action.CONTAINERS + "triggers/read"),
  TRIGGERS_WRITE(Action.CONTAINERS + "triggers/write"),
  TRIGGERS_DELETE(Action.CONTAINERS + "triggers/delete"),
  USER_DEFINED_FUNCTIONS_READ(Action.CONTAINERS + "userDefinedFunctions/read"),
  USER_DEFINED_FUNCTIONS_WRITE(Action.CONTAINERS + "userDefinedFunctions/write"),
  USER_DEFINED_FUNCTIONS_DELETE(Action.CONTAINERS + "userDefinedFunctions/delete"),

  /**
   * All items of a logical partition at once. Azure has no name for it; {@code items/delete}
   * doesn't give it.
   */
  PARTITION_KEYS_DELETE(Action.CONTAINERS + "partitionKeys/delete");

  private static final String ACCOUNT = "Microsoft.DocumentDB/databaseAccounts/";
  private static final String CONTAINERS = "sqlDatabases/containers/";

  private static final Set<Action> DATA_ACTIONS =
      Collections.unmodifiableSet(EnumSet.range(READ_METADATA, MANAGE_CONFLICTS));

  private static final Set<Action> MANAGEMENT =
      Collections.unmodifiableSet(EnumSet.range(DATABASES_WRITE, PARTITION_KEYS_DELETE));

  private static final Map<String, Set<Action>> PATTERNS = patterns();

  /** What messages list: that Azure's full names are known too is more than they need to say. */
  private static final List<String> SHORT_PATTERNS =
      PATTERNS.keySet().stream().filter(name -> !name.startsWith(ACCOUNT)).toList();

  /** A slip may be in the first part of an action of Ephemeris's own. */
  private static final List<String> SUGGESTED =
      Stream.concat(PATTERNS.keySet().stream(), GatewayAction.patterns().stream()).toList();

  private final String azureName;
  private final String shortName;

  /** An action on data. */
  Action(String resource, String shortName) {
    this.azureName = ACCOUNT + resource + shortName;
    this.shortName = shortName;
  }

  /** One of management. */
  Action(String shortName) {
    this("", shortName);
  }

  /** Azure's data actions, as Azure lists them. */
  public static Set<Action> dataActions() {
    return DATA_ACTIONS;
  }

  /**
   * For example {@code Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read}.
   */
  public String azureName() {
    return azureName;
  }

  /** For example {@code items/read}. */
  public String shortName() {
    return shortName;
  }

  /**
   * The actions that a policy means by {@code pattern}:
   *
   * <ul>
   *   <li>one action, by its short or Azure's full name;
   *   <li>Azure's two wildcards over data actions, {@code containers/*} (all that is beneath, items
   *       too) and {@code containers/items/*} or {@code items/*}, short or in full;
   *   <li>a class: {@code reads} (metadata, items, queries, change feed), {@code writes} (items and
   *       conflicts), {@code code} (running stored procedures and triggers) or {@code management}
   *       (all that isn't on data). {@code items/unmask} is in none, so that seeing masked values
   *       is always said in so many words.
   * </ul>
   *
   * @throws IllegalArgumentException for anything else, naming the nearest known name
   */
  public static Set<Action> matching(String pattern) {
    return Optional.ofNullable(PATTERNS.get(pattern))
        .orElseThrow(() -> new IllegalArgumentException(unknown(pattern)));
  }

  private static String unknown(String pattern) {
    return GatewayAction.withPrefix(pattern)
        .map(meant -> "unknown action '%s'; did you mean '%s'?".formatted(pattern, meant))
        .orElseGet(
            () -> "unknown action " + Suggestion.expected(pattern, SHORT_PATTERNS, SUGGESTED));
  }

  /** The short name, which is how messages print an action. */
  @Override
  public String toString() {
    return shortName;
  }

  private static Map<String, Set<Action>> patterns() {
    Map<String, Set<Action>> patterns = new LinkedHashMap<>();
    for (Action action : values()) {
      patterns.put(action.shortName, Set.of(action));
    }
    patterns.put("reads", set(READ_METADATA, ITEMS_READ, EXECUTE_QUERY, READ_CHANGE_FEED));
    patterns.put(
        "writes", set(ITEMS_CREATE, ITEMS_REPLACE, ITEMS_UPSERT, ITEMS_DELETE, MANAGE_CONFLICTS));
    patterns.put("code", set(EXECUTE_STORED_PROCEDURE, RUN_TRIGGERS));
    patterns.put("management", MANAGEMENT);
    patterns.put("items/*", beneath("items/"));
    patterns.put("containers/items/*", beneath("items/"));
    patterns.put("containers/*", beneath(""));
    patterns.put(ACCOUNT + CONTAINERS + "items/*", beneath("items/"));
    patterns.put(ACCOUNT + CONTAINERS + "*", beneath(""));
    for (Action action : values()) {
      patterns.put(action.azureName, Set.of(action));
    }
    return Collections.unmodifiableMap(patterns);
  }

  private static Set<Action> set(Action first, Action... rest) {
    return Collections.unmodifiableSet(EnumSet.of(first, rest));
  }

  private static Set<Action> beneath(String path) {
    EnumSet<Action> actions = EnumSet.copyOf(DATA_ACTIONS);
    actions.removeIf(action -> !action.azureName.startsWith(ACCOUNT + CONTAINERS + path));
    return Collections.unmodifiableSet(actions);
  }
}
