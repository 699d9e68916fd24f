package dev.ephemeris.simulator.cosmos;

import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.PartitionKey;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Which part of a container a query sees; its headers say so, its text doesn't. */
sealed interface QueryScope {

  record Part(List<PhysicalPartition> partitions, Predicate<Item> filter) implements QueryScope {

    /** In the order of their RIDs, whichever partitions they are in. */
    List<Item> items() {
      return partitions.stream()
          .flatMap(partition -> partition.items().stream())
          .filter(filter)
          .sorted(Comparator.comparingLong(Item::number))
          .toList();
    }
  }

  record Refused(Answer answer) implements QueryScope {}

  /** The range was split, or never was. */
  static Answer rangeGone() {
    return Answer.failure(410, 1002, "The requested partition key range does not exist.");
  }

  /**
   * The part that a partition key, its first levels, a range or an EPK range selects. With more
   * than one of them a row must lie in each; with none, the whole container is seen.
   */
  static QueryScope of(Call call, Container container) {
    Optional<String> rangeId = call.partitionKeyRangeId();
    List<PhysicalPartition> partitions =
        container.partitions().stream()
            .filter(partition -> rangeId.isEmpty() || partition.id().equals(rangeId.get()))
            .toList();
    if (partitions.isEmpty()) {
      return new Refused(rangeGone());
    }
    Optional<String> startEpk = call.header(CosmosHeaders.START_EPK);
    Optional<String> endEpk = call.header(CosmosHeaders.END_EPK);
    Predicate<Item> inRange =
        item ->
            startEpk.filter(start -> item.epk().compareTo(start) < 0).isEmpty()
                && endEpk.filter(end -> item.epk().compareTo(end) >= 0).isEmpty();
    if (call.header(CosmosHeaders.PARTITION_KEY).isEmpty()) {
      return new Part(partitions, inRange);
    }
    return switch (KeyHeader.readPrefix(call, container)) {
      case KeyHeader.Refused(Answer answer) -> new Refused(answer);
      case KeyHeader.Given(PartitionKey key) -> {
        // Keys that start with others lie behind them in the key space, and together.
        String first = container.keyDefinition().epk(key);
        String end = first + "FF";
        yield new Part(
            partitions.stream().filter(p -> p.overlaps(first, end)).toList(),
            inRange.and(item -> KeyDefinition.isWithin(item.key(), key)));
      }
    };
  }
}
