package dev.ephemeris.cosmos;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * Where keys lie in a container's key space, as hex digits. Hash version 2: MurmurHash3 (x64, 128
 * bits, seed 0) of the typed values, bytes reversed, the two top bits cleared (azure-cosmos {@code
 * PartitionKeyInternalHelper}).
 *
 * <p>It isn't a secure hash: whoever chooses a key can make one that lies where another does.
 */
public final class EffectivePartitionKey {

  private static final HexFormat HEX = HexFormat.of().withUpperCase();
  private static final long C1 = 0x87c37b91114253d5L;
  private static final long C2 = 0x4cf5ad432745937fL;

  private EffectivePartitionKey() {}

  /** The place of a key of one level, 32 digits from {@code 00…} to {@code 3F…}. */
  public static String hash(PartitionKey key) {
    return hash(key.components());
  }

  /** The place of a key of several levels, or where those that start with it begin: 32 a level. */
  public static String multiHash(PartitionKey key) {
    StringBuilder levels = new StringBuilder(96);
    for (PartitionKey.Component level : key.components()) {
      levels.append(hash(List.of(level)));
    }
    return levels.toString();
  }

  private static String hash(List<PartitionKey.Component> components) {
    ByteBuffer hash = ByteBuffer.allocate(16);
    long[] halves = hash128(encoded(components));
    hash.putLong(halves[1]).putLong(halves[0]);
    hash.put(0, (byte) (hash.get(0) & 0x3F));
    return HEX.formatHex(hash.array());
  }

  private static byte[] encoded(List<PartitionKey.Component> components) {
    int length = 0;
    for (PartitionKey.Component component : components) {
      length +=
          component instanceof PartitionKey.Component.Text(String value)
              ? value.getBytes(StandardCharsets.UTF_8).length + 2
              : 9;
    }
    ByteBuffer out = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    for (PartitionKey.Component component : components) {
      switch (component) {
        case PartitionKey.Component.Undefined() -> out.put((byte) 0);
        case PartitionKey.Component.Null() -> out.put((byte) 1);
        case PartitionKey.Component.Bool(boolean value) -> out.put((byte) (value ? 3 : 2));
        case PartitionKey.Component.Numeric(double value) -> out.put((byte) 5).putDouble(value);
        case PartitionKey.Component.Text(String value) ->
            out.put((byte) 8).put(value.getBytes(StandardCharsets.UTF_8)).put((byte) 0xFF);
      }
    }
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
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
