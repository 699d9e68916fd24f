package dev.ephemeris.gateway.journal.log;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Entries one after the other, each with its length before it, as C2SP's tlog-tiles has them.
 *
 * @param entries those that there are, of those that were to be read
 * @param rest how many bytes there are after them
 */
record EntryBundle(List<byte[]> entries, int rest) {

  /** An entry's length is written in 16 bits. */
  static final int MAX_ENTRY = 0xFFFF;

  EntryBundle {
    entries = List.copyOf(entries);
  }

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

  /** Reads as many entries as there are, and no more than that. */
  static EntryBundle read(byte[] bundle, int most) {
    ByteBuffer rest = ByteBuffer.wrap(bundle);
    List<byte[]> entries = new ArrayList<>();
    while (entries.size() < most && rest.remaining() >= Short.BYTES) {
      int length = Short.toUnsignedInt(rest.getShort(rest.position()));
      if (rest.remaining() - Short.BYTES < length) {
        break;
      }
      byte[] entry = new byte[length];
      rest.getShort();
      rest.get(entry);
      entries.add(entry);
    }
    return new EntryBundle(entries, rest.remaining());
  }

  /** Whether it has that many entries, and nothing else. */
  boolean isWhole(int width) {
    return entries.size() == width && rest == 0;
  }

  /** The entries of a whole bundle of that many; empty if this is none. */
  static Optional<List<byte[]>> parse(byte[] bundle, int width) {
    return Optional.of(read(bundle, width))
        .filter(read -> read.isWhole(width))
        .map(EntryBundle::entries);
  }
}
