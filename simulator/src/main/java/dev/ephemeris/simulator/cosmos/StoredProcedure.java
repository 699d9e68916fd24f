package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/** What runs when a client executes a stored procedure: Java here, in place of its JavaScript. */
@FunctionalInterface
public interface StoredProcedure {

  /**
   * Runs. If it throws, nothing of what it wrote stays, and the client gets {@code 400} with the
   * exception's message, and the number of a {@link ScriptError} as its sub-status.
   *
   * @param partition the logical partition that the request names; nothing else can be reached
   * @param arguments what the request's body holds
   * @return the response's body
   */
  JsonNode run(Partition partition, List<JsonNode> arguments);

  /** One logical partition, for as long as the procedure runs. */
  interface Partition {

    /** All items. */
    List<JsonNode> items();

    Optional<JsonNode> find(String id);

    /**
     * Creates or replaces an item.
     *
     * @throws IllegalArgumentException if it has no id or another partition key
     * @throws ScriptError if it has a unique key that another item has
     */
    JsonNode put(JsonNode item);

    /** Whether there was such an item. */
    boolean delete(String id);

    /** Writes to what the client gets as the script's log, if it asks for it. */
    void log(String message);
  }
}
