package dev.ephemeris.gateway.journal.folder;

import dev.ephemeris.gateway.journal.JournalException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A file of records that aren't sealed yet, whole from the beginning, and mapped into memory. What
 * was written to it outlives the process, without a system call.
 *
 * <pre>{@code
 * header  magic, ordinal, index of its first record in the log
 * frame   magic, CRC-32C of (ordinal, offset, kind, length, content), length, kind; content; up to 8
 * …       zeros: nothing there yet
 * }</pre>
 *
 * <p>A writer claims its frame by moving the tail, fills it, and puts the magic last: a frame
 * without it isn't there. One whose writer was killed stays so, and whoever reads after that looks
 * for the next: the magic isn't UTF-8, so no record has it inside.
 *
 * <p>{@link #append} is for any number of threads, the rest for one at a time.
 */
final class Segment {

  static final int HEADER = 32;
  static final int FRAME = 16;

  /**
   * Of the smallest: a record as long as any fits, and the fifth that is left when it is refused.
   */
  static final int SMALLEST = 512 * 1024;

  private static final long FILE_MAGIC = 0xFEFF_4550_4845_4D31L;
  private static final int FRAME_MAGIC = 0xFEFD_FCFB;
  private static final int RECORD = 1;
  private static final int PADDING = 2;

  /** In the place of the first record's index: there is none yet. */
  static final long UNKNOWN = -1;

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle MAGIC = INT.varHandle();

  private static final FileAttribute<Set<java.nio.file.attribute.PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path file;
  private final long ordinal;
  private final Arena arena;
  private final MemorySegment mapped;
  private final long size;

  /** Where the next frame begins; beyond the end once somebody's didn't fit. */
  private final AtomicLong tail;

  /** Which comes after this; nobody appends to it before this is full. */
  private volatile @Nullable Segment successor;

  /** Guarded by this. */
  private boolean closed;

  private Segment(Path file, long ordinal, Arena arena, MemorySegment mapped, long tail) {
    this.file = file;
    this.ordinal = ordinal;
    this.arena = arena;
    this.mapped = mapped;
    this.size = mapped.byteSize();
    this.tail = new AtomicLong(tail);
  }

  /**
   * Makes one. All of it is on disk when this returns, so that writing to it later never needs
   * space.
   *
   * @param firstIndex of its first record in the log, or {@link #UNKNOWN}
   */
  static Segment create(Path folder, long ordinal, long firstIndex, int size) throws IOException {
    Path file = folder.resolve(name(ordinal));
    Path unfinished = folder.resolve(name(ordinal) + ".new");
    Files.deleteIfExists(unfinished);
    Files.createFile(unfinished, OWNER_ONLY);
    try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
      ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
      write(channel, header.putLong(FILE_MAGIC).putLong(ordinal).putLong(firstIndex).rewind());
      ByteBuffer zeros = ByteBuffer.allocateDirect(256 * 1024);
      for (long left = (long) size - HEADER; left > 0; ) {
        zeros.clear().limit((int) Math.min(zeros.capacity(), left));
        left -= zeros.remaining();
        write(channel, zeros);
      }
      channel.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(unfinished); // a full disk gets its space back
      throw e;
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
      names.force(true); // else a power failure may bring the other name back
    }
    return map(file, ordinal, FileChannel.MapMode.READ_WRITE);
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /**
   * Opens one to read it.
   *
   * @throws JournalException if it isn't one
   */
  static Segment open(Path file) throws IOException, JournalException {
    long ordinal = ordinal(file);
    if (Files.size(file) < HEADER) {
      throw notOne(file);
    }
    Segment segment = map(file, ordinal, FileChannel.MapMode.READ_ONLY);
    if (segment.mapped.get(LONG, 0) != FILE_MAGIC || segment.mapped.get(LONG, 8) != ordinal) {
      segment.close();
      throw notOne(file);
    }
    return segment;
  }

  private static JournalException notOne(Path file) {
    return new JournalException(
        file + " isn't a segment of the journal that its name says it is: it is damaged.");
  }

  private static Segment map(Path file, long ordinal, FileChannel.MapMode mode) throws IOException {
    Set<StandardOpenOption> options =
        mode == FileChannel.MapMode.READ_ONLY
            ? Set.of(StandardOpenOption.READ)
            : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(file, options)) {
      return new Segment(file, ordinal, arena, channel.map(mode, 0, channel.size(), arena), HEADER);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  static String name(long ordinal) {
    return "%016d.segment".formatted(ordinal);
  }

  /** Which files of a folder are segments. */
  static boolean isName(String name) {
    return name.matches("[0-9]{16}\\.segment");
  }

  private static long ordinal(Path file) {
    return Long.parseLong(file.getFileName().toString().substring(0, 16));
  }

  long ordinal() {
    return ordinal;
  }

  Path file() {
    return file;
  }

  @Nullable Segment successor() {
    return successor;
  }

  void successor(Segment next) {
    successor = next;
  }

  /** Whether what is left is for what has begun already. */
  boolean isNearlyFull() {
    return tail.get() > size / 5 * 4;
  }

  /** How far writers have come. */
  long tail() {
    return Math.min(tail.get(), size);
  }

  /**
   * Appends a record, unless it doesn't fit any more; then nothing fits from here on. No lock, and
   * no system call.
   */
  boolean append(byte[] record) {
    long length = padded(FRAME + record.length);
    long at = tail.getAndAdd(length);
    if (at + length <= size) {
      write(at, RECORD, record);
      return true;
    }
    if (at + FRAME <= size) {
      // The first that doesn't fit says so; those after it begin beyond the end.
      write(at, PADDING, new byte[(int) (size - at - FRAME)]);
    }
    return false;
  }

  private static long padded(long length) {
    return (length + 7) & ~7L;
  }

  private void write(long at, int kind, byte[] content) {
    MemorySegment.copy(content, 0, mapped, ValueLayout.JAVA_BYTE, at + FRAME, content.length);
    mapped.set(INT, at + 4, crc(at, kind, content));
    mapped.set(INT, at + 8, content.length);
    mapped.set(INT, at + 12, kind);
    MAGIC.setRelease(mapped, at, FRAME_MAGIC);
  }

  private int crc(long at, int kind, byte[] content) {
    CRC32C crc = new CRC32C();
    ByteBuffer place = ByteBuffer.allocate(24);
    crc.update(place.putLong(ordinal).putLong(at).putInt(kind).putInt(content.length).flip());
    crc.update(content);
    return (int) crc.getValue();
  }

  /**
   * The index in the log of the first record here; {@link #UNKNOWN} before those before are sealed.
   */
  long firstIndex() {
    return mapped.get(LONG, 16);
  }

  void firstIndex(long index) {
    mapped.set(LONG, 16, index);
  }

  /** Reads from the beginning. */
  Cursor cursor() {
    return new Cursor();
  }

  /** Where a reader is. */
  final class Cursor {

    private long at = HEADER;

    /**
     * The next record; null if there is none yet, or {@link #isAtEnd} from now on.
     *
     * @throws JournalException if what is there isn't what was written
     */
    byte @Nullable [] next() throws JournalException {
      while (!isAtEnd() && isFrame()) {
        byte[] content = content();
        if (content == null) {
          throw new JournalException(
              file + " is damaged at byte " + at + ": what is there isn't what was written.");
        }
        int kind = mapped.get(INT, at + 12);
        at += padded(FRAME + (long) content.length);
        if (kind == RECORD) {
          return content;
        }
      }
      return null;
    }

    /**
     * The same of a segment that nobody writes to any more, or that isn't ours to wait for: passes
     * over frames that aren't whole.
     */
    byte @Nullable [] nextWhole() {
      while (!isAtEnd()) {
        byte[] content = isFrame() ? content() : null;
        if (content == null) {
          at += 8;
          continue;
        }
        int kind = mapped.get(INT, at + 12);
        at += padded(FRAME + (long) content.length);
        if (kind == RECORD) {
          return content;
        }
      }
      return null;
    }

    boolean isAtEnd() {
      return isEnd(at);
    }

    long at() {
      return Math.min(at, size);
    }

    private boolean isFrame() {
      return (int) MAGIC.getAcquire(mapped, at) == FRAME_MAGIC;
    }

    private byte @Nullable [] content() {
      int length = mapped.get(INT, at + 8);
      int kind = mapped.get(INT, at + 12);
      if (length < 0 || at + FRAME + length > size || (kind != RECORD && kind != PADDING)) {
        return null;
      }
      byte[] content = new byte[length];
      MemorySegment.copy(mapped, ValueLayout.JAVA_BYTE, at + FRAME, content, 0, length);
      return mapped.get(INT, at + 4) == crc(at, kind, content) ? content : null;
    }
  }

  /**
   * From where on there may be places that nobody has written to yet, at that one or after it; the
   * end if it is closed.
   */
  synchronized long writtenFrom(long from) {
    long at = from;
    while (!closed && !isEnd(at) && (int) MAGIC.getAcquire(mapped, at) == FRAME_MAGIC) {
      at += padded(FRAME + (long) mapped.get(INT, at + 8));
    }
    return closed ? size : at;
  }

  /** Whether no frame fits there. */
  boolean isEnd(long at) {
    return at + FRAME > size;
  }

  /** Forces to disk what is between the two, and the header; nothing if it is closed. */
  synchronized void force(long from, long to) {
    if (closed) {
      return;
    }
    mapped.asSlice(0, HEADER).force();
    if (to > from) {
      mapped.asSlice(from, to - from).force();
    }
  }

  /** Nobody reads or writes it from here on. */
  synchronized void close() {
    if (!closed) {
      closed = true;
      arena.close();
    }
  }

  void delete() throws IOException {
    close();
    Files.deleteIfExists(file);
  }
}
