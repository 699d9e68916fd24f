package dev.ephemeris.gateway.journal.log;

import dev.ephemeris.gateway.journal.JournalException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/** How entries go whose time is over, while the log goes on. */
public final class Retention {

  private Retention() {}

  /**
   * Removes the full bundles of entries that come before one; a bundle that has others too stays.
   * What is left is verified as before, as all hashes stay. Safe beside the log's writer and
   * readers, though a reader of such entries may find them gone.
   *
   * @param index of the first entry that has to stay, at most as many as are sealed
   * @throws IndexOutOfBoundsException if there are no entries up to it
   * @throws JournalException if one can't be removed; those before it are
   */
  public static void removeBefore(Path folder, long index) throws JournalException {
    LogFiles files = new LogFiles(folder);
    LogReader reader = new LogReader(folder);
    Objects.checkFromToIndex(0, index, reader.size());
    // From the front, so that there is one place where those that are left begin.
    for (long begin = reader.first(); begin + TilePath.FULL <= index; begin += TilePath.FULL) {
      Path bundle = files.file(TilePath.Bundle.of(begin, index));
      try {
        Disk.REAL.delete(bundle);
      } catch (IOException e) {
        throw new JournalException(
            "The journal's " + bundle + " can't be removed: " + LogFiles.reason(e) + ".", e);
      }
    }
  }
}
