package dev.ephemeris.gateway.journal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A journal in one file of JSON lines. A record is in the file when {@link #append} returns, so it
 * survives a killed process; the file is forced to disk when the journal is closed.
 *
 * <p>One process at a time: the file is locked. A line that a killed process left unfinished is cut
 * off at the next start, since nobody went on after writing it.
 */
public final class JsonLinesJournal implements Journal {

  /** More than nearly every record, so that a disk that takes it takes the next one. */
  private static final int CHECKED_LENGTH = 4 * 1024;

  private final Path file;
  private final FileChannel channel;

  /** Guarded by this. */
  private long nextSequence;

  /** Guarded by this: where the file ends with a whole record. */
  private long end;

  private JsonLinesJournal(Path file, FileChannel channel, long nextSequence, long end) {
    this.file = file;
    this.channel = channel;
    this.nextSequence = nextSequence;
    this.end = end;
  }

  /**
   * Opens the journal, or makes it, readable by its owner only.
   *
   * @throws JournalException if the file can't be opened, another process has it, or its last
   *     record isn't one: a damaged journal is looked at by people before it is written on
   */
  public static JsonLinesJournal open(Path file) throws JournalException {
    try {
      if (!Files.exists(file)) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      FileChannel channel =
          FileChannel.open(file, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
      try {
        return locked(file, channel);
      } catch (IOException | JournalException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new JournalException("The journal " + file + " can't be opened: " + reason(e), e);
    }
  }

  private static JsonLinesJournal locked(Path file, FileChannel channel)
      throws IOException, JournalException {
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException inThisProcess) {
      lock = null;
    }
    if (lock == null) {
      throw new JournalException(
          "The journal " + file + " is in use by another gateway; give each its own file.");
    }
    long end = endOfLastLine(file);
    channel.truncate(end);
    channel.position(end);
    return new JsonLinesJournal(file, channel, nextSequence(file, end), end);
  }

  @Override
  public synchronized void append(JournalRecord record) throws JournalException {
    byte[] line = RecordJson.line(nextSequence, record);
    try {
      write(line);
    } catch (IOException e) {
      throw unwritable(e);
    }
    // Only now: after a failure the next record is written over what there is of this one.
    end += line.length;
    nextSequence++;
  }

  /**
   * Writes what has no end of line and takes it away again: readers don't take it for a record, and
   * a start after a killed process cuts it off.
   */
  @Override
  public synchronized void check() throws JournalException {
    try {
      write(new byte[CHECKED_LENGTH]);
      channel.truncate(end);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private void write(byte[] bytes) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(bytes);
    while (left.hasRemaining()) {
      channel.write(left, end + left.position());
    }
  }

  private JournalException unwritable(IOException e) {
    return new JournalException("The journal " + file + " can't be written: " + reason(e), e);
  }

  @Override
  public synchronized void close() throws JournalException {
    try {
      channel.truncate(end);
      channel.force(true);
      channel.close();
    } catch (IOException e) {
      throw new JournalException("The journal " + file + " can't be closed: " + reason(e), e);
    }
  }

  /** The message, or what kind of failure it was where there is none worth reading. */
  private static String reason(IOException e) {
    String message = e.getMessage();
    return e.getClass().getSimpleName() + (message == null ? "" : " (" + message + ")");
  }

  private static long endOfLastLine(Path file) throws IOException {
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "r")) {
      for (long at = content.length(); at > 0; at--) {
        content.seek(at - 1);
        if (content.read() == '\n') {
          return at;
        }
      }
      return 0;
    }
  }

  private static long nextSequence(Path file, long end) throws IOException, JournalException {
    if (end == 0) {
      return 0;
    }
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "r")) {
      long start = end - 1;
      while (start > 0) {
        content.seek(start - 1);
        if (content.read() == '\n') {
          break;
        }
        start--;
      }
      content.seek(start);
      byte[] line = new byte[Math.toIntExact(end - 1 - start)];
      content.readFully(line);
      try {
        return RecordJson.entry(line).sequence() + 1;
      } catch (JournalException e) {
        throw new JournalException("The last line of the journal " + file + " is damaged.", e);
      }
    }
  }
}
