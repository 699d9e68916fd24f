package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosBatch;
import com.azure.cosmos.models.CosmosBatchOperationResult;
import com.azure.cosmos.models.CosmosBatchResponse;
import com.azure.cosmos.models.CosmosBulkOperations;
import com.azure.cosmos.models.CosmosContainerProperties;
import com.azure.cosmos.models.CosmosPatchOperations;
import com.azure.cosmos.models.PartitionKey;
import com.azure.cosmos.models.UniqueKey;
import com.azure.cosmos.models.UniqueKeyPolicy;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** Values that only one item of a logical partition may have. */
class UniqueKeyTest {

  private static final PartitionKey A = new PartitionKey("a");

  private static RunningSimulator running;
  private static CosmosClient client;
  private CosmosContainer people;

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

  /** {@code /email} is unique, and so are {@code /name/first} and {@code /name/last} together. */
  @BeforeEach
  void emptyContainer() {
    running.simulator.reset();
    running.simulator.createDatabase("shop");
    client
        .getDatabase("shop")
        .createContainer(
            new CosmosContainerProperties("people", "/pk")
                .setUniqueKeyPolicy(
                    new UniqueKeyPolicy()
                        .setUniqueKeys(
                            List.of(
                                new UniqueKey(List.of("/email")),
                                new UniqueKey(List.of("/name/first", "/name/last"))))));
    people = client.getDatabase("shop").getContainer("people");
  }

  @ParameterizedTest
  @CsvFileSource(resources = "unique-values.csv", delimiter = '|', quoteCharacter = '\0')
  void comparesValues(String first, String second, boolean conflict) {
    people.createItem(person("1", first));
    ObjectNode item = person("2", second);

    if (conflict) {
      assertConflict(() -> people.createItem(item));
      assertConflict(() -> people.upsertItem(item));
    } else {
      assertThat(people.createItem(item).getStatusCode()).isEqualTo(201);
    }
    assertThat(people.readAllItems(A, JsonNode.class)).hasSize(conflict ? 1 : 2);
  }

  private static ObjectNode person(String id, String properties) {
    return (ObjectNode)
        RunningSimulator.json("{'id': '" + id + "', 'pk': 'a', " + properties + "}");
  }

  @Test
  void keepsToOneLogicalPartition() {
    people.createItem(person("1", "'email': 'x', 'name': {'first': 'A', 'last': 'B'}"));

    people.createItem(
        person("1", "'email': 'x', 'name': {'first': 'A', 'last': 'B'}").put("pk", "b"));

    assertThat(people.readItem("1", new PartitionKey("b"), JsonNode.class).getStatusCode())
        .isEqualTo(200);
  }

  @Test
  void holdsForEveryWayToWrite() {
    people.createItem(person("1", "'email': 'one', 'name': {'first': '1'}"));
    people.createItem(person("2", "'email': 'two', 'name': {'first': '2'}"));
    ObjectNode taken = person("2", "'email': 'one', 'name': {'first': '2'}");

    assertConflict(() -> people.replaceItem(taken, "2", A, null));
    assertConflict(() -> people.upsertItem(taken));
    assertConflict(() -> people.upsertItem(taken.deepCopy().put("id", "3")));
    assertConflict(
        () ->
            people.patchItem(
                "2", A, CosmosPatchOperations.create().set("/email", "one"), JsonNode.class));
    assertConflict(
        () ->
            people.patchItem(
                "2", A, CosmosPatchOperations.create().set("/name/first", "1"), JsonNode.class));
    people
        .executeBulkOperations(
            List.of(
                CosmosBulkOperations.getUpsertItemOperation(taken, A),
                CosmosBulkOperations.getCreateItemOperation(taken.deepCopy().put("id", "3"), A)))
        .forEach(response -> assertThat(response.getResponse().getStatusCode()).isEqualTo(409));

    assertThat(read("2").path("email").textValue()).isEqualTo("two");
    assertThat(running.simulator.find("shop", "people", "3")).isEmpty();
  }

  @Test
  void letsAnItemKeepItsOwnValues() {
    people.createItem(person("1", "'email': 'one', 'name': {'first': '1'}, 'n': 1"));

    people.replaceItem(person("1", "'email': 'one', 'name': {'first': '1'}, 'n': 2"), "1", A, null);
    people.upsertItem(person("1", "'email': 'one', 'name': {'first': '1'}, 'n': 3"));
    people.patchItem("1", A, CosmosPatchOperations.create().increment("/n", 1), JsonNode.class);

    assertThat(read("1").path("n").intValue()).isEqualTo(4);
  }

  @Test
  void freesTheValuesOfWhatIsGoneOrChanged() {
    people.createItem(person("1", "'email': 'one', 'name': {'first': '1'}"));
    people.replaceItem(person("1", "'email': 'new', 'name': {'first': '1'}"), "1", A, null);
    people.createItem(person("2", "'email': 'one', 'name': {'first': '2'}"));
    people.deleteItem("1", A, null);

    people.createItem(person("3", "'email': 'new', 'name': {'first': '1'}"));

    assertConflict(() -> people.createItem(person("4", "'email': 'new', 'name': {'first': '4'}")));
  }

  @Test
  void holdsInABatchAndIsUndoneWithIt() {
    people.createItem(person("1", "'email': 'one', 'name': {'first': '1'}"));
    CosmosBatch twice = CosmosBatch.createCosmosBatch(A);
    twice.createItemOperation(person("2", "'email': 'two', 'name': {'first': '2'}"));
    twice.createItemOperation(person("3", "'email': 'two', 'name': {'first': '3'}"));
    CosmosBatch moves = CosmosBatch.createCosmosBatch(A);
    moves.deleteItemOperation("1");
    moves.createItemOperation(person("2", "'email': 'one', 'name': {'first': '1'}"));
    CosmosBatch undone = CosmosBatch.createCosmosBatch(A);
    undone.replaceItemOperation("2", person("2", "'email': 'two', 'name': {'first': '1'}"));
    undone.deleteItemOperation("none");

    CosmosBatchResponse conflict = people.executeCosmosBatch(twice);

    assertThat(conflict.getResults())
        .extracting(CosmosBatchOperationResult::getStatusCode)
        .containsExactly(424, 409);
    assertThat(people.executeCosmosBatch(moves).isSuccessStatusCode()).isTrue();
    assertThat(people.executeCosmosBatch(undone).getStatusCode()).isEqualTo(404);
    assertConflict(() -> people.createItem(person("4", "'email': 'one', 'name': {'first': '4'}")));
    assertThat(
            people
                .createItem(person("5", "'email': 'two', 'name': {'first': '5'}"))
                .getStatusCode())
        .isEqualTo(201);
  }

  @Test
  void holdsAcrossTheLevelsOfAHierarchicalKeyOnlyWhereAllAreTheSame() {
    ObjectNode definition =
        (ObjectNode)
            RunningSimulator.json(
                "{'id': 'visits', 'partitionKey': {'kind': 'MultiHash', 'paths': ['/t', '/u']},"
                    + " 'uniqueKeyPolicy': {'uniqueKeys': [{'paths': ['/email']}]}}");
    running.simulator.createContainer("shop", definition);
    CosmosContainer visits = client.getDatabase("shop").getContainer("visits");
    visits.createItem(RunningSimulator.json("{'id': '1', 't': 'a', 'u': 'b', 'email': 'x'}"));

    visits.createItem(RunningSimulator.json("{'id': '2', 't': 'a', 'u': 'c', 'email': 'x'}"));

    assertConflict(
        () ->
            visits.createItem(
                RunningSimulator.json("{'id': '3', 't': 'a', 'u': 'b', 'email': 'x'}")));
  }

  @Test
  void outlivesASplit() {
    people.createItem(person("1", "'email': 'one', 'name': {'first': '1'}"));

    running.simulator.split("shop", "people");

    // A client of its own: it remembers ranges.
    try (CosmosClient other = running.sdkClient()) {
      people = other.getDatabase("shop").getContainer("people");
      assertConflict(
          () -> people.createItem(person("2", "'email': 'one', 'name': {'first': '2'}")));
    }
  }

  private JsonNode read(String id) {
    return people.readItem(id, A, JsonNode.class).getItem();
  }

  private static void assertConflict(Runnable write) {
    assertThatExceptionOfType(CosmosException.class)
        .isThrownBy(write::run)
        .satisfies(e -> assertThat(e.getStatusCode()).isEqualTo(409))
        .withMessageContaining("Unique index constraint violation.");
  }
}
