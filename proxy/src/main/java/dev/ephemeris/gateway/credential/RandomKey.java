package dev.ephemeris.gateway.credential;

import java.util.Base64;
import java.util.Optional;

/** Keys of accounts in Azure as text: 64 random bytes in Base64. */
public final class RandomKey {

  /** Before the two equal signs at the end. */
  public static final int CHARACTERS = 86;

  /** What the last character of 64 bytes can be: four of its bits are none of them. */
  private static final String LAST = "AQgw";

  /** Random ones have about 57 different bytes; nobody's placeholder has as many as this. */
  private static final int DIFFERENT = 24;

  private RandomKey() {}

  /** Whether this can be the last character before the equal signs. */
  public static boolean canEndIn(int c) {
    return LAST.indexOf(c) >= 0;
  }

  /**
   * The 64 bytes, unless they are no random ones.
   *
   * @param text Base64 of as many characters, and the two equal signs
   */
  public static Optional<byte[]> bytes(String text) {
    byte[] secret = Base64.getDecoder().decode(text);
    return different(secret) < DIFFERENT ? Optional.empty() : Optional.of(secret);
  }

  private static long different(byte[] secret) {
    boolean[] seen = new boolean[256];
    int different = 0;
    for (byte each : secret) {
      if (!seen[each & 0xFF]) {
        seen[each & 0xFF] = true;
        different++;
      }
    }
    return different;
  }
}
