package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosBatch;
import com.azure.cosmos.models.CosmosPatchOperations;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Items and requests have at most two megabytes, of UTF-8. */
class ItemSizeTest {

  private static final int LIMIT = 2 * 1024 * 1024;
  private static final PartitionKey A = new PartitionKey("a");

  private static RunningSimulator running;
  private static CosmosClient client;
  private CosmosContainer orders;

  @BeforeAll
  static void start() throws Exception {
    running = new RunningSimulator();
    client = running.sdkClient();
  }

  @AfterAll
  static void stop() {
    client.close();
    running.close();
  }

  @BeforeEach
  void emptyContainer() {
    running.resetWithContainer();
    orders = client.getDatabase("shop").getContainer("orders");
  }

  @Test
  void takesItemsUpToTheLimit() {
    orders.createItem(item("1", LIMIT));
    orders.upsertItem(item("2", LIMIT));
    orders.replaceItem(item("1", LIMIT), "1", A, null);

    assertThat(orders.readItem("1", A, ObjectNode.class).getItem().path("text").textValue())
        .hasSizeGreaterThan(LIMIT - 100);
  }

  @Test
  void refusesLargerOnes() {
    orders.createItem(item("1", 100));

    assertTooLarge(() -> orders.createItem(item("2", LIMIT + 1)));
    assertTooLarge(() -> orders.upsertItem(item("2", LIMIT + 1)));
    assertTooLarge(() -> orders.upsertItem(item("1", LIMIT + 1)));
    assertTooLarge(() -> orders.replaceItem(item("1", LIMIT + 1), "1", A, null));

    assertThat(running.simulator.find("shop", "orders", "2")).isEmpty();
    assertThat(text()).hasSizeLessThan(100);
  }

  @Test
  void countsBytesAndNotLetters() {
    ObjectNode item =
        Json.object().put("id", "1").put("pk", "a").put("text", "é".repeat(LIMIT / 2));

    assertTooLarge(() -> orders.createItem(item));
  }

  @Test
  void refusesPatchesThatMakeAnItemTooLarge() {
    orders.createItem(item("1", LIMIT - 100));

    orders.patchItem(
        "1", A, CosmosPatchOperations.create().add("/more", "x".repeat(80)), JsonNode.class);
    assertTooLarge(
        () ->
            orders.patchItem(
                "1",
                A,
                CosmosPatchOperations.create().add("/yet", "x".repeat(80)),
                JsonNode.class));

    assertThat(running.simulator.find("shop", "orders", "1").orElseThrow().has("yet")).isFalse();
  }

  @Test
  void refusesBatchesThatAreTooLargeAltogether() {
    CosmosBatch fits = CosmosBatch.createCosmosBatch(A);
    CosmosBatch tooLarge = CosmosBatch.createCosmosBatch(A);
    for (int i = 0; i < 2; i++) {
      fits.createItemOperation(item("fits" + i, LIMIT / 2 - 200));
      tooLarge.createItemOperation(item("large" + i, LIMIT / 2));
    }

    assertThat(orders.executeCosmosBatch(fits).getStatusCode()).isEqualTo(200);
    assertTooLarge(() -> orders.executeCosmosBatch(tooLarge));
    assertThat(running.simulator.find("shop", "orders", "large0")).isEmpty();
  }

  @Test
  void refusesAPatchInABatchThatMakesAnItemTooLarge() {
    orders.createItem(item("1", LIMIT - 100));
    CosmosBatch batch = CosmosBatch.createCosmosBatch(A);
    batch.createItemOperation(item("2", 100));
    batch.patchItemOperation("1", CosmosPatchOperations.create().add("/more", "x".repeat(200)));

    assertThat(orders.executeCosmosBatch(batch).getStatusCode()).isEqualTo(413);
    assertThat(running.simulator.find("shop", "orders", "2")).isEmpty();
  }

  private static String text() {
    return running.simulator.find("shop", "orders", "1").orElseThrow().path("text").textValue();
  }

  /** An item whose JSON has so many bytes. */
  private static ObjectNode item(String id, int bytes) {
    ObjectNode item = Json.object().put("id", id).put("pk", "a").put("text", "");
    return item.put("text", "x".repeat(bytes - Json.bytes(item).length));
  }

  private static void assertTooLarge(Runnable write) {
    assertThatExceptionOfType(CosmosException.class)
        .isThrownBy(write::run)
        .satisfies(e -> assertThat(e.getStatusCode()).isEqualTo(413))
        .withMessageContaining("Request size is too large");
  }
}
