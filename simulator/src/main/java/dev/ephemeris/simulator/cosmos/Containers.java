package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import java.util.List;
import java.util.Optional;

/** {@code /dbs/…/colls} and {@code /dbs/…/colls/…}. */
final class Containers {

  private final Account account;

  Containers(Account account) {
    this.account = account;
  }

  Answer feed(Call call, Database database) {
    List<? extends JsonNode> all =
        database.containers().stream().map(Container::definition).toList();
    String property = "DocumentCollections";
    return switch (call.method()) {
      case "GET" -> Feed.of(database.rid(), property, all);
      case "POST" ->
          Routes.isQuery(call)
              ? MetadataQuery.run(call, database.rid(), property, all)
              : create(call, database);
      default -> Answer.methodNotAllowed();
    };
  }

  private Answer create(Call call, Database database) {
    Optional<ObjectNode> body =
        Json.parse(call.body()).filter(JsonNode::isObject).map(ObjectNode.class::cast);
    if (body.isEmpty()) {
      return Answer.badRequest("The request body is not valid JSON.");
    }
    JsonNode id = body.get().path("id");
    Optional<Answer> refusal =
        Ids.refusal(id)
            .or(() -> beyondUs(body.get()))
            .or(() -> TimeToLive.refusal("defaultTtl", body.get().path("defaultTtl")));
    if (refusal.isPresent()) {
      return refusal.get();
    }
    Optional<KeyDefinition> keyDefinition = KeyDefinition.parse(body.get().path("partitionKey"));
    Optional<UniqueKeys> uniqueKeys = UniqueKeys.parse(body.get().path("uniqueKeyPolicy"));
    if (keyDefinition.isEmpty()) {
      return Answer.badRequest("The partition key path is not valid.");
    }
    if (uniqueKeys.isEmpty()) {
      return Answer.badRequest("The unique key path is not valid.");
    }
    if (database.container(id.textValue()).isPresent()) {
      return Answer.conflict();
    }
    Optional<Throughput> throughput = Throughput.asked(call);
    if (throughput.isPresent() && throughput.get() instanceof Throughput.Refused(Answer answer)) {
      return answer;
    }
    Container container =
        account.createContainer(
            database,
            id.textValue(),
            keyDefinition.get(),
            uniqueKeys.get(),
            throughput,
            body.get());
    return described(201, container, container.definition());
  }

  /** What a definition asks for that would change answers and isn't simulated. */
  private static Optional<Answer> beyondUs(ObjectNode definition) {
    return definition.path("partitionKey").path("version").asText("2").endsWith("1")
        ? Optional.of(Answer.notSimulated("version 1 partition keys"))
        : Optional.empty();
  }

  Answer one(Call call, Container container) {
    return switch (call.method()) {
      case "GET" -> read(call, container);
      case "DELETE" -> {
        account.delete(container);
        yield Answer.empty(204);
      }
      case "PUT" -> replace(call, container);
      default -> Answer.methodNotAllowed();
    };
  }

  /** Policies may change; the id, the partition key and unique keys may not. */
  private static Answer replace(Call call, Container container) {
    Optional<ObjectNode> body =
        Json.parse(call.body()).filter(JsonNode::isObject).map(ObjectNode.class::cast);
    if (body.isEmpty()) {
      return Answer.badRequest("The request body is not valid JSON.");
    }
    ObjectNode now = container.definition();
    Optional<KeyDefinition> key = KeyDefinition.parse(body.get().path("partitionKey"));
    if (!body.get().path("id").equals(now.path("id"))
        || key.filter(container.keyDefinition()::equals).isEmpty()
        || !UniqueKeys.areSame(body.get().path("uniqueKeyPolicy"), now.path("uniqueKeyPolicy"))) {
      return Answer.badRequest("The id, partition key and unique keys can't be changed.");
    }
    Optional<Answer> refusal =
        TimeToLive.refusal("defaultTtl", body.get().path("defaultTtl"))
            .or(() -> unmet(call, container));
    if (refusal.isPresent()) {
      return refusal.get();
    }
    ObjectNode changed = now.deepCopy();
    for (String policy : List.of("indexingPolicy", "defaultTtl")) {
      JsonNode value = body.get().path(policy);
      if (value.isMissingNode()) {
        changed.remove(policy);
      } else {
        changed.set(policy, value);
      }
    }
    container.redefine(changed);
    return described(200, container, changed);
  }

  private static Optional<Answer> unmet(Call call, Container container) {
    return call.header(CosmosHeaders.IF_MATCH)
        .filter(etag -> !etag.equals(container.definition().path("_etag").asText()))
        .map(_ -> Answer.preconditionFailed());
  }

  private static Answer read(Call call, Container container) {
    ObjectNode definition = container.definition();
    if (call.flag("x-ms-documentdb-populatepartitionstatistics")) {
      definition = definition.deepCopy();
      definition.set("statistics", Statistics.of(container));
    }
    return described(200, container, definition)
        .with(CosmosHeaders.SESSION_TOKEN, container.sessionToken());
  }

  private static Answer.Success described(int status, Container container, ObjectNode body) {
    // Java builds the container's link from these (protocol as azure-cosmos reads it).
    return Answer.of(status, body)
        .with("etag", container.definition().path("_etag").asText())
        .with(CosmosHeaders.ALT_CONTENT_PATH, "dbs/" + container.database().id())
        .with(CosmosHeaders.CONTENT_PATH, container.database().rid());
  }
}
