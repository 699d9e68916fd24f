package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.List;
import java.util.function.Supplier;

/** The answer to {@code GET /}: one region, or two, whose endpoints are this server. */
final class AccountDocument {

  /** Another JSON document, as a string, as the service sends it. */
  private static final String QUERY_ENGINE =
      """
      {"allowNewKeywords":true,"maxJoinsPerSqlQuery":10,"maxQueryRequestTimeoutFraction":0.9,\
      "maxSqlQueryInputLength":524288,"maxUdfRefPerSqlQuery":10,"queryMaxInMemorySortDocumentCount"\
      :-500,"spatialMaxGeometryPointCount":256,"sqlAllowNonFiniteNumbers":false,\
      "sqlDisableOptimizationFlags":0,"clientDisableOptimisticDirectExecution":false,\
      "queryEnableFullText":true,"enableSpatialIndexing":true,"sqlAllowAggregateFunctions":true,\
      "sqlAllowGroupByClause":false,"sqlAllowLike":false,"sqlAllowScalarSubQuery":false,\
      "sqlAllowSubQuery":false,"sqlAllowTop":true}\
      """;

  private final String name;

  /** Asked late: the port isn't known before the server listens. */
  private final Supplier<URI> endpoint;

  private final Regions regions;

  AccountDocument(String name, Supplier<URI> endpoint, Regions regions) {
    this.name = name;
    this.endpoint = endpoint;
    this.regions = regions;
  }

  /**
   * The document, and the usage of attachments, without which the Java SDK doesn't read it.
   *
   * @param thinClient whether the client asked for the endpoints of the thin client too
   */
  Answer answer(boolean thinClient) {
    return Answer.of(200, json(thinClient))
        .with("x-ms-max-media-storage-usage-mb", "2048")
        .with("x-ms-media-storage-usage-mb", "0");
  }

  private ObjectNode json(boolean thinClient) {
    List<String> all = regions.all();
    ObjectNode account = Json.object().put("_self", "").put("id", name);
    account.put("_rid", name + ".documents.azure.com");
    account.put("media", "//media/").put("addresses", "//addresses/").put("_dbs", "//dbs/");
    location(account.putArray("writableLocations"), all.getFirst());
    ArrayNode readable = account.putArray("readableLocations");
    all.forEach(region -> location(readable, region));
    if (thinClient) {
      URI thin = URI.create("https://" + endpoint.get().getHost() + ":10250/");
      location(account.putArray("thinClientWritableLocations"), all.getFirst(), thin);
      location(account.putArray("thinClientReadableLocations"), all.getFirst(), thin);
    }
    account.put("enableMultipleWriteLocations", false);
    account.put("continuousBackupEnabled", false);
    account.put("enableNRegionSynchronousCommit", false);
    account.put("enablePerPartitionFailoverBehavior", false);
    account
        .putObject("userReplicationPolicy")
        .put("asyncReplication", false)
        .put("minReplicaSetSize", 3)
        .put("maxReplicasetSize", 4);
    account.putObject("userConsistencyPolicy").put("defaultConsistencyLevel", "Session");
    account
        .putObject("systemReplicationPolicy")
        .put("minReplicaSetSize", 3)
        .put("maxReplicasetSize", 4);
    account
        .putObject("readPolicy")
        .put("primaryReadCoefficient", 1)
        .put("secondaryReadCoefficient", 1);
    return account.put("queryEngineConfiguration", QUERY_ENGINE);
  }

  private void location(ArrayNode locations, String region) {
    location(locations, region, Regions.endpoint(region, endpoint.get()));
  }

  private static void location(ArrayNode locations, String region, URI endpoint) {
    locations.addObject().put("name", region).put("databaseAccountEndpoint", endpoint.toString());
  }
}
