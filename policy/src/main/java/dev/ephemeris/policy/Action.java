package dev.ephemeris.policy;

import dev.ephemeris.policy.yaml.Suggestion;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One data action of Azure Cosmos DB for NoSQL, as Azure spells it.
 *
 * <p>The list is closed: what isn't here can't be allowed.
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
  MANAGE_CONFLICTS(Action.CONTAINERS, "manageConflicts");

  private static final String ACCOUNT = "Microsoft.DocumentDB/databaseAccounts/";
  private static final String CONTAINERS = "sqlDatabases/containers/";

  private static final Map<String, Set<Action>> PATTERNS = patterns();

  /** What messages list: that Azure's full names are known too is more than they need to say. */
  private static final List<String> SHORT_PATTERNS =
      PATTERNS.keySet().stream().filter(name -> !name.startsWith(ACCOUNT)).toList();

  private final String azureName;
  private final String shortName;

  Action(String resource, String shortName) {
    this.azureName = ACCOUNT + resource + shortName;
    this.shortName = shortName;
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
   *   <li>Azure's two wildcards, {@code containers/*} (all that is beneath, items too) and {@code
   *       containers/items/*} or {@code items/*}, short or in full;
   *   <li>a class: {@code reads} (metadata, items, queries, change feed), {@code writes} (items and
   *       conflicts) or {@code code} (stored procedures). {@code items/unmask} is in none, so that
   *       seeing masked values is always said in so many words.
   * </ul>
   *
   * @throws IllegalArgumentException for anything else, naming the nearest known name
   */
  public static Set<Action> matching(String pattern) {
    return Optional.ofNullable(PATTERNS.get(pattern))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown action "
                        + Suggestion.expected(pattern, SHORT_PATTERNS, PATTERNS.keySet())));
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
    patterns.put("code", set(EXECUTE_STORED_PROCEDURE));
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
    EnumSet<Action> actions = EnumSet.allOf(Action.class);
    actions.removeIf(action -> !action.azureName.startsWith(ACCOUNT + CONTAINERS + path));
    return Collections.unmodifiableSet(actions);
  }
}
