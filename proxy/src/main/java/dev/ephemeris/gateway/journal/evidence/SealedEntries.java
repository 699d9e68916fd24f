package dev.ephemeris.gateway.journal.evidence;

import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import java.util.List;

/** The entries of a log that are there for good, in order. Thread-safe. */
public interface SealedEntries {

  /** How many there are, those that are no longer kept among them: the next one's sequence. */
  long size();

  /** The sequence of the first that is still kept. */
  long first();

  /**
   * Those from {@code from} on; none if there are none yet.
   *
   * @param atMost how many at the most; there may be fewer though more are there
   * @throws JournalException if they can't be read, or are no longer kept
   */
  List<JournalEntry> read(long from, int atMost) throws JournalException;

  /** The log's name: another log has another one. */
  String log();
}
