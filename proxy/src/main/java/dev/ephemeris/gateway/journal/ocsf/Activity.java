package dev.ephemeris.gateway.journal.ocsf;

/** The activities of OCSF's classes that records are mapped to, as each class numbers them. */
final class Activity {

  // Authentication
  static final int LOGON = 1;
  static final int LOGOFF = 2;

  // Authorize Session, User Access Management
  static final int ASSIGN_PRIVILEGES = 1;
  static final int REVOKE_PRIVILEGES = 2;

  // Entity Management
  static final int CREATE = 1;
  static final int READ = 2;
  static final int UPDATE = 3;
  static final int DELETE = 4;
  static final int ENROLL = 6;
  static final int UNENROLL = 7;
  static final int DISABLE = 9;
  static final int ACTIVATE = 10;
  static final int DEACTIVATE = 11;

  // Account Change
  static final int DISABLE_ACCOUNT = 5;
  static final int LOCK_ACCOUNT = 9;
  static final int UNLOCK_ACCOUNT = 12;

  // API Activity
  static final int READ_BY_API = 2;

  // Datastore Activity
  private static final int READ_ITEM = 1;
  private static final int UPDATE_ITEM = 2;
  private static final int QUERY = 4;
  private static final int WRITE_ITEM = 5;
  private static final int CREATE_ITEM = 6;
  private static final int DELETE_ITEM = 7;
  private static final int LIST = 8;

  /** What none of the others is. */
  static final int OTHER = 99;

  private Activity() {}

  /** Of a request, such as {@code READ_ITEM}. */
  static int ofOperation(String operation) {
    int verb = operation.indexOf('_');
    return switch (verb < 0 ? operation : operation.substring(0, verb)) {
      case "READ" -> READ_ITEM;
      case "QUERY" -> QUERY;
      case "LIST" -> LIST;
      case "CREATE" -> CREATE_ITEM;
      case "UPSERT", "BATCH" -> WRITE_ITEM;
      case "REPLACE", "PATCH" -> UPDATE_ITEM;
      case "DELETE" -> DELETE_ITEM;
      default -> OTHER;
    };
  }

  /** Of one of Azure's data actions, such as {@code items/read}. */
  static int ofAction(String action) {
    return switch (action.substring(action.lastIndexOf('/') + 1)) {
      case "read", "readMetadata", "readChangeFeed" -> READ_ITEM;
      case "executeQuery" -> QUERY;
      case "create" -> CREATE_ITEM;
      case "upsert", "write" -> WRITE_ITEM;
      case "replace" -> UPDATE_ITEM;
      case "delete" -> DELETE_ITEM;
      default -> OTHER;
    };
  }
}
