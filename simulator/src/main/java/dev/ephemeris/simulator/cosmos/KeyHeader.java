package dev.ephemeris.simulator.cosmos;

import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.PartitionKey;
import java.util.Optional;

/** The partition key that the header names. */
sealed interface KeyHeader {

  record Given(PartitionKey key) implements KeyHeader {}

  record Refused(Answer answer) implements KeyHeader {}

  /** A key with a value for each level. */
  static KeyHeader read(Call call, Container container) {
    return switch (readPrefix(call, container)) {
      case Refused refused -> refused;
      case Given(PartitionKey key) ->
          key.components().size() == container.keyDefinition().paths().size()
              ? new Given(key)
              : new Refused(mismatch());
    };
  }

  /** A key of all levels, or of the first ones: enough for queries and feeds. */
  static KeyHeader readPrefix(Call call, Container container) {
    Optional<String> header = call.header(CosmosHeaders.PARTITION_KEY);
    if (header.isEmpty()) {
      return new Refused(
          Answer.badRequest("PartitionKey value must be supplied for this operation."));
    }
    Optional<PartitionKey> sent = PartitionKey.parse(header.get());
    if (sent.isEmpty()) {
      return new Refused(Answer.badRequest("Partition key " + header.get() + " is invalid."));
    }
    KeyDefinition definition = container.keyDefinition();
    Optional<PartitionKey> whole = definition.whole(sent.get());
    if (whole.isPresent()) {
      return new Given(whole.get());
    }
    return sent.get().components().size() < definition.paths().size()
        ? new Given(sent.get())
        : new Refused(mismatch());
  }

  private static Answer mismatch() {
    return Answer.failure(
        400,
        1001,
        "Partition key provided either doesn't correspond to definition in the collection or"
            + " doesn't match partition key field values specified in the document.");
  }
}
