package dev.ephemeris.gateway.journal;

import java.io.IOException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A journal until it is lost. */
public final class LosableJournal implements Journal {

  private final Journal journal;
  private final AtomicBoolean lost;

  public LosableJournal(Journal journal, AtomicBoolean lost) {
    this.journal = journal;
    this.lost = lost;
  }

  @Override
  public void append(JournalRecord record) throws JournalException {
    notLost();
    journal.append(record);
  }

  @Override
  public CompletionStage<@Nullable Void> settled() {
    return journal.settled();
  }

  @Override
  public void check() throws JournalException {
    notLost();
    journal.check();
  }

  private void notLost() throws JournalException {
    if (lost.get()) {
      throw new JournalException(
          "The journal can't be written.", new IOException("No space left on device"));
    }
  }

  @Override
  public void close() throws JournalException {
    journal.close();
  }
}
