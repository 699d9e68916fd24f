package dev.ephemeris.cosmos;

import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Resource ids: the service's own names for resources, as Base64 with {@code -} for {@code /}.
 *
 * <p>The service reads a path as RIDs exactly if the segment after {@code dbs} decodes to the four
 * bytes of a database's id (mirrored in azure-cosmos {@code PathsHelper}). Its decoder passes over
 * spaces (.NET's {@code Convert.FromBase64String}), so they don't hide a RID here either.
 */
final class Rid {

  private static final int DATABASE_BYTES = 4;
  private static final int CONTAINER_BYTES = 8;
  private static final int ITEM_BYTES = 16;

  private Rid() {}

  static boolean isDatabase(String segment) {
    return isBase64(compact(segment), 6, "==");
  }

  /** Whether {@code segment} is the RID of a container in the database with this RID. */
  static boolean isContainerIn(String databaseRid, String segment) {
    if (!isBase64(compact(segment), 11, "=")) {
      return false;
    }
    byte[] database = bytes(databaseRid);
    byte[] container = bytes(segment);
    // The top bit of the fifth byte tells a container from a user.
    return Arrays.equals(database, Arrays.copyOf(container, DATABASE_BYTES))
        && (container[DATABASE_BYTES] & 0x80) != 0;
  }

  /** The container of an item, by RID; empty if this is no item's RID, nor a container's. */
  static Optional<Address> containerOf(String rid) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(rid.replace('-', '/'));
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
    boolean known = bytes.length == CONTAINER_BYTES || bytes.length == ITEM_BYTES;
    return known && (bytes[DATABASE_BYTES] & 0x80) != 0
        ? Optional.of(
            new Address(
                Optional.of(text(bytes, DATABASE_BYTES)),
                Optional.of(text(bytes, CONTAINER_BYTES)),
                Optional.empty(),
                Address.Addressing.RID))
        : Optional.empty();
  }

  private static String text(byte[] bytes, int length) {
    return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes, length)).replace('/', '-');
  }

  private static boolean isBase64(String text, int digits, String padding) {
    if (text.length() != digits + padding.length() || !text.endsWith(padding)) {
      return false;
    }
    for (int i = 0; i < digits; i++) {
      char c = text.charAt(i);
      boolean digit =
          (c >= 'A' && c <= 'Z')
              || (c >= 'a' && c <= 'z')
              || (c >= '0' && c <= '9')
              || c == '+'
              || c == '-';
      if (!digit) {
        return false;
      }
    }
    return true;
  }

  private static byte[] bytes(String rid) {
    return Base64.getDecoder().decode(compact(rid).replace('-', '/'));
  }

  private static String compact(String segment) {
    return segment.replace(" ", "");
  }
}
