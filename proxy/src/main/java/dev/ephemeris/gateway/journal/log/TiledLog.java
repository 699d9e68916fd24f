package dev.ephemeris.gateway.journal.log;

import dev.ephemeris.gateway.journal.JournalException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A log in a folder, in the layout of C2SP's tlog-tiles, as its one writer has it. Not thread-safe.
 *
 * <p>What a checkpoint speaks of is on disk before the checkpoint is, and stays as it is; the next
 * checkpoint is of a log that begins with it. A process may be killed at any time: what it had
 * written without a checkpoint is no part of the log, and is written over.
 */
public final class TiledLog implements AutoCloseable {

  private static final String LOCK = "lock";

  private final LogFiles files;
  private final LogKey key;
  private final LogWriter writer;
  private final FileChannel lock;
  private final RightEdge edge;
  private Checkpoint checkpoint;

  /** False from the first failure on: what is on disk may be ahead of what is in memory. */
  private boolean intact = true;

  private TiledLog(
      LogFiles files,
      LogKey key,
      LogWriter writer,
      FileChannel lock,
      RightEdge edge,
      Checkpoint checkpoint) {
    this.files = files;
    this.key = key;
    this.writer = writer;
    this.lock = lock;
    this.edge = edge;
    this.checkpoint = checkpoint;
  }

  /**
   * Opens the log, or makes it, readable by its owner only. A new one has a checkpoint at once, of
   * no entries.
   *
   * @throws JournalException if the folder can't be used, another process has it, or what is in it
   *     isn't what its checkpoint says: none where there are tiles, one of another log or key, or a
   *     last tile or bundle that doesn't belong to it. A log that was changed is looked at by
   *     people before it is written on
   */
  public static TiledLog open(Path folder, LogKey key) throws JournalException {
    return open(folder, key, Disk.REAL);
  }

  static TiledLog open(Path folder, LogKey key, Disk disk) throws JournalException {
    LogFiles files = new LogFiles(folder);
    try {
      if (!Files.isDirectory(folder)) {
        disk.folder(folder);
        Path parent = folder.toAbsolutePath().getParent();
        disk.force(parent == null ? folder : parent);
      }
      FileChannel lock = lock(folder, disk);
      try {
        return locked(files, key, disk, lock);
      } catch (IOException | JournalException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new JournalException(
          "The journal " + folder + " can't be opened: " + LogFiles.reason(e) + ".", e);
    }
  }

  private static FileChannel lock(Path folder, Disk disk) throws IOException, JournalException {
    Path file = folder.resolve(LOCK);
    if (!Files.exists(file)) {
      disk.write(file, new byte[0]);
    }
    FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException inThisProcess) {
      // Refused below, as if it were in another one.
    }
    channel.close();
    throw new JournalException(
        "The journal " + folder + " is in use by another gateway; give each its own folder.");
  }

  private static TiledLog locked(LogFiles files, LogKey key, Disk disk, FileChannel lock)
      throws IOException, JournalException {
    LogWriter writer = new LogWriter(files, disk);
    if (files.signedNote().isEmpty()) {
      begin(files, key, writer);
    }
    Checkpoint checkpoint = files.checkpoint(Set.of(key.verifierKey()));
    RightEdge edge = edge(files, checkpoint);
    writer.clean(checkpoint.size());
    return new TiledLog(files, key, writer, lock, edge, checkpoint);
  }

  private static void begin(LogFiles files, LogKey key, LogWriter writer)
      throws IOException, JournalException {
    if (Files.exists(files.folder().resolve(TilePath.FOLDER))) {
      throw new JournalException(
          "The journal "
              + files.folder()
              + " has entries and no checkpoint. Put its last checkpoint back from where they are"
              + " published; or move the folder away, and begin a log of another name.");
    }
    writer.publish(Checkpoint.sign(0, Hash.EMPTY, key));
  }

  /** The edge of the checkpoint's tree, if the files have it. */
  private static RightEdge edge(LogFiles files, Checkpoint checkpoint) throws JournalException {
    long size = checkpoint.size();
    List<List<Hash>> levels = new ArrayList<>();
    for (int level = 0; TilePath.Tile.hashes(level, size) > 0; level++) {
      TilePath.Tile last = TilePath.Tile.last(level, size);
      levels.add(last.width() == TilePath.FULL ? List.of() : hashes(files, last));
    }
    ByteArrayOutputStream bundle = new ByteArrayOutputStream();
    if (size % TilePath.FULL != 0) {
      TilePath.Bundle last = TilePath.Bundle.last(size);
      List<byte[]> entries =
          files.entries(last).orElseThrow(() -> contradicts(files, "has no bundle " + last));
      if (!entries.stream().map(Hash::leaf).toList().equals(levels.getFirst())) {
        throw contradicts(files, "has another bundle " + last);
      }
      entries.forEach(entry -> EntryBundle.write(entry, bundle));
    }
    RightEdge edge = new RightEdge(size, levels, bundle.toByteArray());
    if (!edge.root().equals(checkpoint.root())) {
      throw contradicts(files, "has tiles of another tree");
    }
    return edge;
  }

  private static List<Hash> hashes(LogFiles files, TilePath.Tile tile) throws JournalException {
    return files.hashes(tile).orElseThrow(() -> contradicts(files, "has no tile " + tile));
  }

  private static JournalException contradicts(LogFiles files, String how) {
    return new JournalException(
        "The journal "
            + files.folder()
            + " isn't what its checkpoint says: it "
            + how
            + ". See what 'ephemeris audit verify' says of it, before anything is written on it.");
  }

  /** How many entries are sealed: the index of the next one. */
  public long size() {
    return checkpoint.size();
  }

  /** The last one published. */
  public Checkpoint checkpoint() {
    return checkpoint;
  }

  /**
   * Adds entries after those that there are, and signs for them all. When this returns they are on
   * disk, and so is the checkpoint.
   *
   * @param entries each of at most 65,535 bytes; if there are none, nothing happens
   * @throws JournalException if that failed. Whether it was before or after the checkpoint was
   *     published is not known then: close the log, open it again, and go on from its {@link #size}
   * @throws IllegalArgumentException if an entry is too long; nothing has happened
   */
  public Checkpoint seal(List<byte[]> entries) throws JournalException {
    for (byte[] entry : entries) {
      EntryBundle.check(entry);
    }
    if (!intact) {
      throw new JournalException(
          "The journal " + files.folder() + " has failed before, and has to be opened again.");
    }
    if (entries.isEmpty()) {
      return checkpoint;
    }
    intact = false;
    List<Resource> resources = edge.append(entries);
    Checkpoint next = Checkpoint.sign(edge.size(), edge.root(), key);
    try {
      writer.write(resources);
      writer.publish(next);
    } catch (IOException e) {
      throw new JournalException(
          "The journal " + files.folder() + " can't be written: " + LogFiles.reason(e) + ".", e);
    }
    writer.removePartial(resources);
    checkpoint = next;
    intact = true;
    return next;
  }

  /** Lets another writer have it. Everything that was sealed is on disk already. */
  @Override
  public void close() throws JournalException {
    try {
      lock.close();
    } catch (IOException e) {
      throw new JournalException(
          "The journal " + files.folder() + " can't be closed: " + LogFiles.reason(e) + ".", e);
    }
  }
}
