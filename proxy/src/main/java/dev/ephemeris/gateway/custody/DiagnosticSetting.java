package dev.ephemeris.gateway.custody;

import java.util.Set;

/**
 * Which of an account's logs go somewhere.
 *
 * @param logs categories that are sent, such as {@code DataPlaneRequests}, and groups of them, such
 *     as {@code allLogs}
 */
public record DiagnosticSetting(String name, Set<String> logs) {
  public DiagnosticSetting {
    logs = Set.copyOf(logs);
  }
}
