package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.ChangeFeedOperationType;
import com.azure.cosmos.models.ChangeFeedProcessorItem;
import com.azure.cosmos.models.CosmosBatch;
import com.azure.cosmos.models.CosmosChangeFeedRequestOptions;
import com.azure.cosmos.models.CosmosContainerProperties;
import com.azure.cosmos.models.CosmosPatchOperations;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.FeedRange;
import com.azure.cosmos.models.PartitionKey;
import com.azure.cosmos.models.UniqueKey;
import com.azure.cosmos.models.UniqueKeyPolicy;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Items that end by themselves: by the container's time to live, or by their own. */
class TimeToLiveTest {

  private static final MovableClock CLOCK = new MovableClock();
  private static final PartitionKey A = new PartitionKey("a");

  private static RunningSimulator running;
  private static CosmosClient client;
  private CosmosContainer notes;

  @BeforeAll
  static void start() throws Exception {
    running = new RunningSimulator(CLOCK);
    client = running.sdkClient();
  }

  @AfterAll
  static void stop() {
    client.close();
    running.close();
  }

  @BeforeEach
  void now() {
    CLOCK.set(Duration.ZERO);
    running.simulator.reset();
    running.simulator.createDatabase("shop");
    notes = client.getDatabase("shop").getContainer("notes");
  }

  private void containerWith(String defaultTtl) {
    CosmosContainerProperties properties = new CosmosContainerProperties("notes", "/pk");
    if (!defaultTtl.equals("none")) {
      properties.setDefaultTimeToLiveInSeconds(Integer.parseInt(defaultTtl));
    }
    client.getDatabase("shop").createContainer(properties);
  }

  /** Two seconds' leeway on either side: {@code _ts} counts whole ones, and tests take some. */
  @ParameterizedTest
  @CsvFileSource(resources = "times-to-live.csv", delimiter = '|', quoteCharacter = '\0')
  void endsWhenTheContainerOrTheItemSays(String ofContainer, String ofItem, String end) {
    containerWith(ofContainer);
    notes.createItem(note("1", ofItem));
    notes.createItem(note("other", "-1"));

    if (end.equals("never")) {
      CLOCK.forward(Duration.ofMinutes(15));
      assertThat(ids()).contains("1");
    } else {
      int seconds = Integer.parseInt(end);
      CLOCK.forward(Duration.ofSeconds(seconds - 10));
      assertThat(ids()).containsExactly("1", "other");
      CLOCK.forward(Duration.ofSeconds(10));
      assertThat(ids()).containsExactly("other");
    }
  }

  private static ObjectNode note(String id, String ttl) {
    String property = ttl.equals("none") ? "" : ", 'ttl': " + ttl;
    return (ObjectNode)
        RunningSimulator.json("{'id': '" + id + "', 'pk': 'a', 'n': 1" + property + "}");
  }

  private List<String> ids() {
    return notes
        .queryItems("SELECT VALUE c.id FROM c", new CosmosQueryRequestOptions(), String.class)
        .stream()
        .toList();
  }

  @Test
  void isGoneForEveryOperation() {
    containerWith("100");
    notes.createItem(note("1", "none"));
    CLOCK.forward(Duration.ofSeconds(100));

    assertStatus(404, () -> notes.readItem("1", A, JsonNode.class));
    assertStatus(404, () -> notes.replaceItem(note("1", "none"), "1", A, null));
    assertStatus(404, () -> notes.deleteItem("1", A, null));
    assertStatus(
        404,
        () -> notes.patchItem("1", A, CosmosPatchOperations.create().set("/n", 2), JsonNode.class));
    assertThat(notes.readAllItems(A, JsonNode.class)).isEmpty();
    CosmosBatch batch = CosmosBatch.createCosmosBatch(A);
    batch.readItemOperation("1");
    assertThat(notes.executeCosmosBatch(batch).getStatusCode()).isEqualTo(404);
    assertThat(running.simulator.find("shop", "notes", "1")).isEmpty();
    assertThat(notes.upsertItem(note("1", "none")).getStatusCode()).isEqualTo(201);
  }

  @Test
  void countsFromTheLastWrite() {
    containerWith("100");
    notes.createItem(note("1", "none"));
    notes.createItem(note("2", "none"));
    CLOCK.forward(Duration.ofSeconds(90));
    notes.replaceItem(note("1", "none"), "1", A, null);
    notes.patchItem("2", A, CosmosPatchOperations.create().set("/ttl", 400), JsonNode.class);

    CLOCK.forward(Duration.ofSeconds(90));
    assertThat(ids()).containsExactly("1", "2");
    CLOCK.forward(Duration.ofSeconds(90));
    assertThat(ids()).containsExactly("2");
    CLOCK.forward(Duration.ofSeconds(310));
    assertThat(ids()).isEmpty();
  }

  @Test
  void goesByTheContainersNewTime() {
    containerWith("none");
    notes.createItem(note("1", "none"));
    notes.createItem(note("2", "200"));
    CLOCK.forward(Duration.ofSeconds(150));
    assertThat(ids()).containsExactly("1", "2");

    CosmosContainerProperties properties = notes.read().getProperties();
    properties.setDefaultTimeToLiveInSeconds(100);
    notes.replace(properties);
    assertThat(ids()).containsExactly("2");

    properties = notes.read().getProperties();
    properties.setDefaultTimeToLiveInSeconds(null);
    notes.replace(properties);
    CLOCK.forward(Duration.ofSeconds(150));
    assertThat(ids()).containsExactly("2");
    assertThat(notes.read().getProperties().getDefaultTimeToLiveInSeconds()).isNull();
  }

  @Test
  void isUndoneWithABatch() {
    containerWith("100");
    notes.createItem(note("1", "none"));
    CosmosBatch batch = CosmosBatch.createCosmosBatch(A);
    batch.replaceItemOperation("1", note("1", "-1"));
    batch.deleteItemOperation("none");

    assertThat(notes.executeCosmosBatch(batch).getStatusCode()).isEqualTo(404);
    CLOCK.forward(Duration.ofSeconds(100));

    assertThat(ids()).isEmpty();
  }

  @Test
  void freesUniqueValues() {
    client
        .getDatabase("shop")
        .createContainer(
            new CosmosContainerProperties("notes", "/pk")
                .setDefaultTimeToLiveInSeconds(100)
                .setUniqueKeyPolicy(
                    new UniqueKeyPolicy().setUniqueKeys(List.of(new UniqueKey(List.of("/n"))))));
    notes.createItem(note("1", "none"));
    assertStatus(409, () -> notes.createItem(note("2", "none")));

    CLOCK.forward(Duration.ofSeconds(100));

    assertThat(notes.createItem(note("2", "none")).getStatusCode()).isEqualTo(201);
  }

  @Test
  void endsAfterASplitToo() {
    containerWith("100");
    notes.createItem(note("1", "none"));

    running.simulator.split("shop", "notes");
    // A client of its own: it remembers ranges.
    try (CosmosClient other = running.sdkClient()) {
      notes = other.getDatabase("shop").getContainer("notes");
      assertThat(ids()).containsExactly("1");
      CLOCK.forward(Duration.ofSeconds(100));

      assertThat(ids()).isEmpty();
    }
  }

  @Test
  void leavesTheChangeFeedOfLatestVersionsWithoutAWord() {
    containerWith("100");
    notes.createItem(note("1", "none"));
    notes.createItem(note("2", "-1"));
    CLOCK.forward(Duration.ofSeconds(100));

    assertThat(
            notes.queryChangeFeed(
                CosmosChangeFeedRequestOptions.createForProcessingFromBeginning(
                    FeedRange.forFullRange()),
                JsonNode.class))
        .extracting(item -> item.path("id").textValue())
        .containsExactly("2");
  }

  @Test
  void tellsEndingsFromDeletionsWhereAllVersionsAreTold() {
    containerWith("100");
    String start =
        notes
            .queryChangeFeed(
                CosmosChangeFeedRequestOptions.createForProcessingFromNow(
                        FeedRange.forLogicalPartition(A))
                    .allVersionsAndDeletes(),
                ChangeFeedProcessorItem.class)
            .iterableByPage()
            .iterator()
            .next()
            .getContinuationToken();
    notes.createItem(note("ends", "none"));
    notes.createItem(note("deleted", "none"));
    notes.deleteItem("deleted", A, null);
    CLOCK.forward(Duration.ofSeconds(100));

    List<ChangeFeedProcessorItem> deletions = new ArrayList<>();
    notes
        .queryChangeFeed(
            CosmosChangeFeedRequestOptions.createForProcessingFromContinuation(start)
                .allVersionsAndDeletes(),
            ChangeFeedProcessorItem.class)
        .stream()
        .filter(
            change ->
                change.getChangeFeedMetaData().getOperationType() == ChangeFeedOperationType.DELETE)
        .forEach(deletions::add);

    assertThat(deletions)
        .extracting(change -> change.getPrevious().path("id").textValue())
        .containsExactly("deleted", "ends");
    assertThat(deletions)
        .extracting(change -> change.getChangeFeedMetaData().isTimeToLiveExpired())
        .containsExactly(false, true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-2", "1.5", "'10'", "true", "2147483648", "[]", "{}"})
  void refusesTimesThatAreNone(String ttl) {
    containerWith("-1");
    notes.createItem(note("old", "none"));
    CosmosBatch batch = CosmosBatch.createCosmosBatch(A);
    batch.createItemOperation(note("1", ttl));

    assertStatus(400, () -> notes.createItem(note("1", ttl)));
    assertStatus(400, () -> notes.upsertItem(note("old", ttl)));
    assertStatus(400, () -> notes.replaceItem(note("old", ttl), "old", A, null));
    assertStatus(
        400,
        () ->
            notes.patchItem(
                "old",
                A,
                CosmosPatchOperations.create().set("/ttl", note("1", ttl).get("ttl")),
                JsonNode.class));
    assertThat(notes.executeCosmosBatch(batch).getStatusCode()).isEqualTo(400);
    assertThat(ids()).containsExactly("old");
    assertThatExceptionOfType(CosmosException.class)
        .isThrownBy(() -> notes.createItem(note("1", ttl)))
        .withMessageContaining(
            "nonzero positive integer less than or equal to '2147483647', or '-1' which means"
                + " never expire.");
  }

  private static void assertStatus(int status, Runnable call) {
    assertThatExceptionOfType(CosmosException.class)
        .isThrownBy(call::run)
        .satisfies(e -> assertThat(e.getStatusCode()).isEqualTo(status));
  }
}
