package dev.ephemeris.gateway.lease;

import dev.ephemeris.gateway.store.Database;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;

/** Root keys in the store. Calls block, for virtual threads. */
final class RootKeyStates {

  private final Database database;

  RootKeyStates(Database database) {
    this.database = database;
  }

  /**
   * A row as it stands there, whoever wrote it.
   *
   * @param mac what is said to prove it, in hexadecimal digits
   */
  record Row(RootKeyState state, String mac) {

    char kid() {
      return state.kid();
    }

    boolean isRevoked() {
      return state.revokedAt().isPresent();
    }

    /** Whether one of these has sealed it; constant time. */
    boolean isSealedBy(List<RootKey> keys) {
      byte[] canonical = state.canonical();
      byte[] given = HexFormat.of().parseHex(mac);
      boolean sealed = false;
      for (RootKey key : keys) {
        sealed |= MessageDigest.isEqual(key.leaseRowMac(canonical), given);
      }
      return sealed;
    }
  }

  List<Row> rows() {
    return transaction(RootKeyStates::read);
  }

  <T> T transaction(HandleCallback<T, Exception> work) {
    return database.transaction(work).await();
  }

  static List<Row> read(Handle handle) {
    return handle
        .createQuery("SELECT * FROM root_key ORDER BY kid")
        .map((row, context) -> row(row))
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  /** Whether the store says now what it said then. */
  static boolean isStill(Handle handle, List<Row> then) {
    return read(handle).stream()
        .map(Row::state)
        .toList()
        .equals(then.stream().map(Row::state).toList());
  }

  /** What isn't called like a root key is none. */
  private static Optional<Row> row(ResultSet row) throws SQLException {
    String kid = row.getString("kid");
    return kid.length() == 1
        ? Optional.of(
            new Row(
                new RootKeyState(
                    kid.charAt(0),
                    Optional.ofNullable(row.getString("version")),
                    instant(row, "derives_at"),
                    instant(row, "revoked_at"),
                    instant(row, "disabled_at")),
                HexFormat.of().formatHex(row.getBytes("mac"))))
        : Optional.empty();
  }

  private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
    long micros = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(Database.instant(micros));
  }

  /** Keeps a state in the place of what there was. */
  static void keep(Handle handle, RootKeyState state, RootKey sealing) {
    handle
        .createUpdate(
            """
            INSERT INTO root_key (kid, version, derives_at, revoked_at, disabled_at, mac)
            VALUES (:kid, :version, :derivesAt, :revokedAt, :disabledAt, :mac)
            ON CONFLICT (kid) DO UPDATE SET version = excluded.version,
              derives_at = excluded.derives_at, revoked_at = excluded.revoked_at,
              disabled_at = excluded.disabled_at, mac = excluded.mac\
            """)
        .bind("kid", String.valueOf(state.kid()))
        .bind("version", state.version())
        .bind("derivesAt", state.derivesAt().map(Database::micros))
        .bind("revokedAt", state.revokedAt().map(Database::micros))
        .bind("disabledAt", state.disabledAt().map(Database::micros))
        .bind("mac", sealing.leaseRowMac(state.canonical()))
        .execute();
  }

  static String isNotOurs(char kid) {
    return "What the store has of root key “"
        + kid
        + "” isn't as a gateway with these root keys wrote it. Who can write to the store? If the"
        + " key is revoked, or whatever sealed it is gone, docs/keys.md says what to do.";
  }
}
