package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.cosmos.sql.Query;
import dev.ephemeris.cosmos.sql.SyntaxError;
import java.util.Optional;

/** The body of a query request: {@code {"query": …, "parameters": […]}}. */
sealed interface QueryRequest {

  record Valid(Query query, Parameters parameters) implements QueryRequest {}

  record Refused(Answer answer) implements QueryRequest {}

  static QueryRequest read(Call call) {
    Optional<JsonNode> body = Json.parse(call.body());
    JsonNode text = body.map(json -> json.path("query")).orElse(Values.UNDEFINED);
    if (!text.isTextual()) {
      return new Refused(Answer.badRequest("The request body has no query."));
    }
    Parameters parameters = Parameters.read(body.get().path("parameters"));
    return switch (Query.parse(text.textValue())) {
      case SyntaxError error -> new Refused(Answer.badRequest("Message: " + error.json()));
      case Query query -> read(query, parameters);
    };
  }

  private static QueryRequest read(Query query, Parameters parameters) {
    Optional<String> notSimulated = NotSimulated.in(query);
    if (notSimulated.isPresent()) {
      return new Refused(Answer.notSimulated(notSimulated.get()));
    }
    return Limits.areGiven(query, parameters)
        ? new Valid(query, parameters)
        : new Refused(Answer.badRequest("TOP, OFFSET and LIMIT take whole numbers from 0."));
  }
}
