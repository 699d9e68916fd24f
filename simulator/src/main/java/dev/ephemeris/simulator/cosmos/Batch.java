package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.PartitionKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Many operations in one request: a transactional batch, on one partition key and all or nothing,
 * or a bulk request, whose operations each have a key of their own and fail alone.
 */
final class Batch {

  private static final int MAX_OPERATIONS = 100;
  private static final String CONTINUE_ON_ERROR = "x-ms-cosmos-batch-continue-on-error";

  private final Items items;

  Batch(Items items) {
    this.items = items;
  }

  Answer run(Call call, Container container) {
    if (call.body().length > Incoming.MAX_BYTES) {
      return Incoming.tooLarge();
    }
    if (call.body().length > 0 && call.body()[0] < 0) { // from 0x80
      return Answer.notSimulated("batches in HybridRow");
    }
    if (Triggers.areNamed(call)) {
      return Answer.notSimulated("triggers with a batch");
    }
    Optional<JsonNode> body = Json.parse(call.body()).filter(JsonNode::isArray);
    if (body.isEmpty() || body.get().isEmpty()) {
      return Answer.badRequest("The request body is not an array of operations.");
    }
    if (body.get().size() > MAX_OPERATIONS) {
      return Answer.badRequest("Batch request has more operations than what is supported.");
    }
    List<BatchOperation> operations = new ArrayList<>();
    for (JsonNode json : body.get()) {
      Optional<BatchOperation> operation = BatchOperation.parse(json);
      if (operation.isEmpty()) {
        return Answer.badRequest("The request body has an invalid batch operation.");
      }
      operations.add(operation.get());
    }
    return call.flag(CosmosHeaders.IS_BATCH_ATOMIC)
        ? container.paid(call, () -> transaction(call, container, operations))
        : bulk(call, container, operations);
  }

  private Answer transaction(Call call, Container container, List<BatchOperation> operations) {
    return switch (KeyHeader.read(call, container)) {
      case KeyHeader.Refused(Answer answer) -> answer;
      case KeyHeader.Given(PartitionKey key) -> {
        List<Answer> answers =
            container.atomically(
                () -> untilFailure(operations, operation -> run(call, container, operation)),
                all -> !failed(all));
        List<ObjectNode> results = new ArrayList<>();
        for (int i = 0; i < operations.size(); i++) {
          boolean counts = failed(answers) ? i == answers.size() - 1 : i < answers.size();
          results.add(
              counts ? BatchOperation.result(answers.get(i)) : BatchOperation.failedDependency());
        }
        PhysicalPartition partition = container.partition(container.keyDefinition().epk(key));
        yield answer(results)
            .with(CosmosHeaders.SESSION_TOKEN, partition.sessionToken())
            .with(CosmosHeaders.PARTITION_KEY_RANGE_ID, partition.id());
      }
    };
  }

  private Answer bulk(Call call, Container container, List<BatchOperation> operations) {
    Optional<String> rangeId = call.partitionKeyRangeId();
    Optional<PhysicalPartition> range = rangeId.flatMap(container::partitionById);
    if (rangeId.isPresent() && range.isEmpty()) {
      return QueryScope.rangeGone();
    }
    List<Answer> answers =
        call.flag(CONTINUE_ON_ERROR) || call.header(CONTINUE_ON_ERROR).isEmpty()
            ? operations.stream().map(operation -> paid(call, container, operation)).toList()
            : untilFailure(operations, operation -> paid(call, container, operation));
    List<ObjectNode> results = new ArrayList<>();
    answers.forEach(answer -> results.add(BatchOperation.result(answer)));
    while (results.size() < operations.size()) {
      results.add(BatchOperation.failedDependency());
    }
    return answer(results)
        .with(
            CosmosHeaders.SESSION_TOKEN,
            range.map(PhysicalPartition::sessionToken).orElseGet(container::sessionToken));
  }

  /** The answers up to the first failure. */
  private static List<Answer> untilFailure(
      List<BatchOperation> operations, Function<BatchOperation, Answer> run) {
    List<Answer> answers = new ArrayList<>();
    for (BatchOperation operation : operations) {
      answers.add(run.apply(operation));
      if (failed(answers)) {
        break;
      }
    }
    return answers;
  }

  private static boolean failed(List<Answer> answers) {
    return answers.getLast() instanceof Answer.Failure;
  }

  /** One operation of a bulk request, which pays for itself. */
  private Answer paid(Call call, Container container, BatchOperation operation) {
    return container.paid(operation.asCall(call, container), () -> run(call, container, operation));
  }

  private Answer run(Call call, Container container, BatchOperation operation) {
    Call single = operation.asCall(call, container);
    return switch (operation.kind()) {
      case CREATE -> items.create(single, container);
      case UPSERT -> items.upsert(single, container);
      case READ, REPLACE, PATCH, DELETE -> items.one(single, container, operation.id());
    };
  }

  private static Answer.Success answer(List<ObjectNode> results) {
    boolean allDone = results.stream().allMatch(result -> result.path("statusCode").asInt() < 400);
    double charge =
        results.stream().mapToDouble(result -> result.path("requestCharge").asDouble()).sum();
    return Answer.of(allDone ? 200 : 207, JsonNodeFactory.instance.arrayNode().addAll(results))
        .with(CosmosHeaders.ITEM_COUNT, Integer.toString(results.size()))
        .charged(charge);
  }
}
