package dev.ephemeris.gateway.journal;

import io.vertx.core.Future;

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
   * When what was appended before is kept as well as this journal promises: on disk, if it promises
   * that. Whoever isn't on an event loop has waited for it in {@link #append} already. Completes on
   * the caller's Vert.x context.
   *
   * @return fails with a {@link JournalException} if that can't be had; what was appended may be
   *     kept all the same
   */
  default Future<Void> settled() {
    return Future.succeededFuture();
  }

  /**
   * Whether a record would be taken now. Nothing of it shows in the journal.
   *
   * @throws JournalException if not, with the reason
   */
  void check() throws JournalException;

  @Override
  void close() throws JournalException;
}
