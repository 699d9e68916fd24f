package dev.ephemeris.gateway.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** Rows of one table that have a MAC beside them, and outlive the root key that made it. */
public interface SealedRows {

  /**
   * Gives those of them the MAC of now that are as the gateway wrote them; the others are left as
   * they are. In the caller's transaction.
   */
  void sealAgain(Handle handle);

  /** A row's bytes, as its MAC covers them. */
  interface Reading {

    /**
     * The bytes of the row at which the result is.
     *
     * @throws RuntimeException if it is no row of the gateway's
     */
    byte[] canonical(ResultSet row) throws SQLException;
  }

  /**
   * All of a table, whose MACs are in its column {@code mac}.
   *
   * @param key the column by which a row is found again
   */
  static SealedRows of(String table, String key, RowSeal seal, Reading reading) {
    return handle -> {
      try (Query all = handle.createQuery("SELECT * FROM " + table)) {
        sealAgain(handle, all, table, key, seal, reading);
      }
    };
  }

  /** The same of some of a table. */
  static void sealAgain(
      Handle handle, Query some, String table, String key, RowSeal seal, Reading reading) {
    Map<String, byte[]> again = new HashMap<>();
    some.map(
            (row, context) -> {
              try {
                Optional<byte[]> mac = seal.again(reading.canonical(row), row.getBytes("mac"));
                if (mac.isPresent()) {
                  again.put(row.getString(key), mac.get());
                }
              } catch (RuntimeException notOurs) {
                // Nor will it be, whatever it is that can't be read in it.
              }
              return key;
            })
        .list();
    again.forEach(
        (found, mac) ->
            handle.execute("UPDATE " + table + " SET mac = ? WHERE " + key + " = ?", mac, found));
  }
}
