package dev.ephemeris.gateway.account;

import dev.ephemeris.config.Endpoint;
import dev.ephemeris.config.ResourceId;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.RowSeal;
import dev.ephemeris.gateway.store.SealedRows;
import io.vertx.core.Future;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The accounts that the store has. A row that isn't as a gateway wrote it is none. Thread-safe. */
public final class KeptAccounts {

  private static final Logger LOG = LoggerFactory.getLogger(KeptAccounts.class);

  private final Database database;
  private final RowSeal seal;

  /** Rows that were told of already: they are looked at time and again. */
  private final Set<String> told = ConcurrentHashMap.newKeySet();

  public KeptAccounts(Database database, RowSeal seal) {
    this.database = database;
    this.seal = seal;
  }

  /** All, by name. */
  Future<List<KeptAccount>> all() {
    return database.transaction(
        handle -> {
          List<KeptAccount> all = new ArrayList<>();
          handle
              .createQuery("SELECT * FROM account ORDER BY name")
              .map((row, context) -> verified(row))
              .forEach(kept -> kept.ifPresent(all::add));
          return List.copyOf(all);
        });
  }

  /** The one of that name. */
  Future<Optional<KeptAccount>> find(String name) {
    return database.transaction(handle -> find(handle, name));
  }

  /** Keeps it, in the place of another of its name. */
  Future<Void> keep(KeptAccount account) {
    return database.transaction(
        handle -> {
          keep(handle, account);
          return null;
        });
  }

  /**
   * The same, if what there is of its name is this still.
   *
   * @return whether it was
   */
  Future<Boolean> change(Optional<KeptAccount> from, KeptAccount to) {
    return database.transaction(
        handle -> {
          if (!find(handle, to.name()).equals(from)) {
            return false;
          }
          keep(handle, to);
          return true;
        });
  }

  private void keep(Handle handle, KeptAccount account) {
    handle
        .createUpdate(
            """
            INSERT INTO account
              (name, resource_id, endpoint, environment, since, added_by, ends_at, mac)
            VALUES (:name, :id, :endpoint, :environment, :since, :by, :endsAt, :mac)
            ON CONFLICT (name) DO UPDATE SET resource_id = excluded.resource_id,
              endpoint = excluded.endpoint, environment = excluded.environment,
              since = excluded.since, added_by = excluded.added_by,
              ends_at = excluded.ends_at, mac = excluded.mac\
            """)
        .bind("name", account.name())
        .bind("id", account.id().toString())
        .bind("endpoint", account.endpoint().toString())
        .bind("environment", account.environment())
        .bind("since", Database.micros(account.since()))
        .bind("by", account.addedBy())
        .bind("endsAt", account.endsAt().map(Database::micros))
        .bind("mac", seal.mac(account.canonical()))
        .execute();
  }

  /** Forgets it, if it is as it was. */
  Future<Void> forget(KeptAccount account) {
    return database.transaction(
        handle -> {
          if (find(handle, account.name()).equals(Optional.of(account))) {
            handle.execute("DELETE FROM account WHERE name = ?", account.name());
          }
          return null;
        });
  }

  private Optional<KeptAccount> find(Handle handle, String name) {
    return handle
        .createQuery("SELECT * FROM account WHERE name = :name")
        .bind("name", name)
        .map((row, context) -> verified(row))
        .findOne()
        .flatMap(kept -> kept);
  }

  /** All of it. */
  public SealedRows rows() {
    return SealedRows.of("account", "name", seal, row -> account(row).canonical());
  }

  private Optional<KeptAccount> verified(ResultSet row) throws SQLException {
    try {
      KeptAccount account = account(row);
      if (account.name().equals(row.getString("name"))
          && seal.made(account.canonical(), row.getBytes("mac"))) {
        return Optional.of(account);
      }
    } catch (RuntimeException notAnAccount) {
      // As if its MAC didn't fit: it can't.
    }
    if (told.add(row.getString("name"))) {
      LOG.atError()
          .addKeyValue("account", row.getString("name"))
          .log(
              "what the store has of an account isn't as a gateway wrote it, and doesn't count; who"
                  + " can write to the store?");
    }
    return Optional.empty();
  }

  private static KeptAccount account(ResultSet row) throws SQLException {
    @Nullable String by = row.getString("added_by");
    Instant since = Database.instant(row.getLong("since"));
    return new KeptAccount(
        ResourceId.parse(row.getString("resource_id")),
        Endpoint.parse(row.getString("endpoint")),
        row.getString("environment"),
        by == null
            ? new Origin.Found(since)
            : new Origin.Added(by, since, Database.instant(row.getLong("ends_at"))));
  }
}
