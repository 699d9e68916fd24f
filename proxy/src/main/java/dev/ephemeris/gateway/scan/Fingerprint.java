package dev.ephemeris.gateway.scan;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The beginning of a secret's SHA-256, by which two findings of one secret are seen to be that. It
 * gives nothing away: what it is taken of is at least 128 random bits, which nobody can try.
 */
public record Fingerprint(String value) {

  private static final int BYTES = 6;

  static Fingerprint of(byte[] secret) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(secret);
      return new Fingerprint("sha256:" + HexFormat.of().formatHex(digest, 0, BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
