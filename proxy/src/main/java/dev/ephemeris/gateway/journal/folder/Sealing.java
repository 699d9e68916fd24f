package dev.ephemeris.gateway.journal.folder;

import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.log.Checkpoint;
import dev.ephemeris.gateway.journal.log.LogKey;
import dev.ephemeris.gateway.journal.log.TiledLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what was appended, in order, and seals it into the log. A record is in the segments until
 * it is sealed, and on disk there before it is: whatever happens in between, it is found, and found
 * once.
 */
final class Sealing {

  private static final Logger LOG = LoggerFactory.getLogger(Sealing.class);

  /** More than these are sealed at a time, so that a rush doesn't fill the memory. */
  private static final int RECORDS = 8_192;

  private static final long BYTES = 8L * 1024 * 1024;

  private final Path folder;
  private final LogKey key;
  private final Duration every;
  private final UnfinishedRequests unfinished;
  private final Thread thread;
  private Runnable done = () -> {};
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** Opened again after a failure, since nobody knows what it has left. Of the sealing thread. */
  private @Nullable TiledLog log;

  /** Of the sealing thread: what isn't sealed begins here. */
  private Segment segment;

  private Segment.Cursor cursor;

  /** Of the sealing thread: read and not sealed. */
  private final List<byte[]> batch = new ArrayList<>();

  /** Of all that is sealed. Written by the sealing thread. */
  private volatile Checkpoint checkpoint;

  /** Of the sealing thread: read to their end, and kept until that is sealed. */
  private final List<Segment> read = new ArrayList<>();

  /** Of the sealing thread: with which entry the segment after each of those begins. */
  private final List<Long> begun = new ArrayList<>();

  /** Of the sealing thread: how much of {@link #segment} is forced to disk. */
  private long forced = Segment.HEADER;

  private volatile long ordinal;
  private volatile @Nullable String failure;
  private volatile boolean closed;

  Sealing(
      Path folder,
      TiledLog log,
      LogKey key,
      Segment first,
      UnfinishedRequests unfinished,
      Duration every) {
    this.folder = folder;
    this.log = log;
    this.checkpoint = log.checkpoint();
    this.key = key;
    this.segment = first;
    this.cursor = first.cursor();
    this.unfinished = unfinished;
    this.every = every;
    this.ordinal = first.ordinal();
    this.thread = Thread.ofPlatform().name("journal-seal").daemon().unstarted(this::run);
  }

  /** Begins. {@code progress} is run whenever a segment isn't needed any more. */
  void start(Runnable progress) {
    done = progress;
    thread.start();
  }

  /** Has this run whenever more is sealed. */
  void onSealed(Runnable listener) {
    listeners.add(listener);
  }

  Checkpoint checkpoint() {
    return checkpoint;
  }

  /** The first segment that isn't sealed. */
  long ordinal() {
    return ordinal;
  }

  /** Why nothing can be sealed now. */
  Optional<String> failure() {
    return Optional.ofNullable(failure);
  }

  private void run() {
    while (!closed) {
      LockSupport.parkNanos(this, every.toNanos());
      if (!sealAll()) {
        LockSupport.parkNanos(this, Duration.ofSeconds(1).toNanos());
      }
    }
  }

  /** Whether all is sealed that there was. */
  private boolean sealAll() {
    try {
      boolean more = true;
      while (more) {
        more = sealSome();
      }
      if (failure != null) {
        LOG.atInfo().addKeyValue("folder", folder).log("the journal can be sealed again");
        failure = null;
      }
      return true;
    } catch (JournalException | IOException | RuntimeException | Error e) {
      // Whatever it is: a thread that is gone seals nothing, and nobody is told.
      if (failure == null) {
        LOG.atError().addKeyValue("folder", folder).setCause(e).log("the journal can't be sealed");
      }
      failure =
          e instanceof IOException io ? FolderJournal.reason(io) : String.valueOf(e.getMessage());
      letGo();
      forceAll();
      return false;
    }
  }

  /** Whether there may be more. */
  private boolean sealSome() throws JournalException, IOException {
    boolean more = read();
    if (batch.isEmpty()) {
      return false;
    }
    TiledLog here = log();
    for (int i = 0; i < read.size(); i++) {
      read.get(i).force(Segment.HEADER, read.get(i).tail());
      // Only now that those before are on disk: the next one's records are counted from here, so
      // that after a kill it is known which are sealed.
      Segment after = i + 1 < read.size() ? read.get(i + 1) : segment;
      after.firstIndex(begun.get(i));
    }
    segment.force(forced, cursor.at());
    forced = cursor.at();
    long sealed = checkpoint.size();
    if (here.size() == sealed) {
      Checkpoint unused = here.seal(batch);
    } else if (here.size() != sealed + batch.size()) { // or it was sealed, and failed after that
      throw new JournalException(
          "the log has " + here.size() + " entries where " + sealed + " were sealed");
    }
    unfinished.sealed(sealed, batch);
    checkpoint = here.checkpoint();
    batch.clear();
    boolean progress = !read.isEmpty();
    for (Segment full : read) {
      full.delete();
    }
    read.clear();
    begun.clear();
    ordinal = segment.ordinal();
    unfinished.keep(checkpoint.size());
    if (progress) {
      done.run();
    }
    listeners.forEach(Runnable::run);
    return more;
  }

  /** Fills the batch; whether it is full. */
  private boolean read() throws JournalException {
    long bytes = batch.stream().mapToLong(each -> each.length).sum();
    while (batch.size() < RECORDS && bytes < BYTES) {
      byte[] record = cursor.next();
      if (record != null) {
        batch.add(record);
        bytes += record.length;
        continue;
      }
      Segment next = segment.successor();
      if (!cursor.isAtEnd() || next == null) {
        return false;
      }
      begun.add(checkpoint.size() + batch.size());
      read.add(segment);
      segment = next;
      cursor = next.cursor();
      forced = Segment.HEADER;
    }
    return true;
  }

  /** What isn't sealed is to outlive the machine all the same. */
  private void forceAll() {
    try {
      for (Segment each : read) {
        each.force(Segment.HEADER, each.tail());
      }
      for (Segment each = segment; each != null; each = each.successor()) {
        each.force(Segment.HEADER, each.tail());
      }
    } catch (RuntimeException | Error e) {
      LOG.atError()
          .addKeyValue("folder", folder)
          .setCause(e)
          .log("the journal can't be forced to disk");
    }
  }

  private TiledLog log() throws JournalException {
    TiledLog here = log;
    if (here == null) {
      here = TiledLog.open(folder, key);
      log = here;
    }
    return here;
  }

  private void letGo() {
    TiledLog here = log;
    log = null;
    if (here != null) {
      try {
        here.close();
      } catch (JournalException e) {
        LOG.atDebug().setCause(e).log("the log can't be closed");
      }
    }
  }

  /** Seals what is left, and ends. */
  void close() throws JournalException {
    closed = true;
    LockSupport.unpark(thread);
    FolderJournal.join(thread);
    boolean all = sealAll();
    String why = failure;
    letGo();
    // They stay: whoever was appending at this moment is found at the next start.
    forceAll();
    read.forEach(Segment::close);
    for (Segment each = segment; each != null; each = each.successor()) {
      each.close();
    }
    if (!all) {
      throw new JournalException(
          "The journal "
              + folder
              + " can't be sealed ("
              + why
              + "); what isn't is kept, and sealed at the next start.");
    }
  }
}
