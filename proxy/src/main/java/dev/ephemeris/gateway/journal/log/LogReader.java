package dev.ephemeris.gateway.journal.log;

import dev.ephemeris.gateway.journal.JournalException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads a log and its entries from its folder, also while its writer is at work. It believes what
 * is there: whether that is what was sealed is what {@link Verification} tells. Safe to share.
 */
public final class LogReader {

  /** Takes entries in their order. */
  @FunctionalInterface
  public interface Consumer {

    /**
     * The next one.
     *
     * @throws JournalException to read no further
     */
    void accept(long index, byte[] entry) throws JournalException;
  }

  private final LogFiles files;

  /** A reader of the log in that folder; nothing is read yet. */
  public LogReader(Path folder) {
    this.files = new LogFiles(folder);
  }

  /**
   * How many entries are sealed now.
   *
   * @throws JournalException if there is no checkpoint, or none that can be read
   */
  public long size() throws JournalException {
    byte[] note = files.note();
    try {
      return Checkpoint.sizeOf(note);
    } catch (CheckpointException e) {
      throw new JournalException(
          "The checkpoint " + files.checkpoint() + " is of no use: " + e.getMessage() + ".", e);
    }
  }

  /**
   * The signed note of the last checkpoint, as it is.
   *
   * @throws JournalException if there is none, or it can't be read
   */
  public byte[] checkpoint() throws JournalException {
    return files.note();
  }

  /**
   * What is in a tile or bundle. Whatever the checkpoint doesn't speak of is none yet.
   *
   * @return empty if there is none, or it was removed: a partial one as the full one is there, a
   *     bundle as its entries' time was over
   * @throws JournalException if it can't be read
   */
  public Optional<byte[]> read(TilePath path) throws JournalException {
    return path.isWithin(size()) ? files.read(path) : Optional.empty();
  }

  /**
   * From which index on there are entries: those before were removed as their time was over. Its
   * {@link #size} if all were.
   *
   * @throws JournalException as {@link #size}
   */
  public long first() throws JournalException {
    return first(size());
  }

  private long first(long size) {
    // They are removed from the front, so there is one place where those that there are begin.
    long gone = 0;
    long there = Math.ceilDiv(size, TilePath.FULL);
    while (gone < there) {
      long middle = (gone + there) >>> 1;
      if (exists(TilePath.Bundle.of(middle * TilePath.FULL, size))) {
        there = middle;
      } else {
        gone = middle + 1;
      }
    }
    return Math.min(size, there * TilePath.FULL);
  }

  private boolean exists(TilePath.Bundle bundle) {
    return Files.exists(files.file(bundle)) || Files.exists(files.file(bundle.full()));
  }

  /**
   * Gives the entries from one index to before another to the consumer, in order. No more than a
   * bundle of them is in memory.
   *
   * @throws IndexOutOfBoundsException if they aren't all sealed, or the range is none
   * @throws JournalException if one can't be read, or was removed, or the consumer wants no more
   */
  public void forEach(long from, long to, Consumer consumer) throws JournalException {
    long size = size();
    if (from < 0 || from > to || to > size) {
      throw new IndexOutOfBoundsException(
          "The journal has no entries from " + from + " to " + to + ": it has " + size + ".");
    }
    for (long index = from; index < to; ) {
      TilePath.Bundle bundle = TilePath.Bundle.of(index, size);
      List<byte[]> entries = entries(bundle, size);
      long begin = bundle.index() * TilePath.FULL;
      for (; index < Math.min(to, begin + bundle.width()); index++) {
        consumer.accept(index, entries.get((int) (index - begin)));
      }
    }
  }

  private List<byte[]> entries(TilePath.Bundle bundle, long size) throws JournalException {
    Optional<List<byte[]>> entries = files.entries(bundle);
    if (entries.isPresent()) {
      return entries.get();
    }
    long first = first(size);
    long begin = bundle.index() * TilePath.FULL;
    throw new JournalException(
        begin < first
            ? "Entries before " + first + " were removed from the journal " + files.folder() + "."
            : "The journal's "
                + files.file(bundle)
                + " isn't a bundle of entries. See what 'ephemeris audit verify' says.");
  }
}
