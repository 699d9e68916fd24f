package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.PartitionKey;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The scripts of a container: stored procedures, and the Java that runs in place of their
 * JavaScript; triggers, which run with the write of an item; and user-defined functions, which
 * nothing runs. Guarded by the {@link Account}'s lock.
 */
final class Scripts {

  /** The body of what Java runs in the place of. */
  static final String IN_JAVA = "function () { /* runs in Java */ }";

  private final Map<ScriptKind, ScriptDefinitions> definitions = new EnumMap<>(ScriptKind.class);
  private final Map<String, StoredProcedure> procedures = new HashMap<>();
  private final Triggers triggers;

  Scripts() {
    for (ScriptKind kind : ScriptKind.values()) {
      definitions.put(kind, new ScriptDefinitions(kind));
    }
    triggers = new Triggers(definitions(ScriptKind.TRIGGER));
  }

  Triggers triggers() {
    return triggers;
  }

  private ScriptDefinitions definitions(ScriptKind kind) {
    return Objects.requireNonNull(definitions.get(kind));
  }

  /** Registers what runs, and defines it if that wasn't done. */
  void register(Container container, String id, StoredProcedure procedure) {
    procedures.put(id, procedure);
    ScriptDefinitions defined = definitions(ScriptKind.STORED_PROCEDURE);
    if (!defined.has(id)) {
      defined.define(container, Json.object().put("id", id).put("body", IN_JAVA));
    }
  }

  /**
   * Answers a call.
   *
   * @param path what follows the container, from {@code sprocs} and the like on
   */
  Answer answer(Call call, Container container, ScriptKind kind, List<String> path) {
    ScriptDefinitions defined = definitions(kind);
    return switch (path.size()) {
      case 1 -> defined.feed(call, container);
      case 2 -> {
        Optional<ObjectNode> found = defined.find(call, path.get(1));
        if (found.isEmpty()) {
          yield Answer.notFound();
        }
        yield kind == ScriptKind.STORED_PROCEDURE && call.method().equals("POST")
            ? container.paid(
                call,
                () ->
                    ReadSession.refusal(call, container)
                        .orElseGet(
                            () -> execute(call, container, found.get().path("id").textValue())))
            : defined.one(call, container, found.get());
      }
      default -> Answer.notFound();
    };
  }

  private Answer execute(Call call, Container container, String id) {
    StoredProcedure procedure = procedures.get(id);
    if (procedure == null) {
      return Answer.notSimulated("JavaScript; register Java for the stored procedure " + id);
    }
    Optional<JsonNode> arguments =
        call.body().length == 0
            ? Optional.of(Json.array())
            : Json.parse(call.body()).filter(JsonNode::isArray);
    if (arguments.isEmpty()) {
      return Answer.badRequest("The request body is not an array of arguments.");
    }
    return switch (KeyHeader.read(call, container)) {
      case KeyHeader.Refused(Answer answer) -> answer;
      case KeyHeader.Given(PartitionKey key) ->
          run(call, container, key, procedure, List.copyOf(listOf(arguments.get())));
    };
  }

  private static List<JsonNode> listOf(JsonNode array) {
    List<JsonNode> list = new ArrayList<>();
    array.forEach(list::add);
    return list;
  }

  private static Answer run(
      Call call,
      Container container,
      PartitionKey key,
      StoredProcedure procedure,
      List<JsonNode> arguments) {
    LogicalPartition partition = new LogicalPartition(container, key);
    Answer answer =
        container.atomically(
            () -> result(procedure, partition, arguments), one -> one.status() < 400);
    Map<String, String> log =
        call.flag("x-ms-documentdb-script-enable-logging")
            ? Map.of(
                "x-ms-documentdb-script-log-results",
                URLEncoder.encode(partition.log(), StandardCharsets.UTF_8).replace("+", "%20"))
            : Map.of();
    PhysicalPartition range = container.partition(container.keyDefinition().epk(key));
    return switch (answer) {
      case Answer.Failure failure -> failure.with(log);
      case Answer.Success success ->
          success
              .with(log)
              .with(CosmosHeaders.SESSION_TOKEN, range.sessionToken())
              .with(CosmosHeaders.PARTITION_KEY_RANGE_ID, range.id())
              .with(CosmosHeaders.ALT_CONTENT_PATH, container.link())
              .with(CosmosHeaders.CONTENT_PATH, container.rid())
              .charged(Charge.query(partition.calls(), 0));
    };
  }

  private static Answer result(
      StoredProcedure procedure, LogicalPartition partition, List<JsonNode> arguments) {
    try {
      return Answer.of(200, procedure.run(partition, arguments));
    } catch (RuntimeException thrown) { // whatever a script throws undoes it
      return failure(thrown);
    }
  }

  /** The words are those that users report (dotnet-v2 #518), the number is Error's (fhir #449). */
  static Answer failure(RuntimeException thrown) {
    String error = "Error: " + thrown.getMessage();
    ObjectNode errors = Json.object();
    errors
        .putArray("Errors")
        .add(
            "Encountered exception while executing function. Exception = "
                + error
                + "\r\nStack trace: "
                + error);
    int number = thrown instanceof ScriptError scriptError ? scriptError.number() : 400;
    return Answer.failure(400, number, "Message: " + errors);
  }
}
