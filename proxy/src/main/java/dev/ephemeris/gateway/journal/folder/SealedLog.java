package dev.ephemeris.gateway.journal.folder;

import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.SealedEntries;
import dev.ephemeris.gateway.journal.log.Checkpoint;
import dev.ephemeris.gateway.journal.log.LogReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What is sealed of a journal, for those who go on from where they were. Thread-safe. */
public final class SealedLog implements SealedEntries {

  private final LogReader log;
  private final Supplier<Checkpoint> checkpoint;

  /** Known, rather than looked for each time: only this process takes entries away. */
  private volatile long first;

  SealedLog(Path folder, Supplier<Checkpoint> checkpoint) throws JournalException {
    this.log = new LogReader(folder);
    this.checkpoint = checkpoint;
    this.first = log.first();
  }

  @Override
  public String log() {
    return checkpoint.get().origin().text();
  }

  @Override
  public long size() {
    return checkpoint.get().size();
  }

  @Override
  public long first() {
    return first;
  }

  @Override
  public List<Entry> read(long from, int atMost) throws JournalException {
    List<Entry> entries = new ArrayList<>();
    log.forEach(
        from,
        Math.min(size(), from + atMost),
        (index, json) -> entries.add(new Entry(index, json)));
    return entries;
  }

  @Override
  public String checkpoint() {
    return new String(checkpoint.get().bytes(), StandardCharsets.UTF_8);
  }

  /** What is before isn't kept any more. */
  void keepFrom(long index) {
    first = index;
  }
}
