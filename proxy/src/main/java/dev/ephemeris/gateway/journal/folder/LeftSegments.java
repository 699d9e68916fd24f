package dev.ephemeris.gateway.journal.folder;

import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.log.TiledLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The segments that a killed process has left, with records that may not be sealed. */
final class LeftSegments {

  private static final int BATCH = 4_096;

  private final Path folder;
  private final List<Segment> segments;

  private LeftSegments(Path folder, List<Segment> segments) {
    this.folder = folder;
    this.segments = segments;
  }

  static LeftSegments in(Path folder) throws IOException, JournalException {
    List<Segment> segments = new ArrayList<>();
    for (Path file : files(folder)) {
      segments.add(Segment.open(file));
    }
    for (Path file : unfinished(folder)) {
      Files.delete(file);
    }
    return new LeftSegments(folder, segments);
  }

  /** The files of segments, in order. */
  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> Segment.isName(file.getFileName().toString())).sorted().toList();
    }
  }

  private static List<Path> unfinished(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> file.getFileName().toString().endsWith(".new")).toList();
    }
  }

  long nextOrdinal() {
    return segments.isEmpty() ? 1 : segments.getLast().ordinal() + 1;
  }

  /**
   * Seals what isn't. Their records are counted: the first one's index in the log stands in the
   * segment.
   *
   * @throws JournalException if they don't go with the log
   */
  void sealInto(TiledLog log) throws JournalException {
    if (segments.isEmpty()) {
      return;
    }
    long sealed = log.size();
    long index = segments.getFirst().firstIndex();
    if (index == Segment.UNKNOWN) {
      throw new JournalException(
          segments.getFirst().file() + " isn't the first segment: one is missing.");
    }
    if (index > sealed) {
      throw new JournalException(
          folder
              + " goes on from entry "
              + index
              + ", and the log has only "
              + sealed
              + ": it was put back to an earlier state. Put back all of the journal's folder, or"
              + " keep it for an examination and begin another.");
    }
    List<byte[]> batch = new ArrayList<>();
    long ordinal = segments.getFirst().ordinal() - 1;
    for (Segment segment : segments) {
      if (segment.firstIndex() == Segment.UNKNOWN && segment.ordinal() != ordinal + 1) {
        throw new JournalException(
            segment.file() + " doesn't follow on the one before it: one is missing.");
      }
      ordinal = segment.ordinal();
      if (segment.firstIndex() != Segment.UNKNOWN && segment.firstIndex() != index) {
        throw new JournalException(
            segment.file()
                + " begins with entry "
                + segment.firstIndex()
                + ", and those before it end with "
                + (index - 1)
                + ": one is missing or damaged.");
      }
      Segment.Cursor cursor = segment.cursor();
      for (byte[] each = cursor.nextWhole(); each != null; each = cursor.nextWhole()) {
        if (index >= sealed) {
          batch.add(each);
        }
        index++;
        if (batch.size() == BATCH) {
          log.seal(batch);
          batch.clear();
        }
      }
    }
    if (index < sealed) {
      throw new JournalException(
          folder
              + " ends with entry "
              + (index - 1)
              + ", and the log has "
              + sealed
              + ": a segment is missing or damaged.");
    }
    if (!batch.isEmpty()) {
      log.seal(batch);
    }
  }

  /** From the last to the first: whatever is left when this is cut short begins with the first. */
  void delete() throws IOException {
    for (Segment segment : segments.reversed()) {
      segment.delete();
    }
  }
}
