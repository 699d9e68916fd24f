package dev.ephemeris.gateway.repetition;

import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.RowSeal;
import dev.ephemeris.gateway.store.SealedRows;
import dev.ephemeris.gateway.store.StoreException;
import io.vertx.core.Future;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was asked for with a key in the last 24 hours, and what came of it: by the store, for all
 * gateways that share it. Thread-safe.
 */
public final class Repetitions {

  private static final Logger LOG = LoggerFactory.getLogger(Repetitions.class);

  /** So many keys of one principal are kept: seven a minute, all day. */
  static final int MOST = 10_000;

  private final Database database;
  private final RowSeal seal;
  private final InstantSource clock;

  public Repetitions(Database database, RowSeal seal, InstantSource clock) {
    this.database = database;
    this.seal = seal;
    this.clock = clock;
  }

  /** What to do with something that can be told to be done by what it leaves, or can't. */
  public enum IfInterrupted {
    /** It is known, or does no harm: it is tried again. */
    AGAIN,
    /** Nobody knows, and twice would do harm. */
    NEVER_AGAIN
  }

  /**
   * Begins with something, unless it was begun with before.
   *
   * @param ifInterrupted what to do if a gateway has stopped in the middle of it
   */
  public Future<Turn> begin(Asked asked, IfInterrupted ifInterrupted) {
    return database.transaction(handle -> begin(handle, asked, ifInterrupted));
  }

  private Turn begin(Handle handle, Asked asked, IfInterrupted ifInterrupted) {
    Instant now = now();
    handle
        .createUpdate("DELETE FROM idempotency_key WHERE id = :id AND started_at <= :old")
        .bind("id", asked.id())
        .bind("old", Database.micros(now.minus(Row.KEPT)))
        .execute();
    if (!isThere(handle, asked.id())) {
      Optional<Turn> tooMany = tooMany(handle, asked, now);
      if (tooMany.isPresent()) {
        return tooMany.get();
      }
      Row row = Row.first(asked, now);
      if (isInserted(handle, row)) {
        return new Turn.First(new Attempt(this, row));
      }
      // Another gateway was quicker.
    }
    Optional<Row> found = find(handle, asked.id());
    return found.isEmpty()
        ? new Turn.Unknown()
        : begun(handle, asked, found.get(), ifInterrupted, now);
  }

  private Turn begun(
      Handle handle, Asked asked, Row row, IfInterrupted ifInterrupted, Instant now) {
    if (!row.request().equals(asked.request())) {
      return new Turn.OtherRequest();
    }
    if (row.outcome().isPresent()) {
      return new Turn.Answered(row.outcome().get());
    }
    if (now.isBefore(row.until())) {
      return new Turn.UnderWay(Duration.between(now, row.until()));
    }
    if (row.effect().isPresent()) {
      return new Turn.Done(row.effect().get());
    }
    if (ifInterrupted == IfInterrupted.NEVER_AGAIN) {
      return new Turn.Unknown();
    }
    Row again = row.again(now);
    return isUpdated(handle, again, row.attempt())
        ? new Turn.First(new Attempt(this, again))
        : new Turn.UnderWay(Row.UNDER_WAY);
  }

  private static Optional<Turn> tooMany(Handle handle, Asked asked, Instant now) {
    Optional<Instant> oldest =
        handle
            .createQuery(
                """
                SELECT count(*) AS keys, min(started_at) AS oldest FROM idempotency_key
                WHERE issuer = :issuer AND subject = :subject AND started_at > :old\
                """)
            .bind("issuer", asked.principal().issuer())
            .bind("subject", asked.principal().subject())
            .bind("old", Database.micros(now.minus(Row.KEPT)))
            .map(
                (row, context) ->
                    row.getInt("keys") < MOST
                        ? Optional.<Instant>empty()
                        : Optional.of(Database.instant(row.getLong("oldest"))))
            .one();
    return oldest.map(at -> new Turn.TooMany(Duration.between(now, at.plus(Row.KEPT))));
  }

  private static boolean isThere(Handle handle, String id) {
    return handle
        .createQuery("SELECT count(*) > 0 FROM idempotency_key WHERE id = :id")
        .bind("id", id)
        .mapTo(boolean.class)
        .one();
  }

  private boolean isInserted(Handle handle, Row row) {
    return handle
            .createUpdate(
                """
                INSERT INTO idempotency_key (id, issuer, subject, request, attempt, started_at,
                  until, mac)
                VALUES (:id, :issuer, :subject, :request, :attempt, :startedAt, :until, :mac)
                ON CONFLICT (id) DO NOTHING\
                """)
            .bind("id", row.id())
            .bind("issuer", row.principal().issuer())
            .bind("subject", row.principal().subject())
            .bind("request", row.request())
            .bind("attempt", row.attempt())
            .bind("startedAt", Database.micros(row.startedAt()))
            .bind("until", Database.micros(row.until()))
            .bind("mac", seal.mac(row.canonical()))
            .execute()
        == 1;
  }

  private boolean isUpdated(Handle handle, Row row, int before) {
    return handle
            .createUpdate(
                """
                UPDATE idempotency_key SET attempt = :attempt, until = :until, effect = :effect,
                  outcome = :outcome, mac = :mac
                WHERE id = :id AND attempt = :before\
                """)
            .bind("id", row.id())
            .bind("before", before)
            .bind("attempt", row.attempt())
            .bind("until", Database.micros(row.until()))
            .bind("effect", row.effect())
            .bind("outcome", row.outcome())
            .bind("mac", seal.mac(row.canonical()))
            .execute()
        == 1;
  }

  /** Whether this try was still the one, and its row is what it becomes. */
  boolean change(Handle handle, String id, int attempt, UnaryOperator<Row> becomes) {
    return find(handle, id)
        .filter(row -> row.attempt() == attempt)
        .filter(row -> isUpdated(handle, becomes.apply(row), attempt))
        .isPresent();
  }

  Future<Void> keep(String id, int attempt, String outcome) {
    return database.transaction(
        handle -> {
          boolean unused = change(handle, id, attempt, row -> row.answered(outcome));
          return null;
        });
  }

  Future<Void> release(String id, int attempt) {
    return delete("id = :id AND attempt = :attempt", id, attempt);
  }

  Future<Void> releaseUnlessDone(String id, int attempt) {
    return delete("id = :id AND attempt = :attempt AND effect IS NULL", id, attempt);
  }

  private Future<Void> delete(String which, String id, int attempt) {
    return database.transaction(
        handle -> {
          handle
              .createUpdate("DELETE FROM idempotency_key WHERE " + which)
              .bind("id", id)
              .bind("attempt", attempt)
              .execute();
          return null;
        });
  }

  /** Forgets what is too old to be asked for again. Blocks. */
  public void forget() {
    try {
      Object unused =
          database
              .transaction(
                  handle ->
                      handle
                          .createUpdate("DELETE FROM idempotency_key WHERE started_at <= :old")
                          .bind("old", Database.micros(now().minus(Row.KEPT)))
                          .execute())
              .await();
    } catch (StoreException e) {
      LOG.atWarn().setCause(e).log("idempotency keys can't be forgotten now; it is tried again");
    }
  }

  /** What is kept of them in the store. */
  public SealedRows rows() {
    return SealedRows.of("idempotency_key", "id", seal, row -> Row.read(row).canonical());
  }

  private Optional<Row> find(Handle handle, String id) {
    return handle
        .createQuery("SELECT * FROM idempotency_key WHERE id = :id")
        .bind("id", id)
        .map((row, context) -> verified(row))
        .findOne()
        .flatMap(found -> found);
  }

  private Optional<Row> verified(ResultSet row) throws SQLException {
    try {
      Row read = Row.read(row);
      if (seal.made(read.canonical(), row.getBytes("mac"))) {
        return Optional.of(read);
      }
    } catch (RuntimeException notARow) {
      // As if its MAC didn't fit: it can't, whatever it is that can't be read in it.
    }
    LOG.atError()
        .addKeyValue("id", row.getString("id"))
        .log(
            "What the store has of an idempotency key isn't as we wrote it; nothing is done by it."
                + " Who can write to the store?");
    return Optional.empty();
  }

  private Instant now() {
    return Database.kept(clock.instant());
  }
}
