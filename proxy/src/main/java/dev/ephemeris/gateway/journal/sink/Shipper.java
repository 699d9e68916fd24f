package dev.ephemeris.gateway.journal.sink;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.config.JournalSink;
import dev.ephemeris.config.JournalSink.Cargo;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.SealedEntries;
import dev.ephemeris.gateway.journal.SealedEntries.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ships to one sink, on a thread of its own: entries in their order, and after them the checkpoint
 * that vouches for them. Only once the sink has said that it keeps something, and that is
 * remembered, is it shipped; so nothing is lost, and what was under way when the gateway was killed
 * is shipped once more.
 */
final class Shipper {

  private static final Logger LOG = LoggerFactory.getLogger(Shipper.class);

  /** How many entries are read at once: 16 MB of them at most. */
  private static final int READ_AT_ONCE = 256;

  /** How soon it looks by itself whether there is something. */
  private static final Duration POLL = Duration.ofSeconds(1);

  /** Opens the sink, at the start and after each failure. */
  interface Opener {
    Sink open(ObjectNode memory) throws SinkException, InterruptedException;
  }

  private final JournalSink settings;
  private final SealedEntries entries;
  private final Rendering rendering;
  private final Path file;
  private final Opener opener;
  private final InstantSource clock;
  private final Pace pace;
  private final Thread thread;

  /** As the file has it. Written by the thread. */
  private volatile Position position;

  /** Since when the oldest entry that isn't shipped has waited. Written by the thread. */
  private volatile @Nullable Instant entryWaitsSince;

  /** The same of a checkpoint, from when it was due. */
  private volatile @Nullable Instant checkpointWaitsSince;

  private volatile @Nullable String failure;
  private volatile boolean closing;

  private final AtomicLong shipped = new AtomicLong();
  private final AtomicLong withheld = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();

  // Of the thread.
  private @Nullable Sink sink;

  /** The checkpoint that is to be published next; of the thread. */
  private @Nullable PublishedCheckpoint due;

  private int failuresInARow;
  private Instant checkpointDue = Instant.MIN;

  /**
   * @param file where the position is remembered
   * @param position what it has, or where to begin
   */
  Shipper(
      JournalSink settings,
      SealedEntries entries,
      Rendering rendering,
      Path file,
      Position position,
      Opener opener,
      InstantSource clock,
      Pace pace) {
    this.settings = settings;
    this.entries = entries;
    this.rendering = rendering;
    this.file = file;
    this.position = position;
    this.opener = opener;
    this.clock = clock;
    this.pace = pace;
    this.thread = Thread.ofVirtual().name("sink-" + settings.name()).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** There may be something to ship. Never blocks. */
  void nudge() {
    LockSupport.unpark(thread);
  }

  /** What is left is to be shipped now, and then no more. Never blocks. */
  void finish() {
    closing = true;
    nudge();
  }

  /**
   * Waits until it has ended, and ends it by force after that.
   *
   * @return whether it has shipped everything
   */
  boolean join(Duration patience) throws InterruptedException {
    if (thread.getState() == Thread.State.NEW) {
      return !isBehind();
    }
    if (!thread.join(patience)) {
      thread.interrupt();
      thread.join(Duration.ofSeconds(1));
    }
    return !isBehind();
  }

  /** The oldest entry that has to be kept for it. */
  long needs() {
    return settings.takes(Cargo.ENTRIES) ? position.next() : Long.MAX_VALUE;
  }

  /** Whether access is to be refused for its sake. A few reads, for whoever is in a hurry. */
  boolean refuses() {
    return settings.required() && isOverdue();
  }

  SinkState state() {
    return new SinkState(
        settings.name(),
        settings.destination().kind(),
        settings.required(),
        position.next(),
        lagEntries(),
        lag(),
        isOverdue(),
        shipped.get(),
        withheld.get(),
        failures.get(),
        Optional.ofNullable(failure));
  }

  private boolean isOverdue() {
    Optional<Long> most = settings.maxLagEntries();
    return (most.isPresent() && lagEntries() > most.get())
        || lag().compareTo(settings.maxLag()) > 0;
  }

  private long lagEntries() {
    Position now = position;
    long has = settings.takes(Cargo.ENTRIES) ? now.next() : now.checkpoint();
    return Math.max(0, entries.size() - has);
  }

  private Duration lag() {
    Instant now = clock.instant();
    Duration ofEntry = waited(entryWaitsSince, now);
    Duration ofCheckpoint = waited(checkpointWaitsSince, now);
    return ofEntry.compareTo(ofCheckpoint) > 0 ? ofEntry : ofCheckpoint;
  }

  private static Duration waited(@Nullable Instant since, Instant now) {
    return since == null || since.isAfter(now) ? Duration.ZERO : Duration.between(since, now);
  }

  private boolean isBehind() {
    Position now = position;
    return (settings.takes(Cargo.ENTRIES) && now.next() < entries.size())
        || unpublished().isPresent();
  }

  private void run() {
    try {
      while (!closing || isBehind()) {
        if (!isStepDone()) {
          return;
        }
      }
    } catch (InterruptedException e) {
      // It has had its time.
    } finally {
      letGo();
    }
  }

  /**
   * Ships what there is, and waits for more, or for the sink.
   *
   * @return false if there is no use in going on
   */
  private boolean isStepDone() throws InterruptedException {
    try {
      boolean moved = isSomethingShipped();
      failuresInARow = 0;
      failure = null;
      if (!moved && !closing) {
        sleep(POLL);
      }
      return true;
    } catch (SinkException e) {
      failed(e);
      letGo();
      if (closing) {
        return false;
      }
      await(pace.after(failuresInARow, e));
      return true;
    }
  }

  private boolean isSomethingShipped() throws SinkException, InterruptedException {
    try {
      boolean moved = shipEntries();
      moved |= publish();
      return moved;
    } catch (RuntimeException | Error e) {
      // A library's, or a mistake of ours: what it says may have anything in it.
      LOG.atDebug().addKeyValue("sink", settings.name()).setCause(e).log("A sink's failure");
      throw SinkException.refused("it fails by " + e.getClass().getName());
    }
  }

  /** Until it is nudged, at most. */
  private static void sleep(Duration atMost) throws InterruptedException {
    LockSupport.parkNanos(atMost.toNanos());
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  /** All of it, unless it is to come to its end. */
  private void await(Duration wait) throws InterruptedException {
    long end = System.nanoTime() + wait.toNanos();
    for (long left = wait.toNanos(); left > 0 && !closing; left = end - System.nanoTime()) {
      sleep(Duration.ofNanos(left));
    }
  }

  private void failed(SinkException e) {
    if (entryWaitsSince == null && settings.takes(Cargo.ENTRIES)) {
      // What comes while it isn't tried waits for it, too.
      entryWaitsSince = clock.instant();
    }
    String why = String.valueOf(e.getMessage());
    boolean another = !why.equals(failure);
    failure = why;
    failures.incrementAndGet();
    failuresInARow++;
    if (another) {
      LOG.atWarn()
          .addKeyValue("sink", settings.name())
          .addKeyValue("kind", settings.destination().kind())
          .addKeyValue("next", position.next())
          .log("A sink of the journal doesn't take what it is sent; it is tried again: " + why);
    }
  }

  /**
   * Ships some of the entries that there are.
   *
   * @return whether there were any
   */
  private boolean shipEntries() throws SinkException, InterruptedException {
    long from = position.next();
    if (!settings.takes(Cargo.ENTRIES) || from >= entries.size()) {
      entryWaitsSince = null;
      return false;
    }
    if (entryWaitsSince == null) {
      entryWaitsSince = clock.instant();
    }
    List<Entry> read = read(from);
    Batch batch = batch(read);
    if (!batch.deliveries().isEmpty()) {
      waitsSince(batch.deliveries().getFirst().at());
      deliver(batch.deliveries(), read);
    }
    remember(position.delivered(batch.upTo(), sink == null ? position.memory() : sink.memory()));
    return true;
  }

  /**
   * What is delivered at once.
   *
   * @param upTo the index after the last entry that is seen to by it
   */
  private record Batch(List<Delivery> deliveries, long upTo) {}

  /** As many of the first as the sink takes at once. */
  private Batch batch(List<Entry> read) throws SinkException, InterruptedException {
    List<Delivery> deliveries = new ArrayList<>();
    int bytes = 0;
    for (Entry entry : read) {
      Optional<Delivery> delivery;
      try {
        delivery = rendered(entry);
      } catch (SinkException e) {
        if (entry.index() == read.getFirst().index()) {
          throw e;
        }
        // What is before it is shipped first.
        return new Batch(deliveries, entry.index());
      }
      if (delivery.isPresent()) {
        bytes += delivery.get().json().length;
        if (!deliveries.isEmpty() && bytes > open().mostBytes()) {
          return new Batch(deliveries, entry.index());
        }
        deliveries.add(delivery.get());
      }
    }
    return new Batch(deliveries, read.getLast().index() + 1);
  }

  /** By its own time, if that can be. */
  private void waitsSince(Instant at) {
    if (!at.equals(Instant.EPOCH) && at.isBefore(clock.instant())) {
      entryWaitsSince = at;
    }
  }

  private List<Entry> read(long from) throws SinkException {
    List<Entry> read;
    try {
      read = entries.read(from, READ_AT_ONCE);
    } catch (JournalException e) {
      throw SinkException.unavailable("the journal can't be read: " + e.getMessage());
    }
    for (int i = 0; i < read.size(); i++) {
      if (read.get(i).index() != from + i) {
        throw SinkException.refused(
            "the journal gives entry " + read.get(i).index() + " where " + (from + i) + " belongs");
      }
    }
    if (read.isEmpty()) {
      throw SinkException.refused("the journal doesn't give entry " + from);
    }
    return read;
  }

  private Optional<Delivery> rendered(Entry entry) throws SinkException {
    try {
      return rendering.of(entry);
    } catch (SinkException e) {
      if (e.kind() != SinkException.Kind.INDIGESTIBLE) {
        throw e;
      }
      return Optional.of(rendering.standIn(entry, String.valueOf(e.getMessage())));
    }
  }

  /**
   * Of what it doesn't take it is given the halves, until there is one entry that it doesn't take.
   */
  private void deliver(List<Delivery> batch, List<Entry> read)
      throws SinkException, InterruptedException {
    try {
      open().deliver(batch);
    } catch (SinkException e) {
      if (e.kind() != SinkException.Kind.INDIGESTIBLE) {
        throw e;
      }
      if (batch.size() > 1) {
        deliver(batch.subList(0, batch.size() / 2), read);
        deliver(batch.subList(batch.size() / 2, batch.size()), read);
        return;
      }
      Delivery refused = batch.getFirst();
      if (refused.withheld().isPresent()) {
        // It isn't for what the entry is that it isn't taken.
        throw SinkException.refused(String.valueOf(e.getMessage()));
      }
      Entry entry = read.get(Math.toIntExact(refused.sequence() - read.getFirst().index()));
      deliver(List.of(rendering.standIn(entry, String.valueOf(e.getMessage()))), read);
      return;
    }
    shipped.addAndGet(batch.size());
    batch.forEach(delivery -> delivery.withheld().ifPresent(why -> withheld(delivery, why)));
  }

  private void withheld(Delivery delivery, String why) {
    withheld.incrementAndGet();
    LOG.atWarn()
        .addKeyValue("sink", settings.name())
        .addKeyValue("sequence", delivery.sequence())
        .log(
            "A sink of the journal doesn't take an entry, and is sent where it is instead: " + why);
  }

  /**
   * Publishes a checkpoint once it is due and all that it vouches for is shipped. It stays that
   * one: of a log that grows faster than it is shipped, the newest would never be.
   */
  private boolean publish() throws SinkException, InterruptedException {
    if (due == null || closing) {
      due = closing || !clock.instant().isBefore(checkpointDue) ? unpublished().orElse(due) : null;
      checkpointWaitsSince =
          due == null ? null : Objects.requireNonNullElse(checkpointWaitsSince, clock.instant());
    }
    PublishedCheckpoint checkpoint = due;
    if (checkpoint == null
        || (settings.takes(Cargo.ENTRIES) && position.next() < checkpoint.size())) {
      return false;
    }
    Sink open = open();
    open.publish(checkpoint);
    remember(position.published(checkpoint.size(), open.memory()));
    due = null;
    checkpointDue = clock.instant().plus(settings.checkpointEvery());
    checkpointWaitsSince = null;
    return true;
  }

  /** The newest checkpoint, if it vouches for more than the last one that was published. */
  private Optional<PublishedCheckpoint> unpublished() {
    return settings.takes(Cargo.CHECKPOINTS)
        ? PublishedCheckpoint.parse(entries.checkpoint())
            .filter(checkpoint -> checkpoint.size() > position.checkpoint())
        : Optional.empty();
  }

  private void remember(Position next) throws SinkException {
    try {
      next.write(file);
    } catch (IOException e) {
      throw SinkException.unavailable(
          "its position can't be remembered in " + file + ": " + SinkException.why(e));
    }
    position = next;
  }

  private Sink open() throws SinkException, InterruptedException {
    Sink open = sink;
    if (open == null) {
      open = opener.open(position.memory());
      sink = open;
    }
    return open;
  }

  private void letGo() {
    Sink open = sink;
    sink = null;
    if (open != null) {
      open.close();
    }
  }
}
