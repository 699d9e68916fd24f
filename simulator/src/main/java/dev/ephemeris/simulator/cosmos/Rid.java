package dev.ephemeris.simulator.cosmos;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Optional;

/**
 * Resource ids in the service's shape: a database's is 4 bytes, a container's 8, whatever lives in
 * a container has 16; Base64 with {@code -} for {@code /} (azure-cosmos {@code ResourceId}).
 */
final class Rid {

  private static final int FIRST_DATABASE = 0x4A5F1F00;

  /** The top bit tells a container from a user. */
  private static final int FIRST_CONTAINER = 0xB378B30E;

  private static final int FIRST_USER = 0x1A00F300;

  /** Of a user's length; the last byte tells it from one. */
  private static final int FIRST_CLIENT_ENCRYPTION_KEY = 0x2C00E102;

  private static final int FIRST_OFFER = 0x5E0A01;

  /** The last byte's upper half tells what lives in a container; an item's is 0. */
  private static final long PARTITION_KEY_RANGE = 5L << 60;

  private Rid() {}

  static String database(int ordinal) {
    return encode(ByteBuffer.allocate(4).putInt(FIRST_DATABASE + (ordinal << 8)).array());
  }

  static String container(String database, int ordinal) {
    return encode(
        ByteBuffer.allocate(8)
            .put(decode(database))
            .putInt(FIRST_CONTAINER + (ordinal << 4))
            .array());
  }

  static String user(String database, int ordinal) {
    return encode(
        ByteBuffer.allocate(8).put(decode(database)).putInt(FIRST_USER + (ordinal << 4)).array());
  }

  static String clientEncryptionKey(String database, int ordinal) {
    return encode(
        ByteBuffer.allocate(8)
            .put(decode(database))
            .putInt(FIRST_CLIENT_ENCRYPTION_KEY + (ordinal << 8))
            .array());
  }

  static String permission(String user, long number) {
    return child(user, number);
  }

  static String script(String container, ScriptKind kind, long number) {
    long tag =
        switch (kind) {
          case STORED_PROCEDURE -> 8;
          case TRIGGER -> 7;
          case USER_DEFINED_FUNCTION -> 6;
        };
    return child(container, tag << 60 | number);
  }

  /** Three bytes, unlike all others. */
  static String offer(int ordinal) {
    int number = FIRST_OFFER + ordinal;
    return encode(new byte[] {(byte) (number >> 16), (byte) (number >> 8), (byte) number});
  }

  static String item(String container, long number) {
    return child(container, number);
  }

  static String partitionKeyRange(String container, long number) {
    return child(container, PARTITION_KEY_RANGE | number);
  }

  private static String child(String container, long number) {
    return encode(
        ByteBuffer.allocate(16).put(decode(container)).putLong(Long.reverseBytes(number)).array());
  }

  /** Whether the service would read a path with this after {@code dbs} as made of RIDs. */
  static boolean isDatabase(String segment) {
    return bytes(segment, 4).isPresent();
  }

  /** The number of the item with this RID. */
  static Optional<Long> itemNumber(String container, String segment) {
    return bytes(segment, 16)
        .map(bytes -> Long.reverseBytes(ByteBuffer.wrap(bytes).getLong(8)))
        .filter(number -> segment.equals(item(container, number)));
  }

  private static Optional<byte[]> bytes(String segment, int length) {
    if (segment.length() != (length + 2) / 3 * 4) {
      return Optional.empty();
    }
    try {
      return Optional.of(decode(segment)).filter(bytes -> bytes.length == length);
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }

  private static byte[] decode(String rid) {
    return Base64.getDecoder().decode(rid.replace('-', '/'));
  }

  private static String encode(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes).replace('/', '-');
  }
}
