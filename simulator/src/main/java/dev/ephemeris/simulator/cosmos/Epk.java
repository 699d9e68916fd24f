package dev.ephemeris.simulator.cosmos;

import dev.ephemeris.cosmos.PartitionKey;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * Effective partition keys: where a key lies in a container's key space, as 32 hex digits from
 * {@code 00…} to {@code 3F…}. Hash version 2: MurmurHash3 (x64, 128 bits, seed 0) of the typed
 * values, bytes reversed, the two top bits cleared (azure-cosmos {@code
 * PartitionKeyInternalHelper}).
 */
final class Epk {

  private static final int DIGITS = 32;

  /** No hash is as high: two bits are always 0. */
  private static final String END = "40";

  private static final HexFormat HEX = HexFormat.of().withUpperCase();
  private static final long C1 = 0x87c37b91114253d5L;
  private static final long C2 = 0x4cf5ad432745937fL;

  private Epk() {}

  static String of(PartitionKey key) {
    ByteBuffer hash = ByteBuffer.allocate(16);
    long[] halves = hash128(encoded(key.components()));
    hash.putLong(halves[1]).putLong(halves[0]);
    hash.put(0, (byte) (hash.get(0) & 0x3F));
    return HEX.formatHex(hash.array());
  }

  /**
   * A place between two others, as far from one as from the other.
   *
   * @param max a place, or {@code FF} for the end of all
   */
  static String middle(String min, String max) {
    int digits = Math.max(DIGITS, Math.max(min.length(), max.length()));
    BigInteger sum = number(min, digits).add(number(max.equals("FF") ? END : max, digits));
    return String.format(Locale.ROOT, "%0" + digits + "X", sum.shiftRight(1));
  }

  private static BigInteger number(String epk, int digits) {
    return new BigInteger(epk + "0".repeat(digits - epk.length()), 16);
  }

  private static byte[] encoded(List<PartitionKey.Component> components) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (PartitionKey.Component component : components) {
      switch (component) {
        case PartitionKey.Component.Undefined() -> out.write(0);
        case PartitionKey.Component.Null() -> out.write(1);
        case PartitionKey.Component.Bool(boolean value) -> out.write(value ? 3 : 2);
        case PartitionKey.Component.Numeric(double value) -> {
          out.write(5);
          out.writeBytes(
              ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(value).array());
        }
        case PartitionKey.Component.Text(String value) -> {
          out.write(8);
          out.writeBytes(value.getBytes(StandardCharsets.UTF_8));
          out.write(0xFF);
        }
      }
    }
    return out.toByteArray();
  }

  private static long[] hash128(byte[] data) {
    int blocks = data.length / 16 * 16;
    ByteBuffer body = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    long h1 = 0;
    long h2 = 0;
    for (int i = 0; i < blocks; i += 16) {
      h1 ^= mixed1(body.getLong(i));
      h1 = (Long.rotateLeft(h1, 27) + h2) * 5 + 0x52dce729;
      h2 ^= mixed2(body.getLong(i + 8));
      h2 = (Long.rotateLeft(h2, 31) + h1) * 5 + 0x38495ab5;
    }
    ByteBuffer tail = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    tail.put(data, blocks, data.length - blocks);
    h2 ^= mixed2(tail.getLong(8));
    h1 ^= mixed1(tail.getLong(0));

    h1 ^= data.length;
    h2 ^= data.length;
    h1 += h2;
    h2 += h1;
    h1 = finished(h1);
    h2 = finished(h2);
    h1 += h2;
    h2 += h1;
    return new long[] {h1, h2};
  }

  private static long mixed1(long k) {
    return Long.rotateLeft(k * C1, 31) * C2;
  }

  private static long mixed2(long k) {
    return Long.rotateLeft(k * C2, 33) * C1;
  }

  private static long finished(long h) {
    h = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
    h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return h ^ (h >>> 33);
  }
}
