package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.config.Region;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The account document as the gateway shows it: of the account's own only what tells how it
 * behaves; every location is the gateway, by one name or by one for each region, so that an SDK
 * that follows them stays.
 */
final class AccountDocument {

  private static final List<String> PASSED_ON =
      List.of(
          "id",
          "continuousBackupEnabled",
          "enableNRegionSynchronousCommit",
          "queryEngineConfiguration",
          "readPolicy",
          "systemReplicationPolicy",
          "userConsistencyPolicy",
          "userReplicationPolicy");

  private AccountDocument() {}

  /**
   * @param endpoint what the client called the gateway, with its port: {@code https://host:443/}
   * @param regions the labels of those that have a host name of their own here; the account's
   *     others aren't shown
   * @param inRegion the same for a region
   */
  static Buffer of(
      JsonObject account, String endpoint, Set<String> regions, UnaryOperator<String> inRegion) {
    JsonObject document = new JsonObject();
    for (String field : PASSED_ON) {
      if (account.containsKey(field)) {
        document.put(field, account.getValue(field));
      }
    }
    JsonArray writable = locations(account, "writableLocations", regions, inRegion);
    JsonArray readable = locations(account, "readableLocations", regions, inRegion);
    if (writable.isEmpty() || readable.isEmpty()) {
      // One location: no region logic.
      writable = new JsonArray().add(location(writeRegion(account), endpoint));
      readable = writable.copy();
    }
    return document
        .put("_self", "")
        .put("_rid", "")
        .put("media", "//media/")
        .put("addresses", "//addresses/")
        .put("_dbs", "//dbs/")
        .put("writableLocations", writable)
        .put("readableLocations", readable)
        .put(
            "enableMultipleWriteLocations",
            writable.size() > 1 && account.getBoolean("enableMultipleWriteLocations", false))
        // A failover of single partitions, and a thin client, go past the gateway.
        .put("enablePerPartitionFailoverBehavior", false)
        .toBuffer();
  }

  private static JsonArray locations(
      JsonObject account, String list, Set<String> regions, UnaryOperator<String> inRegion) {
    JsonArray shown = new JsonArray();
    for (Object location : account.getJsonArray(list, new JsonArray())) {
      if (location instanceof JsonObject known) {
        String name = known.getString("name", "");
        String label = Region.label(name);
        if (regions.contains(label)) {
          shown.add(location(name, inRegion.apply(label)));
        }
      }
    }
    return shown;
  }

  private static JsonObject location(String region, String endpoint) {
    return new JsonObject().put("name", region).put("databaseAccountEndpoint", endpoint);
  }

  private static String writeRegion(JsonObject account) {
    JsonArray locations = account.getJsonArray("writableLocations", new JsonArray());
    return locations.isEmpty()
        ? "gateway"
        : locations.getJsonObject(0).getString("name", "gateway");
  }
}
