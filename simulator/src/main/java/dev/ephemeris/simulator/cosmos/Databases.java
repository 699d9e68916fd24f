package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/** {@code /dbs} and {@code /dbs/…}. */
final class Databases {

  private final Account account;

  Databases(Account account) {
    this.account = account;
  }

  Answer feed(Call call) {
    List<? extends JsonNode> all = account.databases().stream().map(Database::definition).toList();
    return switch (call.method()) {
      case "GET" -> Feed.of("", "Databases", all);
      case "POST" ->
          Routes.isQuery(call) ? MetadataQuery.run(call, "", "Databases", all) : create(call);
      default -> Answer.methodNotAllowed();
    };
  }

  private Answer create(Call call) {
    Optional<JsonNode> body = Json.parse(call.body()).filter(JsonNode::isObject);
    if (body.isEmpty()) {
      return Answer.badRequest("The request body is not valid JSON.");
    }
    JsonNode id = body.get().path("id");
    Optional<Answer> refusal = Ids.refusal(id);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    if (account.database(id.textValue()).isPresent()) {
      return Answer.conflict();
    }
    Optional<Throughput> throughput = Throughput.asked(call);
    if (throughput.isPresent() && throughput.get() instanceof Throughput.Refused(Answer answer)) {
      return answer;
    }
    Database database =
        throughput
            .map(bought -> account.createDatabase(id.textValue(), bought))
            .orElseGet(() -> account.createDatabase(id.textValue()));
    return Answer.of(201, database.definition());
  }

  Answer one(Call call, Database database) {
    return switch (call.method()) {
      case "GET" -> Answer.of(200, database.definition());
      case "DELETE" -> {
        account.delete(database);
        yield Answer.empty(204);
      }
      default -> Answer.methodNotAllowed();
    };
  }
}
