package dev.ephemeris.cosmos;

import java.util.Base64;

/**
 * Resource ids: the service's own names for resources, as Base64 with {@code -} for {@code /}.
 *
 * <p>The service reads a path as RIDs exactly if the segment after {@code dbs} decodes to the four
 * bytes of a database's id (mirrored in azure-cosmos {@code PathsHelper}).
 */
final class Rid {

  private static final int DATABASE_BYTES = 4;
  private static final int CONTAINER_BYTES = 8;

  private Rid() {}

  static boolean isDatabase(String segment) {
    return decodes(segment, DATABASE_BYTES);
  }

  /** Whether {@code segment} is the RID of a container in the database with this RID. */
  static boolean isContainerIn(String databaseRid, String segment) {
    if (!decodes(segment, CONTAINER_BYTES)) {
      return false;
    }
    byte[] database = bytes(databaseRid);
    byte[] container = bytes(segment);
    // The top bit of the fifth byte tells a container from a user.
    return java.util.Arrays.equals(database, java.util.Arrays.copyOf(container, DATABASE_BYTES))
        && (container[DATABASE_BYTES] & 0x80) != 0;
  }

  private static boolean decodes(String segment, int length) {
    // Base64 with padding: 4 characters for each 3 bytes begun.
    if (segment.length() != (length + 2) / 3 * 4) {
      return false;
    }
    try {
      return bytes(segment).length == length;
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
  }

  private static byte[] bytes(String segment) {
    return Base64.getDecoder().decode(segment.replace('-', '/'));
  }
}
