package dev.ephemeris.simulator.cosmos;

import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.PartitionKey;
import java.util.List;

/** {@code …/operations/partitionkeydelete}: all items of one logical partition, gone at once. */
final class PartitionKeyDelete {

  private PartitionKeyDelete() {}

  static Answer answer(Call call, Container container) {
    if (!call.method().equals("POST")) {
      return Answer.methodNotAllowed();
    }
    return switch (KeyHeader.read(call, container)) {
      case KeyHeader.Refused(Answer answer) -> answer;
      case KeyHeader.Given(PartitionKey key) -> {
        List<Item> items = container.items(key);
        items.forEach(container::remove);
        PhysicalPartition partition = container.partition(container.keyDefinition().epk(key));
        yield Answer.empty(200)
            .with(CosmosHeaders.SESSION_TOKEN, partition.sessionToken())
            .with(CosmosHeaders.PARTITION_KEY_RANGE_ID, partition.id())
            .charged(items.stream().mapToDouble(item -> Charge.write(item.json().length)).sum());
      }
    };
  }
}
