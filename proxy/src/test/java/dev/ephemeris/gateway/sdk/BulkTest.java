package dev.ephemeris.gateway.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosAsyncClient;
import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.models.CosmosBulkItemResponse;
import com.azure.cosmos.models.CosmosBulkOperationResponse;
import com.azure.cosmos.models.CosmosBulkOperations;
import com.azure.cosmos.models.CosmosItemOperation;
import com.azure.cosmos.models.CosmosPatchOperations;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/**
 * The bulk executor of azure-cosmos, round by round, beside a map of what must be there. Nothing is
 * asked for that the account would refuse: the SDK logs that as an error.
 */
class BulkTest {

  private static final int ITEMS = 1500;
  private static final int PARTITION_KEYS = 16;
  private static final int OPERATIONS_OF_A_ROUND = 500;
  private static final String CONTAINER = "bulk";

  private static SdkWorld world;

  /** By id, what its {@code n} is. */
  private final Map<String, Integer> there = new HashMap<>();

  private final Random random = new Random(20);

  /**
   * What must come of an operation.
   *
   * @param n what a read must show; -1 of all others
   */
  private record Expected(String id, int status, int n) {

    Expected(String id, int status) {
      this(id, status, -1);
    }
  }

  @BeforeAll
  static void start() throws Exception {
    world = new SdkWorld();
    world.letTimePass();
  }

  @AfterAll
  static void stop() throws IOException {
    world.close();
  }

  @Test
  void doesWhatItIsToldAndNothingElse() throws Exception {
    run(Rounds.few(4));
  }

  @Tag("full")
  @Test
  void doesSoForAMinute() throws Exception {
    run(Rounds.forAMinute());
  }

  private void run(Rounds rounds) throws Exception {
    world.createContainer(CONTAINER, "/customerId");
    try (Watch watch = new Watch(world);
        CosmosAsyncClient client =
            new CosmosClientBuilder()
                .endpoint(world.gateway().toString())
                .key(world.lease().token())
                .gatewayMode()
                .buildAsyncClient()) {
      CosmosAsyncContainer container =
          client.getDatabase(world.database("shop")).getContainer(CONTAINER);
      int operations = 0;
      int round = 0;
      for (; rounds.goOnAfter(round); round++) {
        operations += bulk(container, round);
        assertThat(readBack(container)).isEqualTo(there);
      }
      List<Watch.Outcome> outcomes = watch.assertNothingWentWrong();
      Rounds.report("bulk", round, operations + " operations", outcomes.size());
      assertThat(outcomes)
          .filteredOn(outcome -> outcome.operation().equals("BATCH"))
          .hasSizeGreaterThan(1)
          .allMatch(outcome -> outcome.statusCode() == 200 || outcome.statusCode() == 207);
    } finally {
      world.deleteContainer(CONTAINER);
    }
  }

  /** At most one operation for an item: in which order the others are done is the SDK's choice. */
  private int bulk(CosmosAsyncContainer container, int round) {
    List<Integer> numbers =
        IntStream.range(0, ITEMS).boxed().collect(Collectors.toCollection(ArrayList::new));
    Collections.shuffle(numbers, random);
    List<CosmosItemOperation> operations =
        numbers.subList(0, OPERATIONS_OF_A_ROUND).stream()
            .map(number -> operation(number, round))
            .toList();
    List<Expected> done = new ArrayList<>();
    for (CosmosBulkOperationResponse<Expected> response :
        container.<Expected>executeBulkOperations(Flux.fromIterable(operations)).toIterable()) {
      assertThat(response.getException()).isNull();
      Expected expected = Objects.requireNonNull(response.getBatchContext());
      CosmosBulkItemResponse answer = response.getResponse();
      assertThat(answer.getStatusCode()).as("%s", expected).isEqualTo(expected.status());
      if (expected.n() >= 0) {
        ObjectNode item = Objects.requireNonNull(answer.getItem(ObjectNode.class));
        assertThat(item.path("id").textValue()).isEqualTo(expected.id());
        assertThat(item.path("n").intValue()).isEqualTo(expected.n());
      }
      done.add(expected);
    }
    assertThat(done).doesNotHaveDuplicates().hasSize(OPERATIONS_OF_A_ROUND);
    return done.size();
  }

  private CosmosItemOperation operation(int number, int n) {
    String id = "b" + number;
    String customer = "c" + number % PARTITION_KEYS;
    PartitionKey key = new PartitionKey(customer);
    ObjectNode item =
        JsonNodeFactory.instance.objectNode().put("id", id).put("customerId", customer).put("n", n);
    Integer before = there.get(id);
    if (before == null) {
      there.put(id, n);
      return random.nextBoolean()
          ? CosmosBulkOperations.getCreateItemOperation(item, key, new Expected(id, 201))
          : CosmosBulkOperations.getUpsertItemOperation(item, key, new Expected(id, 201));
    }
    int kind = random.nextInt(5);
    if (kind == 0) {
      return CosmosBulkOperations.getReadItemOperation(id, key, new Expected(id, 200, before));
    }
    if (kind == 1) {
      there.remove(id);
      return CosmosBulkOperations.getDeleteItemOperation(id, key, new Expected(id, 204));
    }
    there.put(id, n);
    Expected expected = new Expected(id, 200);
    return switch (kind) {
      case 2 -> CosmosBulkOperations.getUpsertItemOperation(item, key, expected);
      case 3 -> CosmosBulkOperations.getReplaceItemOperation(id, item, key, expected);
      default ->
          CosmosBulkOperations.getPatchItemOperation(
              id, key, CosmosPatchOperations.create().set("/n", n), expected);
    };
  }

  private static Map<String, Integer> readBack(CosmosAsyncContainer container) {
    Map<String, Integer> found = new HashMap<>();
    for (ObjectNode item :
        container
            .queryItems(
                "SELECT c.id, c.n FROM c", new CosmosQueryRequestOptions(), ObjectNode.class)
            .toIterable()) {
      assertThat(found.put(item.path("id").textValue(), item.path("n").intValue())).isNull();
    }
    return found;
  }
}
