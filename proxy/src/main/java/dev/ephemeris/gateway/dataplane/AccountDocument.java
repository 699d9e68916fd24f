package dev.ephemeris.gateway.dataplane;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * The account document as the gateway shows it: of the account's own only what tells how it
 * behaves; every location is the gateway, so that an SDK that follows them stays.
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
   */
  static Buffer of(JsonObject account, String endpoint) {
    JsonObject document = new JsonObject();
    for (String field : PASSED_ON) {
      if (account.containsKey(field)) {
        document.put(field, account.getValue(field));
      }
    }
    JsonArray here =
        new JsonArray()
            .add(
                new JsonObject()
                    .put("name", writeRegion(account))
                    .put("databaseAccountEndpoint", endpoint));
    return document
        .put("_self", "")
        .put("_rid", "")
        .put("media", "//media/")
        .put("addresses", "//addresses/")
        .put("_dbs", "//dbs/")
        .put("writableLocations", here)
        .put("readableLocations", here.copy())
        // One location: no region logic, no partition-level failover, no thin client.
        .put("enableMultipleWriteLocations", false)
        .put("enablePerPartitionFailoverBehavior", false)
        .toBuffer();
  }

  private static String writeRegion(JsonObject account) {
    JsonArray locations = account.getJsonArray("writableLocations", new JsonArray());
    return locations.isEmpty()
        ? "gateway"
        : locations.getJsonObject(0).getString("name", "gateway");
  }
}
