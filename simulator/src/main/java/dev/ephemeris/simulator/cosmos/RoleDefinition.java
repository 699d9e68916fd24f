package dev.ephemeris.simulator.cosmos;

import java.util.Arrays;
import java.util.List;

/**
 * A role: a named list of data actions.
 *
 * @param dataActions in full, such as {@code Microsoft.DocumentDB/databaseAccounts/readMetadata};
 *     one that ends in {@code *} allows all that begins as it does
 */
public record RoleDefinition(String name, List<String> dataActions) {

  private static final String ACCOUNT = "Microsoft.DocumentDB/databaseAccounts/";
  private static final String CONTAINERS = ACCOUNT + "sqlDatabases/containers/";

  /** Azure's own, {@code 00000000-0000-0000-0000-000000000001}. */
  public static final RoleDefinition DATA_READER =
      new RoleDefinition(
          "Cosmos DB Built-in Data Reader",
          List.of(
              ACCOUNT + "readMetadata",
              CONTAINERS + "items/read",
              CONTAINERS + "executeQuery",
              CONTAINERS + "readChangeFeed"));

  /** Azure's own, {@code 00000000-0000-0000-0000-000000000002}. */
  public static final RoleDefinition DATA_CONTRIBUTOR =
      new RoleDefinition(
          "Cosmos DB Built-in Data Contributor",
          List.of(ACCOUNT + "readMetadata", CONTAINERS + "*", CONTAINERS + "items/*"));

  public RoleDefinition {
    dataActions = List.copyOf(dataActions);
  }

  /**
   * Whether a role can name this: a data action of Azure's, or one of the two patterns for all of a
   * container's or all of its items'.
   */
  public static boolean isDataAction(String text) {
    return text.equals(CONTAINERS + "*")
        || text.equals(CONTAINERS + "items/*")
        || Arrays.stream(DataAction.values()).anyMatch(known -> known.azureName().equals(text));
  }

  boolean allows(DataAction action) {
    return dataActions.stream()
        .anyMatch(
            pattern ->
                pattern.endsWith("*")
                    ? action.azureName().startsWith(pattern.substring(0, pattern.length() - 1))
                    : action.azureName().equals(pattern));
  }
}
