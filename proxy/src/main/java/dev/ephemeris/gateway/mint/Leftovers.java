package dev.ephemeris.gateway.mint;

import dev.ephemeris.gateway.store.Database;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The permissions that the gateway made in accounts, until when each is of use, and their removal
 * after that. A permission that is gone takes no token back: this only keeps accounts tidy.
 */
final class Leftovers {

  private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

  /** Only what begins so is ever deleted, whatever the store says. */
  static final String OURS = "ephemeris-";

  /** At a time. */
  private static final int MOST = 50;

  private final Database database;
  private final Function<String, Optional<PermissionApi>> accounts;
  private final InstantSource clock;
  private final AtomicBoolean clearing = new AtomicBoolean();

  /**
   * @param accounts those that there are now, by name
   */
  Leftovers(
      Database database, Function<String, Optional<PermissionApi>> accounts, InstantSource clock) {
    this.database = database;
    this.accounts = accounts;
    this.clock = clock;
  }

  /** A permission, and who made it. */
  record Permission(String account, String database, String userId, String permissionId) {}

  /** A permission that isn't of use any more. */
  private record Left(Permission permission, long until) {}

  /** This one is of use until then, at least. */
  Future<Void> use(Permission permission, Instant until) {
    return database.transaction(
        handle -> {
          handle
              .createUpdate(
                  """
                  INSERT INTO cosmos_permission (account, database_name, user_id, permission_id, until)
                  VALUES (:account, :database, :user, :permission, :until)
                  ON CONFLICT (account, database_name, user_id, permission_id)
                  DO UPDATE SET until = max(until, excluded.until)\
                  """)
              .bind("account", permission.account())
              .bind("database", permission.database())
              .bind("user", permission.userId())
              .bind("permission", permission.permissionId())
              .bind("until", Database.micros(until))
              .execute();
          return null;
        });
  }

  /** Removes what is of no use any more, one after the other. Fails if the store does. */
  Future<Void> clear() {
    return clearing.compareAndSet(false, true)
        ? clearAll().eventually(this::through)
        : Future.succeededFuture();
  }

  private Future<Void> through() {
    clearing.set(false);
    return Future.succeededFuture();
  }

  private Future<Void> clearAll() {
    return some()
        .compose(
            left ->
                clear(left)
                    .compose(done -> left.size() < MOST ? Future.succeededFuture() : clearAll()));
  }

  private Future<List<Left>> some() {
    long now = Database.micros(clock.instant());
    return database.transaction(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT * FROM cosmos_permission WHERE until < :now ORDER BY until LIMIT :most\
                    """)
                .bind("now", now)
                .bind("most", MOST)
                .map(
                    (row, context) ->
                        new Left(
                            new Permission(
                                row.getString("account"),
                                row.getString("database_name"),
                                row.getString("user_id"),
                                row.getString("permission_id")),
                            row.getLong("until")))
                .list());
  }

  private Future<Void> clear(List<Left> left) {
    Future<Void> done = Future.succeededFuture();
    for (Left each : left) {
      done = done.compose(before -> clear(each));
    }
    return done;
  }

  private Future<Void> clear(Left left) {
    Permission permission = left.permission();
    Optional<PermissionApi> account = accounts.apply(permission.account());
    if (account.isEmpty() || !permission.userId().startsWith(OURS)) {
      return forget(left).mapEmpty();
    }
    // Forgotten first, so that whoever takes it into use meanwhile writes it down again.
    return forget(left)
        .compose(
            forgotten -> forgotten ? clear(account.get(), left) : Future.<Void>succeededFuture());
  }

  private Future<Void> clear(PermissionApi account, Left left) {
    Permission permission = left.permission();
    return Future.succeededFuture()
        .compose(
            begin ->
                account.deletePermission(
                    permission.database(), permission.userId(), permission.permissionId()))
        .compose(
            answer ->
                answer.isSuccess() || answer.status() == 404
                    ? users(account, permission)
                    : again(left, "the account answered " + answer.status()))
        .recover(failure -> again(left, failure.getClass().getSimpleName()));
  }

  /** The user too, if this was its last permission. */
  private Future<Void> users(PermissionApi account, Permission permission) {
    return database
        .transaction(
            handle ->
                handle
                    .createQuery(
                        """
                        SELECT count(*) FROM cosmos_permission
                        WHERE account = :account AND database_name = :database AND user_id = :user\
                        """)
                    .bind("account", permission.account())
                    .bind("database", permission.database())
                    .bind("user", permission.userId())
                    .mapTo(int.class)
                    .one())
        .compose(
            others ->
                others > 0
                    ? Future.succeededFuture()
                    : account.deleteUser(permission.database(), permission.userId()).mapEmpty());
  }

  private Future<Void> again(Left left, String why) {
    LOG.atWarn()
        .addKeyValue("account", left.permission().account())
        .log("a permission that nobody uses wasn't deleted: " + why);
    return use(left.permission(), clock.instant().plus(Duration.ofHours(1)));
  }

  /** Whether it was still so, and of no use. */
  private Future<Boolean> forget(Left left) {
    return database.transaction(
        handle ->
            handle
                    .createUpdate(
                        """
                        DELETE FROM cosmos_permission
                        WHERE account = :account AND database_name = :database AND user_id = :user
                          AND permission_id = :permission AND until = :until\
                        """)
                    .bind("account", left.permission().account())
                    .bind("database", left.permission().database())
                    .bind("user", left.permission().userId())
                    .bind("permission", left.permission().permissionId())
                    .bind("until", left.until())
                    .execute()
                == 1);
  }
}
