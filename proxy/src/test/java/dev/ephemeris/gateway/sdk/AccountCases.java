package dev.ephemeris.gateway.sdk;

import com.azure.cosmos.CosmosBridgeInternal;
import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.implementation.DatabaseAccount;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.ThroughputProperties;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** On the account, and on databases as a whole. */
final class AccountCases {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Of the account document, what tells an SDK how to go about it. */
  private static final List<String> GOES_BY =
      List.of(
          "id",
          "continuousBackupEnabled",
          "enableNRegionSynchronousCommit",
          "queryEngineConfiguration",
          "readPolicy",
          "systemReplicationPolicy",
          "userConsistencyPolicy",
          "userReplicationPolicy");

  private AccountCases() {}

  static Map<String, Case> all() {
    return Map.of(
        "read-account",
        at -> account(at.client()),
        "list-databases",
        at -> {
          Set<String> ids = new TreeSet<>();
          at.client().readAllDatabases().forEach(found -> ids.add(found.getId()));
          return found(ids.contains(at.target().database()));
        },
        "query-databases",
        at ->
            found(
                at.client()
                    .queryDatabases(
                        "SELECT * FROM d WHERE d.id = '" + at.target().database() + "'",
                        new CosmosQueryRequestOptions())
                    .iterator()
                    .hasNext()),
        "create-database",
        at -> JavaAnswers.resource(at.client().createDatabase(at.target().database() + "-new")),
        "create-database-with-throughput",
        at -> {
          String id = at.target().database() + "-new";
          at.client().createDatabase(id, ThroughputProperties.createManualThroughput(500));
          return ContainerCases.throughput(at.client().getDatabase(id).readThroughput());
        },
        "create-database-that-is-there",
        at -> JavaAnswers.resource(at.client().createDatabase(at.target().database())),
        "read-database",
        at -> JavaAnswers.resource(at.database().read()),
        "delete-database",
        at ->
            JavaAnswers.resource(
                at.client().getDatabase(at.target().database() + "-spare").delete()));
  }

  private static JsonNode found(boolean found) {
    return JSON.createObjectNode().put("status", 200).put("found", found);
  }

  /** The account document, which the SDK shows to nobody: what it goes by itself. */
  private static JsonNode account(CosmosClient client) {
    DatabaseAccount account =
        Objects.requireNonNull(
            CosmosBridgeInternal.getAsyncDocumentClient(client).getDatabaseAccount().block());
    ObjectNode document = (ObjectNode) SdkWorld.json(account.toJson());
    ObjectNode result = JSON.createObjectNode().put("status", 200);
    result
        .putObject("locations")
        .setAll(
            Map.of(
                "write", document.path("writableLocations"),
                "read", document.path("readableLocations")));
    return result.set("body", document.retain(GOES_BY));
  }
}
