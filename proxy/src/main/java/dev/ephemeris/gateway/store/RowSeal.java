package dev.ephemeris.gateway.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/**
 * What proves that a row is as the gateway wrote it, to itself. Thread-safe.
 *
 * <p>What the bytes are of must be in the bytes, so that a row of one kind is none of another.
 */
public interface RowSeal {

  /**
   * A row as bytes: each column with its length before it, so that none can run into the next.
   *
   * @param kind what it is a row of, which no other has
   */
  static byte[] row(String kind, List<String> columns) {
    StringBuilder row = new StringBuilder(kind);
    for (String column : columns) {
      row.append(' ').append(column.length()).append(':').append(column);
    }
    return row.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The MAC to keep beside a row. */
  byte[] mac(byte[] row);

  /**
   * The MAC of now of a row that has another one of ours; empty if it has that, or none of ours.
   */
  default Optional<byte[]> again(byte[] row, byte[] mac) {
    byte[] now = mac(row);
    return MessageDigest.isEqual(now, mac) || !made(row, mac) ? Optional.empty() : Optional.of(now);
  }

  /** Whether this is the MAC of that row; constant time. */
  boolean made(byte[] row, byte[] mac);
}
