package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.models.CosmosItemResponse;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.PartitionKey;
import com.azure.cosmos.models.PartitionKeyBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** All items of a logical partition, gone with one request. */
class PartitionKeyDeleteTest {

  private static final String ORDERS = "dbs/shop/colls/orders";

  private static RunningSimulator running;
  private static CosmosClient client;
  private static RawClient raw;
  private CosmosContainer orders;

  @BeforeAll
  static void start() throws Exception {
    running = new RunningSimulator();
    client = running.sdkClient();
    raw = new RawClient(running);
  }

  @AfterAll
  static void stop() {
    client.close();
    running.close();
  }

  @BeforeEach
  void itemsOfThreeKeys() {
    running.resetWithContainer();
    orders = client.getDatabase("shop").getContainer("orders");
    IntStream.range(0, 9).forEach(i -> running.put("{'id': '" + i + "', 'pk': 'p" + i % 3 + "'}"));
    running.put("{'id': 'keyless'}");
  }

  @Test
  void deletesTheItemsOfThatKeyOnly() {
    CosmosItemResponse<Object> response =
        orders.deleteAllItemsByPartitionKey(new PartitionKey("p1"), null);

    assertThat(response.getStatusCode()).isEqualTo(200);
    assertThat(response.getSessionToken()).isNotEmpty();
    assertThat(ids(orders)).containsExactlyInAnyOrder("0", "2", "3", "5", "6", "8", "keyless");
    assertThat(orders.readAllItems(new PartitionKey("p1"), JsonNode.class)).isEmpty();
    assertThat(running.simulator.effects())
        .extracting(Effect::operation)
        .containsExactly("DELETE_PARTITION_KEY");
  }

  @Test
  void deletesItemsWithoutAKey() {
    orders.deleteAllItemsByPartitionKey(PartitionKey.NONE, null);

    assertThat(ids(orders)).hasSize(9).doesNotContain("keyless");
  }

  @Test
  void isDoneWithAKeyThatHasNoItems() {
    assertThat(orders.deleteAllItemsByPartitionKey(new PartitionKey("none"), null).getStatusCode())
        .isEqualTo(200);
    assertThat(ids(orders)).hasSize(10);
  }

  @Test
  void takesAWholeHierarchicalKey() {
    running.simulator.createContainer(
        "shop",
        (ObjectNode)
            RunningSimulator.json(
                "{'id': 'visits', 'partitionKey': {'kind': 'MultiHash', 'paths': ['/t', '/u']}}"));
    CosmosContainer visits = client.getDatabase("shop").getContainer("visits");
    for (String user : List.of("u1", "u2")) {
      visits.createItem(
          RunningSimulator.json("{'id': '" + user + "', 't': 'a', 'u': '" + user + "'}"));
    }

    visits.deleteAllItemsByPartitionKey(new PartitionKeyBuilder().add("a").add("u1").build(), null);

    assertThat(ids(visits)).containsExactly("u2");
  }

  @Test
  void needsAKeyAndAPost() throws Exception {
    RawClient.Reply noKey = delete("POST").send();
    RawClient.Reply get = delete("GET").header(CosmosHeaders.PARTITION_KEY, "[\"p1\"]").send();

    assertThat(noKey.status()).isEqualTo(400);
    assertThat(noKey.message())
        .startsWith("PartitionKey value must be supplied for this operation.");
    assertThat(get.status()).isEqualTo(405);
    assertThat(ids(orders)).hasSize(10);
  }

  private static RawClient.Request delete(String method) {
    return raw.request(method, "/" + ORDERS + "/operations/partitionkeydelete")
        .signed("colls", ORDERS);
  }

  private static List<String> ids(CosmosContainer container) {
    return container
        .queryItems("SELECT VALUE c.id FROM c", new CosmosQueryRequestOptions(), String.class)
        .stream()
        .toList();
  }
}
