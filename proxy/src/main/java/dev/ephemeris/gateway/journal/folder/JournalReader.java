package dev.ephemeris.gateway.journal.folder;

import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.RecordJson;
import dev.ephemeris.gateway.journal.log.LogReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a journal from its folder alone, also while a gateway writes on it: what is sealed, and
 * then what isn't yet. Proves nothing; that is what verification is for.
 */
public final class JournalReader {

  private final Path folder;

  public JournalReader(Path folder) {
    this.folder = folder;
  }

  /**
   * Gives every entry to {@code consumer}, in order, from the oldest that is kept.
   *
   * @return how many there are in the journal, with those that aren't kept any more
   * @throws JournalException if the folder can't be read, or an entry isn't a record
   */
  public long forEach(Consumer<JournalEntry> consumer) throws JournalException {
    return forEach(0, consumer);
  }

  /** The same from an entry on; from the oldest that is kept, if that is later. */
  public long forEach(long from, Consumer<JournalEntry> consumer) throws JournalException {
    if (!Files.exists(folder)) {
      throw new JournalException(unreadable("there is no such folder"));
    }
    if (!Files.isDirectory(folder)) {
      throw new JournalException(unreadable("a journal is a folder, and this isn't one"));
    }
    long next = from;
    while (true) {
      long before = next;
      List<Segment> unsealed = open();
      try {
        next = sealed(next, consumer);
        long end = unsealed(unsealed, next, consumer);
        if (end >= 0) {
          return end;
        }
      } finally {
        unsealed.forEach(Segment::close);
      }
      // They were sealed meanwhile, and the log has more than it had.
      if (next == before) {
        throw new JournalException(
            unreadable("what isn't sealed yet doesn't begin where the log ends"));
      }
    }
  }

  private long sealed(long from, Consumer<JournalEntry> consumer) throws JournalException {
    LogReader log = new LogReader(folder);
    long first = Math.max(from, log.first());
    long size = log.size();
    if (first < size) {
      log.forEach(first, size, (index, json) -> consumer.accept(entry(index, json)));
    }
    return Math.max(first, size);
  }

  /** The size of the journal; -1 if the first of these isn't for the next entry or one before. */
  private long unsealed(List<Segment> segments, long next, Consumer<JournalEntry> consumer)
      throws JournalException {
    long index = -1;
    for (Segment segment : segments) {
      if (segment == segments.getFirst()) {
        index = segment.firstIndex();
        if (index == Segment.UNKNOWN || index > next) {
          return -1;
        }
      }
      Segment.Cursor cursor = segment.cursor();
      for (byte[] each = cursor.next(); each != null; each = cursor.next()) {
        if (index == next) {
          consumer.accept(entry(index, each));
          next++;
        }
        index++;
      }
      if (!cursor.isAtEnd()) {
        break;
      }
    }
    return next;
  }

  private JournalEntry entry(long index, byte[] json) throws JournalException {
    try {
      return RecordJson.entry(index, json);
    } catch (JournalException e) {
      throw new JournalException(
          "Entry " + index + " of the journal " + folder + " is of no use: " + e.getMessage() + ".",
          e);
    }
  }

  private List<Segment> open() throws JournalException {
    List<Segment> segments = new ArrayList<>();
    Path within = folder.resolve("segments");
    try {
      if (Files.isDirectory(within)) {
        for (Path file : LeftSegments.files(within)) {
          Segment segment = opened(file);
          if (segment != null) {
            segments.add(segment);
          }
        }
      }
      return segments;
    } catch (IOException e) {
      segments.forEach(Segment::close);
      throw new JournalException(unreadable(FolderJournal.reason(e)), e);
    } catch (JournalException e) {
      segments.forEach(Segment::close);
      throw e;
    }
  }

  /** Null if it was sealed since the folder was listed. */
  private static @Nullable Segment opened(Path file) throws IOException, JournalException {
    try {
      return Segment.open(file);
    } catch (NoSuchFileException sealed) {
      return null;
    }
  }

  private String unreadable(String reason) {
    return "The journal " + folder + " can't be read: " + reason + ".";
  }
}
