package dev.ephemeris.gateway.sdk;

import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosDatabase;
import com.azure.cosmos.models.CosmosContainerProperties;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.PartitionKeyDefinition;
import com.azure.cosmos.models.PartitionKeyDefinitionVersion;
import com.azure.cosmos.models.PartitionKind;
import com.azure.cosmos.models.ThroughputProperties;
import com.azure.cosmos.models.ThroughputResponse;
import com.azure.cosmos.models.UniqueKey;
import com.azure.cosmos.models.UniqueKeyPolicy;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** On containers, their throughput and their conflicts. */
final class ContainerCases {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, Case> cases = new HashMap<>();

  private ContainerCases() {
    definitions();
    throughput();
    cases.put(
        "list-conflicts",
        at ->
            JavaAnswers.resources(
                at.asyncOrders()
                    .readAllConflicts(new CosmosQueryRequestOptions())
                    .byPage()
                    .toIterable()));
  }

  static Map<String, Case> all() {
    return new ContainerCases().cases;
  }

  private void definitions() {
    cases.put(
        "list-containers",
        at -> JavaAnswers.resources(at.database().readAllContainers().iterableByPage()));
    cases.put(
        "query-containers",
        at ->
            JavaAnswers.resources(
                at.database()
                    .queryContainers("SELECT * FROM c WHERE c.id = 'orders'")
                    .iterableByPage()));
    cases.put("read-container", at -> JavaAnswers.resource(at.orders().read()));
    cases.put(
        "read-ranges",
        at -> {
          ArrayNode ranges = JSON.createArrayNode();
          at.orders().getFeedRanges().forEach(range -> ranges.add(range.toString()));
          return JSON.createObjectNode().put("status", 200).set("body", ranges);
        });
    cases.put("create-container", at -> create(at.database(), plain("new")));
    cases.put("create-container-that-is-there", at -> create(at.database(), plain("orders")));
    cases.put(
        "create-container-of-a-hierarchical-key",
        at -> {
          PartitionKeyDefinition key = new PartitionKeyDefinition();
          key.setPaths(List.of("/tenant", "/user", "/session"));
          key.setKind(PartitionKind.MULTI_HASH);
          key.setVersion(PartitionKeyDefinitionVersion.V2);
          return create(at.database(), new CosmosContainerProperties("new", key));
        });
    cases.put(
        "create-container-of-unique-keys",
        at ->
            create(
                at.database(),
                plain("new")
                    .setUniqueKeyPolicy(
                        new UniqueKeyPolicy()
                            .setUniqueKeys(List.of(new UniqueKey(List.of("/email")))))));
    cases.put(
        "create-container-with-a-time-to-live",
        at -> create(at.database(), plain("new").setDefaultTimeToLiveInSeconds(3600)));
    cases.put(
        "replace-container",
        at -> {
          CosmosContainer spare = at.container("spare");
          return JavaAnswers.resource(
              spare.replace(spare.read().getProperties().setDefaultTimeToLiveInSeconds(60)));
        });
    cases.put("delete-container", at -> JavaAnswers.resource(at.container("spare").delete()));
  }

  private static CosmosContainerProperties plain(String id) {
    return new CosmosContainerProperties(id, "/customerId");
  }

  private static JsonNode create(CosmosDatabase database, CosmosContainerProperties container) {
    return JavaAnswers.resource(database.createContainer(container));
  }

  private void throughput() {
    cases.put(
        "create-container-with-throughput",
        at -> create(at.database(), ThroughputProperties.createManualThroughput(500)));
    cases.put(
        "create-container-with-autoscale",
        at -> create(at.database(), ThroughputProperties.createAutoscaledThroughput(4000)));
    cases.put("read-throughput", at -> throughput(at.container("spare").readThroughput()));
    cases.put("replace-throughput", at -> replace(at.container("spare"), 500));
    cases.put("replace-throughput-by-too-little", at -> replace(at.container("spare"), 300));
  }

  private static JsonNode create(CosmosDatabase database, ThroughputProperties throughput) {
    database.createContainer(plain("new"), throughput);
    return throughput(database.getContainer("new").readThroughput());
  }

  private static JsonNode replace(CosmosContainer container, int throughput) {
    return throughput(
        container.replaceThroughput(ThroughputProperties.createManualThroughput(throughput)));
  }

  static JsonNode throughput(ThroughputResponse response) {
    return JavaAnswers.single(
        response.getStatusCode(),
        response.getResponseHeaders(),
        JSON.createObjectNode()
            .put("throughput", response.getProperties().getManualThroughput())
            .put("most", response.getProperties().getAutoscaleMaxThroughput())
            .put("_etag", response.getProperties().getETag()));
  }
}
