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
 * Reads a journal from its folder alone, also while a gateway writes on it: what is sealed, and then
 * what isn't yet. Proves nothing; that is what verification is for.
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
      List<Segment> unsealed = open();
      try {
        next = sealed(next, consumer);
        long end = unsealed(unsealed, next, consumer);
        if (end >= 0) {
          return end;
        }
        // They were sealed meanwhile, and are in the log.
      } finally {
        unsealed.forEach(Segment::close);
      }
    }
  }

  private long sealed(long from, Consumer<JournalEntry> consumer) throws JournalException {
    LogReader log = LogReader.open(folder);
    long first = Math.max(from, log.first());
    long size = log.size();
    if (first < size) {
      log.read(first, size, (index, json) -> consumer.accept(RecordJson.entry(index, json)));
    }
    return Math.max(first, size);
  }

  /** The size of the journal; -1 if the first of these is for after the next entry. */
  private long unsealed(List<Segment> segments, long next, Consumer<JournalEntry> consumer)
      throws JournalException {
    long index = -1;
    for (Segment segment : segments) {
      long first = segment.firstIndex();
      if (index < 0) {
        index = first < 0 ? next : first;
      }
      if (index > next) {
        return -1;
      }
      Segment.Cursor cursor = segment.cursor();
      for (byte[] each = cursor.next(); each != null; each = cursor.next()) {
        if (index == next) {
          consumer.accept(RecordJson.entry(index, each));
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
