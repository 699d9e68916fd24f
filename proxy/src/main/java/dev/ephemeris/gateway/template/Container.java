package dev.ephemeris.gateway.template;

import java.util.List;
import java.util.Optional;

/**
 * A container, as it is to be.
 *
 * @param partitionKey one to three levels
 * @param defaultTtl seconds after which items go; −1 if only those that say so
 * @param uniqueKeys each of one property or several
 * @param indexing empty for what Azure does if nothing is said
 */
record Container(
    String database,
    String name,
    List<PropertyPath> partitionKey,
    Throughput throughput,
    Optional<Integer> defaultTtl,
    List<List<PropertyPath>> uniqueKeys,
    Optional<Indexing> indexing) {

  Container {
    partitionKey = List.copyOf(partitionKey);
    uniqueKeys = uniqueKeys.stream().map(List::copyOf).toList();
  }

  /** What infrastructure says of it: that of what isn't its own is said nowhere. */
  Container asSaid() {
    return throughput instanceof Throughput.NotItsOwn
        ? new Container(
            database,
            name,
            partitionKey,
            Throughput.NotItsOwn.SHARED,
            defaultTtl,
            uniqueKeys,
            indexing)
        : this;
  }
}
