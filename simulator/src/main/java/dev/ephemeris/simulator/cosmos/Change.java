package dev.ephemeris.simulator.cosmos;

import java.util.Optional;

/**
 * One step in the life of an item: made, replaced or gone.
 *
 * @param lsn the step of its partition that it was part of
 * @param time seconds since 1970
 * @param before what it was; empty if it was made
 * @param after what it is; empty if it is gone
 * @param expired whether it is gone because its time to live was over
 */
record Change(long lsn, long time, Optional<Item> before, Optional<Item> after, boolean expired) {

  /** The item in either state. */
  Item item() {
    return after.or(() -> before).orElseThrow();
  }
}
