package dev.ephemeris.gateway.journal;

/**
 * Where records go. An appended record survives the process.
 *
 * <p>Callers have no effect without a record: whoever can't append must not go on.
 *
 * <p>Thread-safe; an append is short enough for an event loop.
 */
public interface Journal extends AutoCloseable {

  /**
   * Appends a record after all that were appended before.
   *
   * @throws JournalException if the record isn't in the journal; nothing of it is
   */
  void append(JournalRecord record) throws JournalException;

  /**
   * Whether a record would be taken now. Nothing of it shows in the journal.
   *
   * @throws JournalException if not, with the reason
   */
  void check() throws JournalException;

  @Override
  void close() throws JournalException;
}
