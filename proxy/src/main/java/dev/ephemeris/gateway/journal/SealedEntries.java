package dev.ephemeris.gateway.journal;

import java.util.ArrayList;
import java.util.List;

/** The entries of a log that are there for good, in order. Thread-safe. */
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

  /** The log's name: another log has another one. */
  String log();

  /**
   * Those from an index on as records; none if there are none yet.
   *
   * @param atMost so many; there may be fewer though more are there
   * @throws JournalException if they can't be read, are no longer kept, or one is no record
   */
  default List<JournalEntry> records(long from, int atMost) throws JournalException {
    List<JournalEntry> records = new ArrayList<>();
    if (from < size()) {
      for (Entry entry : read(from, atMost)) {
        records.add(RecordJson.entry(entry.index(), entry.json()));
      }
    }
    return records;
  }
}
