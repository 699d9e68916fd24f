package dev.ephemeris.gateway.identity;

import java.security.SecureRandom;
import java.util.Base64;

/** What nobody can guess: 256 random bits, as text that can stand in URLs and cookies. */
public final class RandomText {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BYTES = 32;

  private RandomText() {}

  /** Another one each time. */
  public static String make() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
