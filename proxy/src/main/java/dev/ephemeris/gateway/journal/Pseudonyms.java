package dev.ephemeris.gateway.journal;

/**
 * What a record has in the place of a value that is somebody's data: whoever reads it sees which
 * records are about the same, and not about whom.
 *
 * <p>Thread-safe; short enough for an event loop.
 */
public interface Pseudonyms {

  /** A partition key, as {@code x-ms-documentdb-partitionkey} has it in its canonical form. */
  String PARTITION_KEY = "partitionKey";

  /** The id of an item. */
  String ITEM_ID = "itemId";

  /** The values themselves, for accounts whose configuration has them so. */
  Pseudonyms PLAIN = (kind, value) -> value;

  /**
   * The same for the same, and another for another value or another kind of value.
   *
   * @param kind what it is: {@link #PARTITION_KEY} or {@link #ITEM_ID}
   */
  String of(String kind, String value);
}
