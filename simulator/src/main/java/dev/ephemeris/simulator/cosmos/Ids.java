package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** What may name a resource. */
final class Ids {

  private static final int MAX_CONTAINER = 255;
  private static final int MAX_ITEM = 1023;

  private Ids() {}

  /** Why this can't be the id of a database or container. */
  static Optional<Answer> refusal(JsonNode id) {
    return refusal(id, MAX_CONTAINER);
  }

  /** Why this can't be the id of an item. */
  static Optional<Answer> itemRefusal(JsonNode id) {
    return refusal(id, MAX_ITEM);
  }

  private static Optional<Answer> refusal(JsonNode id, int limit) {
    if (id.isMissingNode()) {
      return Optional.of(
          Answer.badRequest(
              "The input content is invalid because the required properties - 'id; ' - are"
                  + " missing"));
    }
    String text = id.isTextual() ? id.textValue() : "";
    boolean valid =
        !text.isEmpty()
            && text.length() <= limit
            && !text.endsWith(" ")
            && text.chars().noneMatch(c -> c == '/' || c == '\\' || c == '?' || c == '#');
    return valid
        ? Optional.empty()
        : Optional.of(
            Answer.badRequest(
                "The input name '"
                    + text
                    + "' is invalid. Ensure to provide a unique non-empty string less than '"
                    + limit
                    + "' characters."));
  }
}
