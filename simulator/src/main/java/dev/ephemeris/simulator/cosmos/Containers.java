package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import java.util.List;
import java.util.Optional;

/** {@code /dbs/…/colls} and {@code /dbs/…/colls/…}. */
final class Containers {

  /** What of a definition may change. */
  private static final List<String> POLICIES =
      List.of(
          "indexingPolicy",
          "defaultTtl",
          "analyticalStorageTtl",
          "changeFeedPolicy",
          "computedProperties",
          "geospatialConfig");

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
    JsonNode key = body.get().path("partitionKey");
    Optional<Answer> refusal =
        Ids.refusal(id)
            .or(() -> KeyDefinition.refusal(key))
            .or(() -> TimeToLive.refusal("defaultTtl", body.get().path("defaultTtl")));
    if (refusal.isPresent()) {
      return refusal.get();
    }
    Optional<UniqueKeys> uniqueKeys = UniqueKeys.parse(body.get().path("uniqueKeyPolicy"));
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
            KeyDefinition.parse(key).orElseThrow(),
            uniqueKeys.get(),
            throughput,
            body.get());
    return described(201, container, container.definition());
  }

  Answer one(Call call, Container container) {
    return switch (call.method()) {
      case "GET" -> read(call, container);
      case "DELETE" -> delete(call, container);
      case "PUT" -> replace(call, container);
      default -> Answer.methodNotAllowed();
    };
  }

  private Answer delete(Call call, Container container) {
    Optional<Answer> unmet = unmet(call, container);
    if (unmet.isPresent()) {
      return unmet.get();
    }
    account.delete(container);
    return Answer.empty(204);
  }

  /** Policies may change, and go back to their defaults if they are left out. */
  private static Answer replace(Call call, Container container) {
    if (call.flag("x-ms-cosmos-collection-truncate")) {
      return Answer.notSimulated("emptying a container");
    }
    Optional<ObjectNode> body =
        Json.parse(call.body()).filter(JsonNode::isObject).map(ObjectNode.class::cast);
    if (body.isEmpty()) {
      return Answer.badRequest("The request body is not valid JSON.");
    }
    Optional<Answer> refusal =
        fixed(body.get(), container)
            .or(() -> TimeToLive.refusal("defaultTtl", body.get().path("defaultTtl")))
            .or(() -> unmet(call, container));
    if (refusal.isPresent()) {
      return refusal.get();
    }
    ObjectNode changed = container.definition().deepCopy();
    for (String policy : POLICIES) {
      if (body.get().hasNonNull(policy)) {
        changed.set(policy, body.get().path(policy));
      } else {
        changed.remove(policy);
      }
    }
    Account.complete(changed);
    container.redefine(changed);
    return described(200, container, changed);
  }

  /** Why the parts of a definition that never change stop this one. */
  private static Optional<Answer> fixed(ObjectNode asked, Container container) {
    if (!asked.path("id").equals(container.definition().path("id"))) {
      return Optional.of(Answer.badRequest("The id of a container can't be changed."));
    }
    Optional<KeyDefinition> key = KeyDefinition.parse(asked.path("partitionKey"));
    if (key.filter(container.keyDefinition()::equals).isEmpty()) {
      return Optional.of(Answer.badRequest("Document collection partition key cannot be changed."));
    }
    Optional<UniqueKeys> uniqueKeys = UniqueKeys.parse(asked.path("uniqueKeyPolicy"));
    return uniqueKeys.filter(container.uniqueKeys()::areThoseOf).isEmpty()
        ? Optional.of(
            Answer.badRequest(
                "The unique index cannot be modified. To change the unique index, remove the"
                    + " collection and re-create a new one."))
        : Optional.empty();
  }

  private static Optional<Answer> unmet(Call call, Container container) {
    return call.header(CosmosHeaders.IF_MATCH)
        .filter(etag -> !etag.equals(etag(container)) && !etag.equals("*"))
        .map(_ -> Answer.preconditionFailed());
  }

  private static String etag(Container container) {
    return container.definition().path("_etag").asText();
  }

  private static Answer read(Call call, Container container) {
    ObjectNode definition = container.definition();
    if (call.flag("x-ms-documentdb-populatepartitionstatistics")) {
      definition = definition.deepCopy();
      definition.set("statistics", Statistics.of(container));
    }
    boolean known =
        call.header(CosmosHeaders.IF_NONE_MATCH)
            .filter(etag -> etag.equals(etag(container)))
            .isPresent();
    Answer.Success answer = described(200, container, definition);
    return (known ? new Answer.Success(304, answer.headers(), Answer.NOTHING) : answer)
        .with(CosmosHeaders.SESSION_TOKEN, container.sessionToken());
  }

  private static Answer.Success described(int status, Container container, ObjectNode body) {
    // Java builds the container's link from these (protocol as azure-cosmos reads it).
    return Answer.of(status, body)
        .with("etag", etag(container))
        .with(CosmosHeaders.ALT_CONTENT_PATH, "dbs/" + container.database().id())
        .with(CosmosHeaders.CONTENT_PATH, container.database().rid());
  }
}
