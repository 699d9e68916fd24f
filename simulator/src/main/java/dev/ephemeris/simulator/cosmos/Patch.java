package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.sql.Query;
import dev.ephemeris.cosmos.sql.SyntaxError;
import java.util.List;
import java.util.Optional;

/**
 * Partial updates: {@code {"condition": …, "operations": […]}}, or the bare array that the
 * JavaScript SDK sends. All operations apply, or none.
 */
sealed interface Patch {

  record Patched(ObjectNode content) implements Patch {}

  record Refused(Answer answer) implements Patch {}

  int MAX_OPERATIONS = 10;

  static Patch apply(byte[] body, ObjectNode item, KeyDefinition key) {
    Optional<JsonNode> parsed = Json.parse(body);
    JsonNode operations =
        parsed
            .map(json -> json.isArray() ? json : json.path("operations"))
            .orElse(Values.UNDEFINED);
    if (!operations.isArray() || operations.isEmpty() || operations.size() > MAX_OPERATIONS) {
      return refused("A patch needs one to ten operations.");
    }
    JsonNode condition = parsed.map(json -> json.path("condition")).orElse(Values.UNDEFINED);
    if (!condition.isMissingNode()) {
      Optional<Answer> unmet = unmet(condition.asText(), item);
      if (unmet.isPresent()) {
        return new Refused(unmet.get());
      }
    }
    ObjectNode content = item.deepCopy();
    for (JsonNode operation : operations) {
      Optional<String> problem = PatchOperation.apply(operation, content, key);
      if (problem.isPresent()) {
        return refused(problem.get());
      }
    }
    return new Patched(content);
  }

  /** Why the condition stops the patch; empty if it holds. */
  private static Optional<Answer> unmet(String condition, ObjectNode item) {
    return switch (Query.parse("SELECT * " + condition)) {
      case SyntaxError error -> Optional.of(Answer.badRequest("Message: " + error.json()));
      case Query query when NotSimulated.in(query).isPresent() ->
          Optional.of(Answer.notSimulated(NotSimulated.in(query).get()));
      case Query query -> unmet(query, item);
    };
  }

  private static Optional<Answer> unmet(Query condition, ObjectNode item) {
    try {
      return new QueryRun(condition, Parameters.NONE).rows(List.of(item)).isEmpty()
          ? Optional.of(Answer.preconditionFailed())
          : Optional.empty();
    } catch (QueryException refused) {
      return Optional.of(refused.answer());
    }
  }

  private static Refused refused(String message) {
    return new Refused(Answer.badRequest(message));
  }
}
