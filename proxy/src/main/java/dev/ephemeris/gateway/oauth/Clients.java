package dev.ephemeris.gateway.oauth;

import dev.ephemeris.gateway.identity.RandomText;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.RowSeal;
import dev.ephemeris.gateway.store.SealedRows;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway's own client, and those that registered themselves. Anybody may register one: it
 * gives them nothing until a person lets it act for them.
 */
final class Clients {

  private static final Logger LOG = LoggerFactory.getLogger(Clients.class);

  private static final int MOST = 10_000;
  private static final Duration KEPT_UNUSED = Duration.ofDays(90);

  private final Database database;
  private final RowSeal seal;
  private final Journal journal;
  private final InstantSource clock;

  Clients(Database database, RowSeal seal, Journal journal, InstantSource clock) {
    this.database = database;
    this.seal = seal;
    this.journal = journal;
    this.clock = clock;
  }

  Future<Optional<Client>> find(String id) {
    Optional<Client> own = Client.own(id);
    return own.isPresent()
        ? Future.succeededFuture(own)
        : database.transaction(
            handle ->
                handle
                    .createQuery("SELECT * FROM oauth_client WHERE id = :id")
                    .bind("id", id)
                    .map((row, context) -> read(row))
                    .findOne()
                    .flatMap(client -> client));
  }

  /**
   * Keeps one more; empty if there are too many already that somebody has used.
   *
   * @param address from where it was registered
   */
  Future<Optional<Client>> register(String name, List<String> redirectUris, String address) {
    Instant now = clock.instant();
    Client client = new Client("c-" + RandomText.make(), name, redirectUris, false);
    return database.transaction(
        handle -> {
          if (!makeRoom(handle, now)) {
            return Optional.empty();
          }
          handle
              .createUpdate(
                  """
                  INSERT INTO oauth_client (id, name, redirect_uris, registered_at, mac, used_at)
                  VALUES (:id, :name, :redirectUris, :now, :mac, :now)\
                  """)
              .bind("id", client.id())
              .bind("name", client.name())
              .bind("redirectUris", json(client.redirectUris()))
              .bind("now", Database.micros(now))
              .bind("mac", seal.mac(canonical(client)))
              .execute();
          journal.append(
              new JournalRecord.ClientRegistered(now, client.id(), name, redirectUris, address));
          return Optional.of(client);
        });
  }

  /** That somebody has let it act for them, so that it is kept longer. */
  Future<Void> used(Client client) {
    Instant now = clock.instant();
    return client.vouched()
        ? Future.succeededFuture()
        : database.transaction(
            handle -> {
              handle
                  .createUpdate("UPDATE oauth_client SET used_at = :now WHERE id = :id")
                  .bind("now", Database.micros(now))
                  .bind("id", client.id())
                  .execute();
              return null;
            });
  }

  /** Takes those away that nobody uses: who registers without end pushes out others of the kind. */
  private static boolean makeRoom(Handle handle, Instant now) {
    handle
        .createUpdate("DELETE FROM oauth_client WHERE used_at < :old")
        .bind("old", Database.micros(now.minus(KEPT_UNUSED)))
        .execute();
    int kept = handle.createQuery("SELECT count(*) FROM oauth_client").mapTo(int.class).one();
    return kept < MOST
        || handle
                .createUpdate(
                    """
                    DELETE FROM oauth_client WHERE id = (SELECT id FROM oauth_client
                      WHERE used_at = registered_at ORDER BY registered_at LIMIT 1)\
                    """)
                .execute()
            > 0;
  }

  /** One whose row isn't as it was written is unknown: somebody wants its answers elsewhere. */
  private Optional<Client> read(ResultSet row) throws SQLException {
    try {
      Client client = client(row);
      if (seal.made(canonical(client), row.getBytes("mac"))) {
        return Optional.of(client);
      }
    } catch (RuntimeException notAClient) {
      // As if its MAC didn't fit: it can't.
    }
    LOG.atError()
        .addKeyValue("clientId", row.getString("id"))
        .log(
            "A stored client isn't as we wrote it, and counts no more. Who can write to the"
                + " store?");
    return Optional.empty();
  }

  private static Client client(ResultSet row) throws SQLException {
    List<String> redirectUris =
        new JsonArray(row.getString("redirect_uris")).stream().map(String.class::cast).toList();
    return new Client(row.getString("id"), row.getString("name"), redirectUris, false);
  }

  /** What it keeps in the store. */
  SealedRows rows() {
    return SealedRows.of("oauth_client", "id", seal, row -> canonical(client(row)));
  }

  private static String json(List<String> texts) {
    return new JsonArray(texts).encode();
  }

  /** What its MAC covers. */
  private static byte[] canonical(Client client) {
    return RowSeal.row(
        "oauth client", List.of(client.id(), client.name(), json(client.redirectUris())));
  }
}
