package dev.ephemeris.gateway.custody;

import java.util.Set;

/**
 * Which of an account's logs go somewhere.
 *
 * @param toWorkspace whether to one of Log Analytics, where they can be asked for
 * @param logs categories that are sent, such as {@code DataPlaneRequests}, and groups of them, such
 *     as {@code allLogs}
 */
public record DiagnosticSetting(String name, boolean toWorkspace, Set<String> logs) {

  /** What is asked for here is in both. */
  private static final Set<String> GROUPS = Set.of("allLogs", "audit");

  public DiagnosticSetting {
    logs = Set.copyOf(logs);
  }

  /** Whether these go there: requests for data, or changes of the account. */
  public boolean sends(String category) {
    return logs.contains(category) || logs.stream().anyMatch(GROUPS::contains);
  }
}
