package dev.ephemeris.gateway.journal.evidence;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.SealedEntries;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Finds the entries of a journal by who, what, where and when, in a SQLite file beside the log.
 *
 * <p>Never the source of truth: what entries say is read from the log. The index is made of the
 * log; one that is missing, of an older form, of another log or ahead of its log is thrown away and
 * made again, which takes a minute for some millions of entries.
 *
 * <p>Thread-safe. Questions block; they are answered while entries come.
 */
public final class EvidenceIndex implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EvidenceIndex.class);

  /** Of the tables. Another one, and indexes of before are made anew. */
  private static final int FORM = 2;

  /** So many are read at once: 64 MB of them at most. */
  private static final int AT_A_TIME = 1_000;

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

  /** How long a question waits for what was sealed before it was asked. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Path file;
  private final SealedEntries entries;
  private final Jdbi jdbi;
  private final ReentrantLock writing = new ReentrantLock();

  /** Remembers what is in the file; none after a transaction that failed. */
  @GuardedBy("writing")
  private @Nullable IndexWriter writer;

  /** What is before this one has been taken out. */
  @GuardedBy("writing")
  private long forgotten;

  /** Written by whoever holds the lock, read by all: entries before this one are in the index. */
  private volatile long next;

  private volatile boolean closed;
  private volatile @Nullable Thread follower;

  private EvidenceIndex(Path file, SealedEntries entries, Jdbi jdbi) {
    this.file = file;
    this.entries = entries;
    this.jdbi = jdbi;
  }

  /** The index can't be read or written; it may be thrown away. */
  public static final class IndexException extends RuntimeException {
    IndexException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Opens the file, or makes it, readable by its owner only. Blocks.
   *
   * @throws IndexException if there can't be one there
   */
  public static EvidenceIndex open(Path file, SealedEntries entries) {
    try {
      if (!isIndex(file)) {
        make(file);
      }
      EvidenceIndex index = new EvidenceIndex(file, entries, jdbi(file));
      index.next = index.jdbi.inTransaction(index::position);
      return index;
    } catch (IOException | JdbiException e) {
      throw new IndexException(
          "The index "
              + file
              + " can't be opened; check that its folder exists and is writable by this user.",
          e);
    }
  }

  /** Whether SQLite can read it as one of ours, of this form. */
  private static boolean isIndex(Path file) {
    if (!Files.exists(file)) {
      return false;
    }
    try {
      return jdbi(file)
          .withHandle(
              handle ->
                  handle.createQuery("PRAGMA user_version").mapTo(int.class).one() == FORM
                      && handle.createQuery("SELECT count(*) FROM state").mapTo(int.class).one()
                          == 1);
    } catch (JdbiException notOurs) {
      LOG.atInfo().addKeyValue("file", file).log("the index is damaged and made anew");
      return false;
    }
  }

  private static void make(Path file) throws IOException {
    delete(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  private static void delete(Path file) throws IOException {
    for (String suffix : List.of("", "-wal", "-shm")) {
      Files.deleteIfExists(file.resolveSibling(file.getFileName() + suffix));
    }
  }

  private static Jdbi jdbi(Path file) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(JournalMode.WAL);
    // What a crash takes away is made again.
    config.setSynchronous(SynchronousMode.OFF);
    config.setBusyTimeout(10_000);
    config.setCacheSize(-32 * 1024);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
    return Jdbi.create(source);
  }

  /** Up to where it is; from the start, with nothing in it, unless that is of this log. */
  private long position(Handle handle) {
    Optional<Long> position = Optional.empty();
    if (handle.createQuery("PRAGMA user_version").mapTo(int.class).one() == FORM) {
      position =
          handle
              .createQuery("SELECT log, next, last_digest FROM state")
              .map((row, context) -> goesOn(row.getString(1), row.getLong(2), row.getString(3)))
              .findOne()
              .flatMap(found -> found);
    }
    return position.orElseGet(() -> clear(handle));
  }

  private Optional<Long> goesOn(String log, long position, String lastDigest) {
    boolean sameLog = log.equals(entries.log()) && position <= entries.size();
    return sameLog && (position <= entries.first() || lastDigest.equals(digest(position - 1)))
        ? Optional.of(position)
        : Optional.empty();
  }

  private long clear(Handle handle) {
    for (String statement : schema().split(";", -1)) {
      if (!statement.isBlank()) {
        handle.execute(statement);
      }
    }
    handle.execute("PRAGMA user_version = " + FORM);
    long first = entries.first();
    handle.execute("INSERT INTO state VALUES (?, ?, '')", entries.log(), first);
    return first;
  }

  private static String schema() {
    try (InputStream in =
        Objects.requireNonNull(EvidenceIndex.class.getResourceAsStream("index.sql"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("--") && !line.strip().startsWith("/*"))
          .reduce("", (text, line) -> text + line + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of the entry as the log has it now; nothing that fits if it can't be read. */
  private String digest(long sequence) {
    try {
      List<JournalEntry> last = entries.records(sequence, 1);
      return last.isEmpty() ? "not there" : digest(last.getFirst());
    } catch (JournalException e) {
      return "not read";
    }
  }

  private static String digest(JournalEntry entry) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(entry.fields().toString().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * From now on takes up what is sealed, on a thread of its own until it is closed. Not a virtual
   * one: SQLite would hold the carrier that others need.
   */
  public synchronized void follow() {
    if (follower == null && !closed) {
      follower = Thread.ofPlatform().name("evidence-index").daemon().start(this::takeUpUntilClosed);
    }
  }

  private void takeUpUntilClosed() {
    boolean failing = false;
    while (!closed) {
      Duration pause = BETWEEN_LOOKS;
      try {
        pause = takeUp() ? Duration.ZERO : BETWEEN_LOOKS;
        failing = false;
      } catch (JournalException | RuntimeException | Error e) {
        if (!failing) {
          LOG.atWarn().addKeyValue("file", file).setCause(e).log("the index doesn't follow");
        }
        failing = true;
        pause = AFTER_FAILURE;
      }
      LockSupport.parkNanos(pause.toNanos());
    }
  }

  /**
   * Takes up all that is sealed by now. Blocks.
   *
   * @throws JournalException if entries can't be read
   */
  public void catchUp() throws JournalException {
    while (takeUp()) {
      // and more
    }
  }

  /** Takes some; whether there may be more. */
  private boolean takeUp() throws JournalException {
    writing.lock();
    try {
      if (closed) {
        return false;
      }
      if (next > entries.size()) {
        makeAnew("ahead of its log");
      }
      return take(entries.records(Math.max(next, entries.first()), AT_A_TIME));
    } catch (JdbiException e) {
      if (!isDamage(e)) {
        throw e;
      }
      makeAnew("damaged");
      return true;
    } finally {
      writing.unlock();
    }
  }

  @GuardedBy("writing")
  private boolean take(List<JournalEntry> some) {
    forgetBefore(entries.first());
    if (some.isEmpty()) {
      return false;
    }
    IndexWriter taking = writer == null ? new IndexWriter() : writer;
    writer = null;
    JournalEntry last = some.getLast();
    jdbi.useTransaction(
        handle -> {
          taking.take(handle, some);
          handle.execute(
              "UPDATE state SET next = ?, last_digest = ?", last.sequence() + 1, digest(last));
        });
    writer = taking;
    next = last.sequence() + 1;
    return true;
  }

  private static boolean isDamage(JdbiException failure) {
    return failure.getCause() instanceof SQLiteException e
        && Set.of(SQLiteErrorCode.SQLITE_CORRUPT, SQLiteErrorCode.SQLITE_NOTADB)
            .contains(e.getResultCode());
  }

  /** Whoever asks meanwhile is answered by what there was, or not at all. */
  @GuardedBy("writing")
  private void makeAnew(String why) {
    try {
      LOG.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("reason", why)
          .log("the index is made anew");
      writer = null;
      make(file);
      forgotten = 0;
      next = jdbi.inTransaction(this::clear);
    } catch (IOException | JdbiException e) {
      throw new IndexException("The index " + file + " can't be made anew.", e);
    }
  }

  /** What the log no longer keeps isn't found any more. When it was last used is still known. */
  @GuardedBy("writing")
  private void forgetBefore(long first) {
    if (first <= forgotten) {
      return;
    }
    jdbi.useTransaction(
        handle -> {
          handle.execute("DELETE FROM entry WHERE sequence < ?", first);
          handle.execute("DELETE FROM lease_of_role WHERE sequence < ?", first);
          // Of hours that have lost entries, what is left is counted again.
          handle.execute(
              "DELETE FROM tally WHERE hour IN (SELECT hour FROM hour WHERE first < ?)", first);
          handle.execute(
              """
              INSERT INTO tally
              SELECT h.hour, e.type, coalesce(e.decision, 0), coalesce(e.status, 0), count(*)
              FROM hour h
              JOIN entry e ON e.sequence BETWEEN h.first AND h.last
                AND e.at >= h.hour * 3600000000000 AND e.at < (h.hour + 1) * 3600000000000
              WHERE h.first < ?
              GROUP BY 1, 2, 3, 4\
              """,
              first);
          handle.execute("DELETE FROM hour WHERE last < ?", first);
          handle.execute("UPDATE hour SET first = max(first, ?)", first);
        });
    forgotten = first;
  }

  /** How far it is. */
  public Progress progress() {
    return new Progress(entries.log(), entries.first(), next, entries.size());
  }

  /**
   * The entries that are looked for, a page of them.
   *
   * @throws JournalException if the log can't be read
   */
  public Found search(JournalQuery query, Page page) throws JournalException {
    awaitSealed();
    Progress progress = progress();
    List<Long> sequences =
        ask(
            handle ->
                new IndexSearch(handle)
                    .sequences(query, page.newestFirst(), page.from(), page.size() + 1));
    boolean more = sequences.size() > page.size();
    return new Found(
        read(more ? sequences.subList(0, page.size()) : sequences).stream()
            .filter(query::isOfIds)
            .toList(),
        more ? OptionalLong.of(sequences.getLast()) : OptionalLong.empty(),
        progress);
  }

  /**
   * All of a session; empty if there is nothing of it.
   *
   * @throws JournalException if the log can't be read
   */
  public Optional<SessionTimeline> session(String sessionId) throws JournalException {
    return SessionSearch.of(this, sessionId);
  }

  /** What a question is asked in: of one moment. */
  <T> T ask(HandleCallback<T, RuntimeException> question) {
    try {
      return jdbi.inTransaction(question);
    } catch (JdbiException e) {
      throw new IndexException("The index " + file + " doesn't answer.", e);
    }
  }

  /** Waits a little until what is sealed by now is in the index. */
  void awaitSealed() {
    long sealed = entries.size();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (follower != null && next < sealed && System.nanoTime() < deadline) {
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  /** These entries, as the log has them; those that it no longer keeps are left out. */
  List<JournalEntry> read(List<Long> sequences) throws JournalException {
    return SomeEntries.of(entries, sequences);
  }

  /** All that was given or used, each kind of it once, with when that was last so. */
  public List<Use> uses() {
    awaitSealed();
    return ask(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT type.text, person.text, acts_for.text, rule.text, scope.text, actions.text,
                      at, sequence, times
                    FROM used
                    JOIN term type ON type.id = used.type
                    JOIN term person ON person.id = used.person
                    LEFT JOIN term acts_for ON acts_for.id = used.acts_for
                    LEFT JOIN term rule ON rule.id = used.rule
                    LEFT JOIN term scope ON scope.id = used.scope
                    LEFT JOIN term actions ON actions.id = used.actions\
                    """)
                .map(
                    (row, context) ->
                        new Use(
                            row.getString(1),
                            row.getString(2),
                            Optional.ofNullable(row.getString(3)),
                            Optional.ofNullable(row.getString(4)),
                            Optional.ofNullable(row.getString(5)),
                            lines(Optional.ofNullable(row.getString(6))),
                            Times.instant(row.getLong(7)),
                            row.getLong(8),
                            row.getLong(9)))
                .list());
  }

  static List<String> lines(Optional<String> joined) {
    return joined.map(text -> List.of(text.split("\n", -1))).orElse(List.of());
  }

  /** When the first entry is of that is still found; empty if there is none. */
  public Optional<Instant> since() {
    return ask(
        handle ->
            handle
                .createQuery("SELECT at FROM entry ORDER BY sequence LIMIT 1")
                .mapTo(long.class)
                .findOne()
                .map(Times::instant));
  }

  /** Stops following. */
  @Override
  public void close() {
    Thread following;
    synchronized (this) {
      closed = true;
      following = follower;
    }
    if (following != null) {
      LockSupport.unpark(following);
      try {
        following.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
