package dev.ephemeris.gateway.custody;

import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.RowSeal;
import dev.ephemeris.gateway.store.SealedRows;
import dev.ephemeris.gateway.store.StoreException;
import io.vertx.core.Future;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Where the keys of accounts are in their life, in the store, and who sees to it: one gateway at a
 * time. A row that isn't as a gateway wrote it is nobody's to act on.
 */
final class KeyStates {

  private final Database database;
  private final RowSeal seal;

  KeyStates(Database database, RowSeal seal) {
    this.database = database;
    this.seal = seal;
  }

  /** What is known of an account. Fails if the row isn't ours. */
  Future<KeyState> of(String account) {
    return database.transaction(handle -> read(handle, account));
  }

  /**
   * Makes one state of another, if it is that still.
   *
   * @return whether it was
   */
  Future<Boolean> change(KeyState from, KeyState to) {
    return database.transaction(
        handle -> {
          if (!read(handle, from.account()).equals(from)) {
            return false;
          }
          handle
              .createUpdate(
                  """
                  INSERT INTO account_key (account, in_use, in_use_since, rotated_at, step, due_at,
                    started_at, started_by, failure, panic_on, panic_at, panic_by, tokens_until,
                    tokens_fate, tokens_reason, mac)
                  VALUES (:account, :inUse, :inUseSince, :rotatedAt, :step, :dueAt,
                    :startedAt, :startedBy, :failure, :panicOn, :panicAt, :panicBy, :tokensUntil,
                    :tokensFate, :tokensReason, :mac)
                  ON CONFLICT (account) DO UPDATE SET in_use = excluded.in_use,
                    in_use_since = excluded.in_use_since, rotated_at = excluded.rotated_at,
                    step = excluded.step, due_at = excluded.due_at,
                    started_at = excluded.started_at, started_by = excluded.started_by,
                    failure = excluded.failure, panic_on = excluded.panic_on,
                    panic_at = excluded.panic_at, panic_by = excluded.panic_by,
                    tokens_until = excluded.tokens_until, tokens_fate = excluded.tokens_fate,
                    tokens_reason = excluded.tokens_reason, mac = excluded.mac\
                  """)
              .bind("account", to.account())
              .bind("inUse", to.inUse().name())
              .bind("inUseSince", to.inUseSince().map(Database::micros))
              .bind("rotatedAt", to.rotatedAt().map(Database::micros))
              .bind("step", to.rotation().map(run -> run.step().name()))
              .bind("dueAt", to.rotation().map(run -> Database.micros(run.dueAt())))
              .bind("startedAt", to.rotation().map(run -> Database.micros(run.startedAt())))
              .bind("startedBy", to.rotation().map(KeyState.Rotation::startedBy))
              .bind("failure", to.rotation().flatMap(KeyState.Rotation::failure))
              .bind("panicOn", to.panic().map(KeyState.Panic::on))
              .bind("panicAt", to.panic().map(panic -> Database.micros(panic.startedAt())))
              .bind("panicBy", to.panic().map(KeyState.Panic::startedBy))
              .bind(
                  "tokensUntil",
                  to.panic().flatMap(KeyState.Panic::tokensWorkUntil).map(Database::micros))
              .bind("tokensFate", sighting(to).map(seen -> seen.fate().name()))
              .bind("tokensReason", sighting(to).flatMap(KeyState.Sighting::reason))
              .bind("mac", seal.mac(canonical(to)))
              .execute();
          return true;
        });
  }

  /** Knows nothing of an account's keys any more. */
  Future<Void> forget(String account) {
    return database.transaction(
        handle -> {
          handle.execute("DELETE FROM account_key WHERE account = ?", account);
          handle.execute("DELETE FROM account_key_leader WHERE account = ?", account);
          return null;
        });
  }

  /**
   * Takes it on to see to an account's keys for a while, unless another gateway has.
   *
   * @param holder a name that no other gateway has
   */
  Future<Boolean> lead(String account, String holder, Instant now, Duration time) {
    return database.transaction(
        handle ->
            handle
                    .createUpdate(
                        """
                        INSERT INTO account_key_leader (account, holder, until)
                        VALUES (:account, :holder, :until)
                        ON CONFLICT (account) DO UPDATE
                          SET holder = excluded.holder, until = excluded.until
                          WHERE account_key_leader.holder = :holder
                            OR account_key_leader.until < :now\
                        """)
                    .bind("account", account)
                    .bind("holder", holder)
                    .bind("until", Database.micros(now.plus(time)))
                    .bind("now", Database.micros(now))
                    .execute()
                == 1);
  }

  /** Whether another gateway sees to it now. */
  Future<Boolean> isLedByAnother(String account, String holder, Instant now) {
    return database.transaction(
        handle ->
            handle
                    .createQuery(
                        """
                        SELECT count(*) FROM account_key_leader
                        WHERE account = :account AND holder <> :holder AND until >= :now\
                        """)
                    .bind("account", account)
                    .bind("holder", holder)
                    .bind("now", Database.micros(now))
                    .mapTo(Integer.class)
                    .one()
                > 0);
  }

  private KeyState read(Handle handle, String account) {
    return handle
        .createQuery("SELECT * FROM account_key WHERE account = :account")
        .bind("account", account)
        .map((row, context) -> verified(row))
        .findOne()
        .orElseGet(() -> KeyState.first(account));
  }

  private KeyState verified(ResultSet row) throws SQLException {
    try {
      KeyState state = state(row);
      if (seal.made(canonical(state), row.getBytes("mac"))) {
        return state;
      }
    } catch (IllegalArgumentException notAState) {
      // As if its MAC didn't fit: it can't.
    }
    throw new StoreException(
        "What the store has of the keys of account “"
            + row.getString("account")
            + "” isn't as a gateway wrote it. Who can write to the store?");
  }

  /** All of it. */
  SealedRows rows() {
    return SealedRows.of("account_key", "account", seal, row -> canonical(state(row)));
  }

  private static KeyState state(ResultSet row) throws SQLException {
    @Nullable String step = row.getString("step");
    return new KeyState(
        row.getString("account"),
        KeyName.valueOf(row.getString("in_use")),
        instant(row, "in_use_since"),
        instant(row, "rotated_at"),
        step == null
            ? Optional.empty()
            : Optional.of(
                new KeyState.Rotation(
                    RotationStep.valueOf(step),
                    instant(row, "due_at").orElse(Instant.EPOCH),
                    instant(row, "started_at").orElse(Instant.EPOCH),
                    row.getString("started_by"),
                    Optional.ofNullable(row.getString("failure")))),
        panic(row));
  }

  private static Optional<KeyState.Panic> panic(ResultSet row) throws SQLException {
    @Nullable String by = row.getString("panic_by");
    @Nullable String fate = row.getString("tokens_fate");
    return by == null
        ? Optional.empty()
        : Optional.of(
            new KeyState.Panic(
                row.getBoolean("panic_on"),
                instant(row, "panic_at").orElse(Instant.EPOCH),
                by,
                instant(row, "tokens_until"),
                fate == null
                    ? Optional.empty()
                    : Optional.of(
                        new KeyState.Sighting(
                            KeyState.Fate.valueOf(fate),
                            Optional.ofNullable(row.getString("tokens_reason"))))));
  }

  private static Optional<KeyState.Sighting> sighting(KeyState state) {
    return state.panic().flatMap(KeyState.Panic::sighting);
  }

  private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
    long micros = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(Database.instant(micros));
  }

  private static byte[] canonical(KeyState state) {
    return RowSeal.row("account key", state.columns());
  }
}
