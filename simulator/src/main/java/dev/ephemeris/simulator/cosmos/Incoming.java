package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.PartitionKey;
import java.util.Optional;

/** An item that a write brings, checked against its container and the key header. */
sealed interface Incoming {

  record Valid(String id, PartitionKey key, JsonNode content) implements Incoming {}

  record Refused(Answer answer) implements Incoming {}

  /** The service's limit for a request. */
  int MAX_BYTES = 2 * 1024 * 1024;

  static Incoming read(Call call, Container container) {
    if (call.body().length > MAX_BYTES) {
      return new Refused(tooLarge());
    }
    Optional<JsonNode> content = Json.parse(call.body()).filter(JsonNode::isObject);
    if (content.isEmpty()) {
      return new Refused(Answer.badRequest("The request body is not a valid JSON object."));
    }
    JsonNode id = content.get().path("id");
    Optional<Answer> badId = Ids.itemRefusal(id);
    if (badId.isPresent()) {
      return new Refused(badId.get());
    }
    return switch (KeyHeader.read(call, container)) {
      case KeyHeader.Refused(Answer answer) -> new Refused(answer);
      case KeyHeader.Given(PartitionKey key) ->
          key.equals(container.keyDefinition().of(content.get()))
              ? new Valid(id.textValue(), key, content.get())
              : new Refused(keyMismatch());
    };
  }

  /**
   * Whether an item would be too large for a request, which doesn't bring what the service adds.
   */
  static boolean isTooLarge(ObjectNode item) {
    return Json.bytes(item.deepCopy().without(Container.ADDED)).length > MAX_BYTES;
  }

  static Answer tooLarge() {
    return Answer.failure(413, 0, "Request size is too large");
  }

  static Answer keyMismatch() {
    return Answer.failure(
        400,
        1001,
        "PartitionKey extracted from document doesn't match the one specified in the header.");
  }
}
