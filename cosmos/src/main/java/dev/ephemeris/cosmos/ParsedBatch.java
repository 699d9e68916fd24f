package dev.ephemeris.cosmos;

/** What came of reading the body of a batch. */
public sealed interface ParsedBatch permits Batch, ParsedBatch.Malformed {

  /** That it isn't a batch that everyone reads alike. */
  record Malformed(String why) implements ParsedBatch {}
}
