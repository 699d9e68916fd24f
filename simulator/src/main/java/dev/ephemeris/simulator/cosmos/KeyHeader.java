package dev.ephemeris.simulator.cosmos;

import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.PartitionKey;
import java.util.Optional;

/** The partition key that the header names. */
sealed interface KeyHeader {

  record Given(PartitionKey key) implements KeyHeader {}

  record Refused(Answer answer) implements KeyHeader {}

  static KeyHeader read(Call call, Container container) {
    Optional<String> header = call.header(CosmosHeaders.PARTITION_KEY);
    if (header.isEmpty()) {
      return new Refused(
          Answer.badRequest("PartitionKey value must be supplied for this operation."));
    }
    Optional<PartitionKey> key = PartitionKey.parse(header.get());
    if (key.isEmpty()) {
      return new Refused(Answer.badRequest("Partition key " + header.get() + " is invalid."));
    }
    return key.get().components().size() == 1
        ? new Given(key.get())
        : new Refused(
            Answer.failure(
                400,
                1001,
                "Partition key provided either doesn't correspond to definition in the"
                    + " collection or doesn't match partition key field values specified in the"
                    + " document."));
  }
}
