package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;

/** What runs when the write of an item names a trigger: Java here, in place of its JavaScript. */
@FunctionalInterface
public interface Trigger {

  /**
   * Runs. If it throws, nothing stays of what it wrote, nor of the write that named it, and the
   * client gets {@code 400} as of a stored procedure.
   *
   * @param partition the logical partition of the item; nothing else can be reached
   * @param item what the request would write, or of a post-trigger what it has written; missing of
   *     a deletion
   * @return of a pre-trigger what to write in its place; else it counts for nothing
   */
  JsonNode run(StoredProcedure.Partition partition, JsonNode item);
}
