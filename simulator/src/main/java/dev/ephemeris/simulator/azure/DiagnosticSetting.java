package dev.ephemeris.simulator.azure;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * Which of an account's logs go to which workspace.
 *
 * @param categories such as {@code DataPlaneRequests}
 */
record DiagnosticSetting(String name, Workspace workspace, List<String> categories) {

  /** The version in which these are read. */
  static final String API_VERSION = "2021-05-01-preview";

  DiagnosticSetting {
    categories = List.copyOf(categories);
  }

  JsonObject json(ArmAccount account) {
    var logs = new JsonArray();
    categories.forEach(category -> logs.add(JsonObject.of("category", category, "enabled", true)));
    return new JsonObject()
        .put("id", account.id() + "/providers/Microsoft.Insights/diagnosticSettings/" + name)
        .put("name", name)
        .put("type", "Microsoft.Insights/diagnosticSettings")
        .put(
            "properties",
            new JsonObject()
                .put("workspaceId", workspace.id())
                .put("logAnalyticsDestinationType", "Dedicated")
                .put("logs", logs)
                .put("metrics", new JsonArray()));
  }
}
