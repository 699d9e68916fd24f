package dev.ephemeris.gateway.journal.log;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Entries one after the other, each with its length before it, as C2SP's tlog-tiles has them. */
final class EntryBundle {

  /** An entry's length is written in 16 bits. */
  static final int MAX_ENTRY = 0xFFFF;

  private EntryBundle() {}

  /**
   * Adds an entry.
   *
   * @throws IllegalArgumentException if it is longer than {@value #MAX_ENTRY} bytes
   */
  static void write(byte[] entry, ByteArrayOutputStream bundle) {
    check(entry);
    bundle.write(entry.length >>> Byte.SIZE);
    bundle.write(entry.length);
    bundle.writeBytes(entry);
  }

  /** Whether a bundle can hold it, with the same exception. */
  static void check(byte[] entry) {
    if (entry.length > MAX_ENTRY) {
      throw new IllegalArgumentException("an entry of " + entry.length + " bytes is too long");
    }
  }

  /** The entries of a whole bundle of that many; empty if this is none. */
  static Optional<List<byte[]>> parse(byte[] bundle, int width) {
    ByteBuffer rest = ByteBuffer.wrap(bundle);
    List<byte[]> entries = new ArrayList<>(width);
    while (entries.size() < width) {
      if (rest.remaining() < Short.BYTES) {
        return Optional.empty();
      }
      byte[] entry = new byte[Short.toUnsignedInt(rest.getShort())];
      if (rest.remaining() < entry.length) {
        return Optional.empty();
      }
      rest.get(entry);
      entries.add(entry);
    }
    return rest.hasRemaining() ? Optional.empty() : Optional.of(entries);
  }
}
