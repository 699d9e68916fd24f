package dev.ephemeris.gateway.journal.folder;

import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.journal.RecordJson;
import dev.ephemeris.gateway.journal.log.LogKey;
import dev.ephemeris.gateway.journal.log.TiledLog;
import io.vertx.core.Context;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A journal in a folder of its own.
 *
 * <pre>{@code
 * append ──► segments/   memory-mapped: outlives the process at once, and is forced to disk
 *               │ sealed  at least once a second while there is anything
 *               ▼
 *            checkpoint, tile/…   the log, as C2SP tlog-tiles: what auditors read
 * }</pre>
 *
 * <p>Appending takes no lock and makes no system call. Three threads do the rest: one makes
 * segments ahead of time, one seals, and one forces to disk where that is waited for. If there is
 * no next segment once the current one is four fifths full, because the disk is full or sealing has
 * fallen behind, what is left is for the outcomes of what has begun and for what ends access;
 * everything else is refused.
 *
 * <p>One process at a time: the folder is locked.
 */
public final class FolderJournal implements Journal {

  private static final Logger LOG = LoggerFactory.getLogger(FolderJournal.class);

  /** When a record counts as kept. */
  public enum Durability {
    /** Once it outlives the process; at a power failure the last second may be lost. */
    PROCESS,
    /** Once it is on disk. */
    DISK
  }

  /**
   * How one is kept.
   *
   * @param segment bytes, of a segment
   * @param ahead how many segments are made ahead of time
   * @param unsealed how many there are at most
   * @param sealEvery how long a record waits at most before it is being sealed
   */
  public record Settings(
      Durability durability, int segment, int ahead, int unsealed, Duration sealEvery) {

    public Settings {
      if (segment < Segment.SMALLEST || ahead < 1 || unsealed <= ahead || sealEvery.isNegative()) {
        throw new IllegalArgumentException("no journal can be kept so");
      }
    }

    /** For a gateway that serves. */
    public static Settings of(Durability durability) {
      return new Settings(durability, 16 * 1024 * 1024, 2, 16, Duration.ofMillis(500));
    }
  }

  private final Path folder;
  private final Settings settings;
  private final FileChannel lock;
  private final Sealing sealing;
  private final SealedLog sealed;

  private static final AtomicReferenceFieldUpdater<FolderJournal, Segment> CURRENT =
      AtomicReferenceFieldUpdater.newUpdater(FolderJournal.class, Segment.class, "current");

  /** The segment that is appended to. */
  private volatile Segment current;

  /** Those who wait for the disk. */
  private final ConcurrentLinkedQueue<CompletableFuture<@Nullable Void>> waiting =
      new ConcurrentLinkedQueue<>();

  private final Thread preparing;
  private final Thread forcing;

  /** Why there is no segment to come; null if there is, or will be shortly. */
  private volatile @Nullable String unprepared;

  private volatile boolean closed;

  private FolderJournal(
      Path folder, Settings settings, FileChannel lock, Sealing sealing, Segment first)
      throws JournalException {
    this.folder = folder;
    this.settings = settings;
    this.lock = lock;
    this.sealing = sealing;
    this.sealed = new SealedLog(folder, sealing::checkpoint);
    this.current = first;
    this.preparing = Thread.ofPlatform().name("journal-prepare").daemon().unstarted(this::prepare);
    this.forcing = Thread.ofPlatform().name("journal-force").daemon().unstarted(this::force);
  }

  /**
   * Opens the journal, or makes it, readable by its owner only. What a killed process has left
   * unsealed is sealed, and what it left without an outcome is closed as unknown. Blocks.
   *
   * @throws JournalException if the folder can't be used, another process has it, or what is in it
   *     doesn't fit together: a damaged journal is looked at by people before it is written on
   */
  public static FolderJournal open(
      Path folder, JournalKey key, Settings settings, InstantSource clock) throws JournalException {
    try {
      TiledLog log = TiledLog.open(folder, key.log());
      try {
        createFolder(folder.resolve("segments"));
        FileChannel lock = locked(folder);
        try {
          return opened(folder, log, key.log(), settings, lock, clock);
        } catch (IOException | JournalException | RuntimeException e) {
          lock.close();
          throw e;
        }
      } catch (IOException | JournalException | RuntimeException e) {
        log.close();
        throw e;
      }
    } catch (IOException e) {
      throw new JournalException("The journal " + folder + " can't be opened: " + reason(e), e);
    }
  }

  private static FolderJournal opened(
      Path folder,
      TiledLog log,
      LogKey key,
      Settings settings,
      FileChannel lock,
      InstantSource clock)
      throws IOException, JournalException {
    Path segments = folder.resolve("segments");
    LeftSegments left = LeftSegments.in(segments);
    left.sealInto(log);
    Segment first = Segment.create(segments, left.nextOrdinal(), log.size(), settings.segment());
    left.delete();
    UnfinishedRequests unfinished = UnfinishedRequests.in(folder);
    List<JournalRecord> ends = unfinished.ends(clock.instant());
    Sealing sealing = new Sealing(folder, log, key, first, unfinished, settings.sealEvery());
    FolderJournal journal = new FolderJournal(folder, settings, lock, sealing, first);
    journal.preparing.start();
    journal.forcing.start();
    sealing.start(() -> LockSupport.unpark(journal.preparing));
    try {
      for (JournalRecord end : ends) {
        journal.append(end);
      }
    } catch (JournalException e) {
      journal.close();
      throw e;
    }
    return journal;
  }

  private static void createFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }

  /** The segments have a lock of their own: after a failure the log is opened again. */
  private static FileChannel locked(Path folder) throws IOException, JournalException {
    Path file = folder.resolve("segments/lock");
    if (!Files.exists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException inThisProcess) {
      lock = null;
    }
    if (lock == null) {
      channel.close();
      throw new JournalException(
          "The journal " + folder + " is in use by another gateway; give each its own folder.");
    }
    return channel;
  }

  Path folder() {
    return folder;
  }

  /** What is sealed of it, also after it is closed. */
  public SealedLog sealed() {
    return sealed;
  }

  /** Has this run whenever more is sealed; it must be short. */
  public void onSealed(Runnable listener) {
    sealing.onSealed(listener);
  }

  @Override
  public void append(JournalRecord record) throws JournalException {
    byte[] json = RecordJson.bytes(record);
    Segment segment = current;
    requireRoom(segment, record);
    try {
      while (!segment.append(json)) {
        segment = next(segment);
      }
    } catch (IllegalStateException unmapped) {
      throw new JournalException("The journal " + folder + " is closed.", unmapped);
    }
    if (settings.durability() == Durability.DISK && !Context.isOnEventLoopThread()) {
      onDisk();
    }
  }

  private void onDisk() throws JournalException {
    try {
      Void unused = forced().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof JournalException why
          ? why
          : new JournalException("The journal " + folder + " can't be forced to disk.", e);
    }
  }

  private void requireRoom(Segment segment, JournalRecord record) throws JournalException {
    if (closed) {
      throw new JournalException("The journal " + folder + " is closed.");
    }
    if (segment.successor() == null && segment.isNearlyFull() && !concludes(record)) {
      throw noRoom();
    }
  }

  /** Whether the last room is for it: what became of what is on record, and what ends access. */
  private static boolean concludes(JournalRecord record) {
    return switch (record) {
      case JournalRecord.RequestOutcome r -> true;
      case JournalRecord.OutcomeUnknown r -> true;
      case JournalRecord.AccessEnded r -> true;
      case JournalRecord.SessionEnded r -> true;
      case JournalRecord.LeaseRevoked r -> true;
      case JournalRecord.RoleUnassigned r -> true;
      case JournalRecord.RootKeyRevoked r -> true;
      case JournalRecord.AccountPanicked r -> true;
      case JournalRecord.OperationDecided r -> true; // which comes before each of these
      default -> false;
    };
  }

  /** The segment after one that is full. */
  private Segment next(Segment full) throws JournalException {
    Segment next = full.successor();
    if (next == null) {
      throw noRoom();
    }
    if (CURRENT.compareAndSet(this, full, next)) {
      LockSupport.unpark(preparing);
    }
    return next;
  }

  private JournalException noRoom() {
    String why = unprepared;
    return new JournalException(
        "The journal "
            + folder
            + " has no room left: "
            + (why == null ? "more is recorded than the disk takes" : why)
            + ".");
  }

  @Override
  public CompletionStage<@Nullable Void> settled() {
    return settings.durability() == Durability.PROCESS ? SETTLED : forced();
  }

  private CompletableFuture<@Nullable Void> forced() {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    waiting.add(done);
    LockSupport.unpark(forcing);
    if (closed) {
      // Whoever forces may have gone already.
      done.completeExceptionally(new JournalException("The journal " + folder + " is closed."));
    }
    return done;
  }

  /**
   * Forces for all who wait, one time for all of them, until it is closed. Where a record has a
   * place and isn't written yet, whoever writes it will wait too: it is forced again from there.
   */
  private void force() {
    Segment segment = current;
    long from = Segment.HEADER;
    while (!closed || !waiting.isEmpty()) {
      List<CompletableFuture<@Nullable Void>> these = new ArrayList<>();
      for (var next = waiting.poll(); next != null; next = waiting.poll()) {
        these.add(next);
      }
      if (these.isEmpty()) {
        LockSupport.park(this);
        continue;
      }
      try {
        // What they have appended is in this one, or in those before.
        Segment last = current;
        long written = segment.writtenFrom(from);
        for (Segment next = segment.successor();
            segment != last && next != null && segment.isEnd(written);
            next = segment.successor()) {
          segment.force(from, segment.tail());
          segment = next;
          from = Segment.HEADER;
          written = segment.writtenFrom(from);
        }
        segment.force(from, segment.tail());
        for (Segment next = segment.successor();
            segment != last && next != null;
            next = next == last ? null : next.successor()) {
          next.force(Segment.HEADER, next.tail());
        }
        from = written;
        these.forEach(each -> each.complete(null));
      } catch (RuntimeException | Error e) {
        LOG.atError().setCause(e).log("the journal can't be forced to disk: access is refused");
        JournalException failed =
            new JournalException("The journal " + folder + " can't be forced to disk.", e);
        these.forEach(each -> each.completeExceptionally(failed));
      }
    }
  }

  /** Makes segments ahead of those who append, until it is closed. */
  private void prepare() {
    Segment last = current;
    while (!closed) {
      long ahead = last.ordinal() - current.ordinal();
      long unsealed = last.ordinal() - sealing.ordinal() + 1;
      if (ahead >= settings.ahead()) {
        unprepared = null;
        LockSupport.parkNanos(this, Duration.ofSeconds(1).toNanos());
      } else if (unsealed >= settings.unsealed()) {
        unprepared =
            sealing.failure().orElse("what is recorded is sealed more slowly than it comes");
        LockSupport.parkNanos(this, Duration.ofMillis(100).toNanos());
      } else {
        try {
          Segment next =
              Segment.create(
                  folder.resolve("segments"),
                  last.ordinal() + 1,
                  Segment.UNKNOWN,
                  settings.segment());
          last.successor(next);
          last = next;
        } catch (IOException e) {
          unprepared = reason(e);
          LOG.atWarn()
              .addKeyValue("folder", folder)
              .addKeyValue("reason", reason(e))
              .log("the journal's next segment can't be made");
          LockSupport.parkNanos(this, Duration.ofSeconds(1).toNanos());
        }
      }
    }
  }

  @Override
  public void check() throws JournalException {
    if (closed) {
      throw new JournalException("The journal " + folder + " is closed.");
    }
    Segment segment = current;
    if (segment.successor() == null && segment.isNearlyFull()) {
      throw noRoom();
    }
    Optional<String> unsealed = sealing.failure();
    if (unsealed.isPresent()) {
      throw new JournalException(
          "The journal " + folder + " can't be sealed: " + unsealed.get() + ".");
    }
  }

  /** Seals all there is, and lets go of the folder. */
  @Override
  public void close() throws JournalException {
    if (closed) {
      return;
    }
    closed = true;
    LockSupport.unpark(preparing);
    LockSupport.unpark(forcing);
    join(preparing);
    join(forcing);
    try {
      sealing.close();
    } finally {
      try {
        lock.close();
      } catch (IOException e) {
        LOG.atWarn().setCause(e).log("the journal's lock can't be let go");
      }
    }
  }

  /** Waits for its end, also for somebody who is interrupted meanwhile. */
  static void join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The message, or what kind of failure it was where there is none worth reading. */
  static String reason(IOException e) {
    String message = e.getMessage();
    return e.getClass().getSimpleName() + (message == null ? "" : " (" + message + ")");
  }
}
