package dev.ephemeris.gateway.sdk;

import com.azure.cosmos.CosmosAsyncClient;
import com.azure.cosmos.CosmosAsyncDatabase;
import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosDatabase;
import com.azure.cosmos.CosmosScripts;
import com.azure.cosmos.implementation.DocumentCollection;
import com.azure.cosmos.models.CosmosContainerProperties;
import com.azure.cosmos.models.CosmosDatabaseProperties;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.CosmosStoredProcedureProperties;
import com.azure.cosmos.models.CosmosTriggerProperties;
import com.azure.cosmos.models.ModelBridgeInternal;
import com.azure.cosmos.models.TriggerOperation;
import com.azure.cosmos.models.TriggerType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.simulator.cosmos.ReceivedRequest;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * An account that the environment names: a real one, or Microsoft's emulator. Its databases have
 * names of this run's own, and are dropped at the end.
 */
final class GivenAccount implements TestAccount {

  /** What differs when the same is written or asked twice. */
  private static final Set<String> PASSING =
      Set.of(
          "etag",
          "_etag",
          "_token",
          "_ts",
          "crts",
          "lsn",
          "previousImageLSN",
          "_lsn",
          "_rid",
          "_self",
          "x-ms-session-token",
          "x-ms-request-charge",
          "charge");

  private static final String GREETING =
      "function (name) { getContext().getResponse().setBody({ greeting: 'hello ' + name }); }";

  private static final String STAMP =
      "function () { const request = getContext().getRequest(); const item = request.getBody();"
          + " item.stamped = true; request.setBody(item); }";

  private static final String REMEMBER =
      "function () { const container = getContext().getCollection();"
          + " container.upsertDocument(container.getSelfLink(), { id: 'last', customerId: 'c1' });"
          + " }";

  private final String run = "ephemeris-test-" + UUID.randomUUID();
  private final URI endpoint;
  private final String key;
  private final Optional<Path> caCertificate;
  private final CosmosClient client;
  private final CosmosAsyncClient asyncClient;

  private GivenAccount(URI endpoint, String key, Optional<Path> caCertificate) {
    this.endpoint = endpoint;
    this.key = key;
    this.caCertificate = caCertificate;
    this.client =
        new CosmosClientBuilder()
            .endpoint(endpoint.toString())
            .key(key)
            .gatewayMode()
            .buildClient();
    this.asyncClient =
        new CosmosClientBuilder()
            .endpoint(endpoint.toString())
            .key(key)
            .gatewayMode()
            .buildAsyncClient();
    try {
      reset();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * @throws IllegalStateException if an account is named, but not its key
   */
  static Optional<TestAccount> of(Map<String, String> environment) {
    String endpoint = environment.getOrDefault("EPHEMERIS_TEST_ACCOUNT", "");
    if (endpoint.isBlank()) {
      return Optional.empty();
    }
    String key = environment.getOrDefault("EPHEMERIS_TEST_KEY", "");
    if (key.isBlank()) {
      throw new IllegalStateException("EPHEMERIS_TEST_ACCOUNT is set, EPHEMERIS_TEST_KEY is not");
    }
    return Optional.of(
        new GivenAccount(
            URI.create(endpoint),
            key,
            Optional.ofNullable(environment.get("EPHEMERIS_TEST_CA")).map(Path::of)));
  }

  @Override
  public URI endpoint() {
    return endpoint;
  }

  @Override
  public String key() {
    return key;
  }

  @Override
  public Optional<Path> caCertificate() {
    return caCertificate;
  }

  @Override
  public String database(String name) {
    return run + "-" + name;
  }

  /** Repairs what isn't as it was: most operations only read. */
  @Override
  public void reset() {
    databases().stream()
        .filter(
            found ->
                SdkWorld.CONTAINERS.keySet().stream().map(this::database).noneMatch(found::equals))
        .forEach(found -> client.getDatabase(found).delete());
    repairClientEncryptionKeys();
    SdkWorld.CONTAINERS.forEach(this::repair);
    repairScripts(client.getDatabase(database("shop")).getContainer("orders").getScripts());
  }

  /** None of them can be deleted, other than with their database. */
  private void repairClientEncryptionKeys() {
    CosmosAsyncDatabase shop = asyncClient.getDatabase(database("shop"));
    boolean there = databases().contains(database("shop"));
    if (there && ClientEncryptionKeyCases.areAsAtFirst(shop)) {
      return;
    }
    if (there) {
      client.getDatabase(database("shop")).delete();
    }
    client.createDatabase(database("shop"));
    shop.createClientEncryptionKey(ClientEncryptionKeyCases.key(ClientEncryptionKeyCases.FIRST))
        .block();
  }

  @Override
  public void writeUsers() {
    FirstUsers.write(client, database("shop"));
  }

  private void repair(String name, List<String> containers) {
    client.createDatabaseIfNotExists(database(name));
    CosmosDatabase database = client.getDatabase(database(name));
    Map<String, CosmosContainerProperties> found = new HashMap<>();
    database.readAllContainers().forEach(container -> found.put(container.getId(), container));
    for (CosmosContainerProperties container : found.values()) {
      boolean changed =
          container.getId().equals("spare")
              && (container.getDefaultTimeToLiveInSeconds() != null
                  || throughput(database.getContainer("spare")) != 400);
      if (changed || !containers.contains(container.getId())) {
        database.getContainer(container.getId()).delete();
      }
    }
    for (String container : containers) {
      FirstContent content = FirstContent.of(container);
      if (database.createContainerIfNotExists(properties(container)).getStatusCode() == 201) {
        content.items().forEach(database.getContainer(container)::upsertItem);
      } else {
        repair(database.getContainer(container), content);
      }
    }
  }

  private static int throughput(CosmosContainer container) {
    return container.readThroughput().getProperties().getManualThroughput();
  }

  private static CosmosContainerProperties properties(String container) {
    return ModelBridgeInternal.getCosmosContainerPropertiesFromV2Results(
            List.of(
                new DocumentCollection(
                    FirstContent.of(container).definition(container).toString())))
        .getFirst();
  }

  private static void repair(CosmosContainer container, FirstContent content) {
    Map<String, JsonNode> missing = new HashMap<>();
    content.items().stream()
        .filter(item -> !item.has("ttl")) // its time was to end
        .forEach(item -> missing.put(item.path("id").asText(), item));
    for (ObjectNode found :
        container.queryItems(
            "SELECT * FROM c", new CosmosQueryRequestOptions(), ObjectNode.class)) {
      JsonNode now =
          found.deepCopy().remove(List.of("_rid", "_self", "_etag", "_ts", "_attachments", "_lsn"));
      String id = now.path("id").asText();
      if (now.equals(missing.get(id))) {
        missing.remove(id);
      } else if (!missing.containsKey(id)) {
        container.deleteItem(found, null);
      }
    }
    missing.values().forEach(container::upsertItem);
  }

  private static void repairScripts(CosmosScripts scripts) {
    List<String> found =
        scripts.readAllStoredProcedures().stream()
            .map(CosmosStoredProcedureProperties::getId)
            .toList();
    found.forEach(id -> scripts.getStoredProcedure(id).delete());
    scripts.createStoredProcedure(new CosmosStoredProcedureProperties(PROCEDURE, GREETING));
    List<String> triggers =
        scripts.readAllTriggers().stream().map(CosmosTriggerProperties::getId).toList();
    triggers.forEach(id -> scripts.getTrigger(id).delete());
    scripts.createTrigger(
        new CosmosTriggerProperties(PRE_TRIGGER, STAMP)
            .setTriggerType(TriggerType.PRE)
            .setTriggerOperation(TriggerOperation.ALL));
    scripts.createTrigger(
        new CosmosTriggerProperties(POST_TRIGGER, REMEMBER)
            .setTriggerType(TriggerType.POST)
            .setTriggerOperation(TriggerOperation.ALL));
  }

  private List<String> databases() {
    return client.readAllDatabases().stream()
        .map(CosmosDatabaseProperties::getId)
        .filter(id -> id.startsWith(run))
        .toList();
  }

  @Override
  public Optional<List<ReceivedRequest>> received() {
    return Optional.empty();
  }

  @Override
  public JsonNode comparable(JsonNode answer) {
    JsonNode comparable = answer.deepCopy();
    leaveOut(comparable);
    return comparable;
  }

  private static void leaveOut(JsonNode node) {
    if (node instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> field : List.copyOf(object.properties())) {
        if (field.getValue().isNull()) {
          continue; // that there is none must be equal
        }
        if (PASSING.contains(field.getKey())) {
          object.put(field.getKey(), "…");
        } else if (field.getKey().equals("message")) {
          // Replicas and statistics follow the activity id.
          object.put("message", field.getValue().asText().split("ActivityId:", 2)[0]);
        } else {
          leaveOut(field.getValue());
        }
      }
    } else if (node instanceof ArrayNode array) {
      array.forEach(GivenAccount::leaveOut);
    }
  }

  @Override
  public void close() {
    try {
      databases().forEach(found -> client.getDatabase(found).delete());
    } finally {
      asyncClient.close();
      client.close();
    }
  }
}
