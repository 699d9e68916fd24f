package dev.ephemeris.simulator.azure;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.UUID;

/**
 * A long-running operation on an account; it always succeeds.
 *
 * @param resource the path of what it is done to, below which its result is found
 */
record Operation(UUID id, String subscription, String resource, Instant end) {

  /** Where the provider runs; every operation is looked at there. */
  static final String LOCATION = "westeurope";

  boolean isRunning(Instant now) {
    return now.isBefore(end);
  }

  String statusPath() {
    return "/subscriptions/"
        + subscription
        + "/providers/Microsoft.DocumentDB/locations/"
        + LOCATION
        + "/operationsStatus/"
        + id;
  }

  String resultPath() {
    return resource + "/operationResults/" + id;
  }

  // The provider's own words for a state, as recorded by Azure's command-line tests.
  static JsonObject status(String status) {
    return JsonObject.of("status", status);
  }
}
