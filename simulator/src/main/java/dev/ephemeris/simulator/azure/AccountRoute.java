package dev.ephemeris.simulator.azure;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What can be asked of an account or of something below it, and the action that it takes. */
enum AccountRoute {
  READ("GET", "", "read"),
  LIST_KEYS("POST", "listKeys", "listKeys/action"),
  LIST_READ_ONLY_KEYS("POST", "readonlykeys", "readonlykeys/action"),
  READ_READ_ONLY_KEYS("GET", "readonlykeys", "readonlykeys/action"),
  REGENERATE_KEY("POST", "regenerateKey", "regenerateKey/action"),
  LIST_DEFINITIONS("GET", "sqlRoleDefinitions", "sqlRoleDefinitions/read"),
  READ_DEFINITION("GET", "sqlRoleDefinitions/*", "sqlRoleDefinitions/read"),
  WRITE_DEFINITION("PUT", "sqlRoleDefinitions/*", "sqlRoleDefinitions/write"),
  DELETE_DEFINITION("DELETE", "sqlRoleDefinitions/*", "sqlRoleDefinitions/delete"),
  LIST_ASSIGNMENTS("GET", "sqlRoleAssignments", "sqlRoleAssignments/read"),
  READ_ASSIGNMENT("GET", "sqlRoleAssignments/*", "sqlRoleAssignments/read"),
  WRITE_ASSIGNMENT("PUT", "sqlRoleAssignments/*", "sqlRoleAssignments/write"),
  DELETE_ASSIGNMENT("DELETE", "sqlRoleAssignments/*", "sqlRoleAssignments/delete"),
  LIST_DIAGNOSTIC_SETTINGS(
      "GET", AccountRoute.INSIGHTS, "Microsoft.Insights/diagnosticSettings/read");

  private static final String INSIGHTS = "providers/Microsoft.Insights/diagnosticSettings";

  private final String method;
  private final String below;
  private final String action;

  AccountRoute(String method, String below, String action) {
    this.method = method;
    this.below = below;
    this.action = action.startsWith("Microsoft.") ? action : ArmAccount.TYPE + "/" + action;
  }

  /** The api-version that it is asked for in. */
  String apiVersion() {
    return this == LIST_DIAGNOSTIC_SETTINGS
        ? DiagnosticSetting.API_VERSION
        : ResourceManager.API_VERSION;
  }

  static Optional<AccountRoute> of(String method, List<String> below) {
    return Arrays.stream(values())
        .filter(route -> route.method.equals(method) && route.matches(below))
        .findFirst();
  }

  private boolean matches(List<String> segments) {
    var literals = below.isEmpty() ? List.<String>of() : List.of(below.split("/", -1));
    if (segments.size() != literals.size()) {
      return false;
    }
    for (var i = 0; i < literals.size(); i++) {
      if (!literals.get(i).equals("*") && !literals.get(i).equalsIgnoreCase(segments.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** In full, such as {@code Microsoft.DocumentDB/databaseAccounts/listKeys/action}. */
  String action() {
    return action;
  }
}
