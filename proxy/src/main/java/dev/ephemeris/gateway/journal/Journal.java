package dev.ephemeris.gateway.journal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

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
   * that. Whoever isn't on an event loop has waited for it in {@link #append} already.
   *
   * @return done already if it promises no more than {@link #append} does; else it completes on any
   *     thread. Fails with a {@link JournalException} if that can't be had; what was appended may
   *     be kept all the same
   */
  default CompletionStage<@Nullable Void> settled() {
    return SETTLED;
  }

  /** One for all that are. */
  CompletableFuture<@Nullable Void> SETTLED = CompletableFuture.completedFuture(null);

  /**
   * Whether a record would be taken now. Nothing of it shows in the journal.
   *
   * @throws JournalException if not, with the reason
   */
  void check() throws JournalException;

  @Override
  void close() throws JournalException;
}
