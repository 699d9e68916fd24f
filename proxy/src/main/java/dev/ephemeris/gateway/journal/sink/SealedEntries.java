package dev.ephemeris.gateway.journal.sink;

import dev.ephemeris.gateway.journal.JournalException;
import java.util.List;

/** The entries of a log that nobody changes any more, which sinks are given. Thread-safe. */
public interface SealedEntries {

  /**
   * One of them.
   *
   * @param index its place in the log, from 0
   * @param json the record's bytes, as the log's leaf has them; nobody changes them
   */
  @SuppressWarnings(
      "ArrayRecordComponent") // neither compared nor changed; copying would cost reads
  record Entry(long index, byte[] json) {}

  /** How many there are: the next one gets this index. Never goes back. */
  long size();

  /** The oldest that there still is; what was before it nobody keeps any more. */
  long first();

  /**
   * Those from an index on, without a gap: at least one if there is one. May block.
   *
   * @param from from {@link #first} to {@link #size}
   * @param atMost so many
   * @throws JournalException if they can't be read
   */
  List<Entry> read(long from, int atMost) throws JournalException;

  /**
   * The newest signed checkpoint, as C2SP's tlog-checkpoint has it: a log's name, how many entries
   * it vouches for, and their root. Of one that there isn't yet it is empty.
   */
  String checkpoint();
}
