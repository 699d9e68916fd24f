package dev.ephemeris.gateway.template;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** Names as a file, or an entity of Backstage, may be called. */
final class Slug {
  /** An entity's name is no longer than 63. */
  private static final int LONGEST = 54;

  private static final int HASHED_BYTES = 4;

  private Slug() {}

  /** Lower-case letters, digits and hyphens; other names give others. */
  static String of(String... names) {
    String joined = String.join("-", names);
    String plain =
        joined.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+|-+$", "");
    boolean same = plain.equals(joined) && plain.length() <= LONGEST;
    String cut = plain.length() > LONGEST ? plain.substring(0, LONGEST) : plain;
    return same ? plain : (cut + "-" + hash(String.join("/", names))).replaceAll("^-|-+(?=-)", "");
  }

  private static String hash(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, HASHED_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
