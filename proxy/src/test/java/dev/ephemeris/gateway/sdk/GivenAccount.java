package dev.ephemeris.gateway.sdk;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.PartitionKey;
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
          "_ts",
          "_rid",
          "_self",
          "x-ms-session-token",
          "x-ms-request-charge",
          "charge");

  private final String run = "ephemeris-test-" + UUID.randomUUID();
  private final URI endpoint;
  private final String key;
  private final Optional<Path> caCertificate;
  private final CosmosClient client;

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
    try {
      SdkWorld.CONTAINERS.forEach(this::create);
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

  private void create(String database, List<String> containers) {
    client.createDatabase(database(database));
    for (String container : containers) {
      client.getDatabase(database(database)).createContainer(container, "/customerId");
    }
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
    SdkWorld.CONTAINERS.forEach(
        (database, containers) ->
            containers.forEach(
                container ->
                    repair(client.getDatabase(database(database)).getContainer(container))));
  }

  private static void repair(CosmosContainer container) {
    Map<String, JsonNode> missing = new HashMap<>();
    SdkWorld.orders().forEach(order -> missing.put(order.path("id").asText(), order));
    for (ObjectNode found :
        container.queryItems(
            "SELECT * FROM c", new CosmosQueryRequestOptions(), ObjectNode.class)) {
      JsonNode content =
          found.deepCopy().remove(List.of("_rid", "_self", "_etag", "_ts", "_attachments", "_lsn"));
      String id = content.path("id").asText();
      if (content.equals(missing.get(id))) {
        missing.remove(id);
      } else if (!missing.containsKey(id)) {
        container.deleteItem(id, new PartitionKey(content.path("customerId").asText()), null);
      }
    }
    missing.values().forEach(container::upsertItem);
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
      for (String database : SdkWorld.CONTAINERS.keySet()) {
        if (client.queryDatabases(named(database(database)), null).iterator().hasNext()) {
          client.getDatabase(database(database)).delete();
        }
      }
    } finally {
      client.close();
    }
  }

  private static String named(String database) {
    return "SELECT * FROM c WHERE c.id = '" + database + "'";
  }
}
