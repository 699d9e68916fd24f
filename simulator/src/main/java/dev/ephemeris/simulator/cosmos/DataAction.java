package dev.ephemeris.simulator.cosmos;

/** What a role assignment can allow, as Azure spells it. */
enum DataAction {
  READ_METADATA("readMetadata"),
  ITEMS_CREATE("sqlDatabases/containers/items/create"),
  ITEMS_READ("sqlDatabases/containers/items/read"),
  ITEMS_REPLACE("sqlDatabases/containers/items/replace"),
  ITEMS_UPSERT("sqlDatabases/containers/items/upsert"),
  ITEMS_DELETE("sqlDatabases/containers/items/delete"),
  EXECUTE_QUERY("sqlDatabases/containers/executeQuery"),
  READ_CHANGE_FEED("sqlDatabases/containers/readChangeFeed"),
  EXECUTE_STORED_PROCEDURE("sqlDatabases/containers/executeStoredProcedure"),
  MANAGE_CONFLICTS("sqlDatabases/containers/manageConflicts");

  private final String azureName;

  DataAction(String name) {
    this.azureName = "Microsoft.DocumentDB/databaseAccounts/" + name;
  }

  /** For example {@code Microsoft.DocumentDB/databaseAccounts/readMetadata}. */
  String azureName() {
    return azureName;
  }
}
