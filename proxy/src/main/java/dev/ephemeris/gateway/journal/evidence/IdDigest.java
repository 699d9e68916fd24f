package dev.ephemeris.gateway.journal.evidence;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** An id as the index has it: 64 bits, by which what is found has to be compared with the id. */
final class IdDigest {

  private IdDigest() {}

  /** The first of SHA-256, so that nobody finds another id with the same in passing. */
  static long of(String id) {
    try {
      return ByteBuffer.wrap(
              MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8)))
          .getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
