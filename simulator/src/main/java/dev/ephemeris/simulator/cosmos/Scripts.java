package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.PartitionKey;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The stored procedures of a container: their definitions, which anyone with the key may write, and
 * the Java that runs in place of their JavaScript. Guarded by the {@link Account}'s lock.
 */
final class Scripts {

  private final Map<String, ObjectNode> definitions = new LinkedHashMap<>();
  private final Map<String, StoredProcedure> procedures = new LinkedHashMap<>();
  private long numbered;

  /** Registers what runs, and defines it if that wasn't done. */
  void register(Container container, String id, StoredProcedure procedure) {
    procedures.put(id, procedure);
    if (!definitions.containsKey(id)) {
      define(container, id, "function () { /* runs in Java */ }");
    }
  }

  private ObjectNode define(Container container, String id, String body) {
    String rid = Rid.storedProcedure(container.rid(), ++numbered);
    ObjectNode definition = Json.object().put("id", id).put("body", body).put("_rid", rid);
    definition.put("_self", container.self() + "sprocs/" + rid + "/");
    container.stamp(definition);
    definitions.put(id, definition);
    return definition;
  }

  Answer answer(Call call, Container container, List<String> path) {
    return switch (path.size()) {
      case 1 -> feed(call, container);
      case 2 -> one(call, container, path.get(1));
      default -> Answer.notFound();
    };
  }

  private Answer feed(Call call, Container container) {
    Collection<ObjectNode> all = definitions.values();
    String property = "StoredProcedures";
    return switch (call.method()) {
      case "GET" -> Feed.of(container.rid(), property, List.copyOf(all));
      case "POST" ->
          Routes.isQuery(call)
              ? MetadataQuery.run(call, container.rid(), property, List.copyOf(all))
              : create(call, container);
      default -> Answer.methodNotAllowed();
    };
  }

  private Answer create(Call call, Container container) {
    JsonNode body = Json.parse(call.body()).orElse(Values.UNDEFINED);
    Optional<Answer> refusal = Ids.refusal(body.path("id")).or(() -> withoutBody(body));
    if (refusal.isPresent()) {
      return refusal.get();
    }
    String id = body.path("id").textValue();
    if (definitions.containsKey(id)) {
      return Answer.conflict();
    }
    return described(201, define(container, id, body.path("body").textValue()), container);
  }

  private static Optional<Answer> withoutBody(JsonNode definition) {
    return definition.path("body").isTextual()
        ? Optional.empty()
        : Optional.of(
            Answer.badRequest(
                "The input content is invalid because the required properties - 'body; ' - are"
                    + " missing"));
  }

  private Answer one(Call call, Container container, String name) {
    Optional<ObjectNode> found =
        call.path().isByRid()
            ? definitions.values().stream()
                .filter(definition -> definition.path("_rid").asText().equals(name))
                .findFirst()
            : Optional.ofNullable(definitions.get(name));
    if (found.isEmpty()) {
      return Answer.notFound();
    }
    ObjectNode definition = found.get();
    String id = definition.path("id").textValue();
    return switch (call.method()) {
      case "GET" -> described(200, definition, container);
      case "POST" -> execute(call, container, id);
      case "DELETE" -> {
        definitions.remove(id);
        yield Answer.empty(204);
      }
      case "PUT" -> replace(call, container, definition);
      default -> Answer.methodNotAllowed();
    };
  }

  private static Answer replace(Call call, Container container, ObjectNode definition) {
    JsonNode body = Json.parse(call.body()).orElse(Values.UNDEFINED);
    Optional<Answer> refusal = withoutBody(body);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    definition.set("body", body.path("body"));
    container.stamp(definition);
    return described(200, definition, container);
  }

  private static Answer described(int status, ObjectNode definition, Container container) {
    return Answer.of(status, definition)
        .with("etag", definition.path("_etag").asText())
        .with(CosmosHeaders.ALT_CONTENT_PATH, container.link())
        .with(CosmosHeaders.CONTENT_PATH, container.rid());
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
    if (!(answer instanceof Answer.Success success)) {
      return answer;
    }
    PhysicalPartition range = container.partition(container.keyDefinition().epk(key));
    Answer.Success described =
        success
            .with(CosmosHeaders.SESSION_TOKEN, range.sessionToken())
            .with(CosmosHeaders.PARTITION_KEY_RANGE_ID, range.id())
            .charged(Charge.query(partition.calls, 0));
    return call.flag("x-ms-documentdb-script-enable-logging")
        ? described.with(
            "x-ms-documentdb-script-log-results",
            URLEncoder.encode(partition.log.toString(), StandardCharsets.UTF_8).replace("+", "%20"))
        : described;
  }

  private static Answer result(
      StoredProcedure procedure, LogicalPartition partition, List<JsonNode> arguments) {
    try {
      return Answer.of(200, procedure.run(partition, arguments));
    } catch (RuntimeException thrown) { // whatever a script throws undoes it
      ObjectNode errors = Json.object();
      errors
          .putArray("Errors")
          .add(
              "Encountered exception while executing Javascript. Exception = Error: "
                  + thrown.getMessage());
      return Answer.failure(400, 400, "Message: " + errors);
    }
  }

  /** What a procedure sees. */
  private static final class LogicalPartition implements StoredProcedure.Partition {

    private final Container container;
    private final PartitionKey key;
    private final StringBuilder log = new StringBuilder();
    private int calls;

    LogicalPartition(Container container, PartitionKey key) {
      this.container = container;
      this.key = key;
    }

    @Override
    public List<JsonNode> items() {
      calls++;
      return container.items(key).stream()
          .<JsonNode>map(item -> item.content().deepCopy())
          .toList();
    }

    @Override
    public Optional<JsonNode> find(String id) {
      calls++;
      return container.item(key, id).map(item -> item.content().deepCopy());
    }

    @Override
    public JsonNode put(JsonNode item) {
      calls++;
      if (!item.path("id").isTextual() || !container.keyDefinition().of(item).equals(key)) {
        throw new IllegalArgumentException("the item has no id, or another partition key");
      }
      String id = item.path("id").textValue();
      if (container.breaksUniqueness(key, id, item)) {
        throw new IllegalArgumentException("Unique index constraint violation.");
      }
      return container.put(key, id, item).content().deepCopy();
    }

    @Override
    public boolean delete(String id) {
      calls++;
      Optional<Item> item = container.item(key, id);
      item.ifPresent(container::remove);
      return item.isPresent();
    }

    @Override
    public void log(String message) {
      log.append(message);
    }
  }
}
