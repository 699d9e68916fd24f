package dev.ephemeris.gateway.store;

/**
 * What proves that a row is as the gateway wrote it, to itself. Thread-safe.
 *
 * <p>What the bytes are of must be in the bytes, so that a row of one kind is none of another.
 */
public interface RowSeal {

  /** The MAC to keep beside a row. */
  byte[] mac(byte[] row);

  /** Whether this is the MAC of that row; constant time. */
  boolean made(byte[] row, byte[] mac);
}
