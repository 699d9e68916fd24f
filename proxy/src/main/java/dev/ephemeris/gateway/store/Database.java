package dev.ephemeris.gateway.store;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteDataSource;

/**
 * The SQL store in one SQLite file. Calls run one after another on a thread of its own; their
 * futures complete on the caller's Vert.x context. A commit is on disk before its future completes.
 */
public final class Database implements AutoCloseable {

  private final Jdbi jdbi;

  /**
   * One transaction at a time, in the order in which they come: SQLite has no other way, and lets
   * whoever waits for its lock try again and again, until some give up. A platform thread: SQLite
   * waits for another's lock in native code, and a virtual thread that does would keep its carrier
   * from whoever is to let go of it.
   */
  private final ExecutorService turns =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("store").factory());

  private Database(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Opens the file, or makes it, and brings its schema up to date. Blocks.
   *
   * @throws StoreException if it can't be opened or isn't a store of ours
   */
  public static Database open(Path file) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(JournalMode.WAL);
    config.setSynchronous(SynchronousMode.FULL);
    config.enforceForeignKeys(true);
    config.setBusyTimeout(5_000);
    // What reads before it writes must not find that another did so meanwhile.
    config.setTransactionMode(TransactionMode.IMMEDIATE);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
    try {
      Flyway.configure()
          .dataSource(source)
          .locations("classpath:dev/ephemeris/gateway/store")
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new StoreException(
          "The store "
              + file
              + " can't be opened or migrated; check that its folder exists, is writable by this"
              + " user, and that the file is an Ephemeris store.",
          e);
    }
    return new Database(Jdbi.create(source));
  }

  /** Runs {@code work} in one transaction; rolled back, and the future failed, if it throws. */
  public <T> Future<T> transaction(HandleCallback<T, Exception> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    try {
      turns.execute(
          () -> {
            try {
              done.complete(run(work));
            } catch (StoreException | Error e) { // as it is: supplyAsync would hide it in another
              done.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException e) {
      done.completeExceptionally(new StoreException("The store is closed.", e));
    }
    Context caller = Vertx.currentContext();
    return caller == null
        ? Future.fromCompletionStage(done)
        : Future.fromCompletionStage(done, caller);
  }

  private <T> T run(HandleCallback<T, Exception> work) {
    try {
      return jdbi.inTransaction(work);
    } catch (StoreException e) { // which says more
      throw e;
    } catch (Exception e) {
      throw new StoreException("The store doesn't answer.", e);
    }
  }

  /** Whether it can be read and written now, and is the store that was opened; fails if not. */
  public Future<Void> check() {
    return transaction(
        handle -> {
          // Flyway's own table: an empty file in the store's place has none.
          handle.createQuery("SELECT count(*) FROM flyway_schema_history").mapTo(int.class).one();
          return null;
        });
  }

  /** The same instant, as it is once it was kept. */
  public static Instant kept(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MICROS);
  }

  /** An instant as the schema has it. The store keeps microseconds. */
  public static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  public static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  /** Waits for what is running. */
  @Override
  public void close() {
    turns.close();
  }
}
