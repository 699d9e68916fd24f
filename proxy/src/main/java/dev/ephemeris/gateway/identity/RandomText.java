package dev.ephemeris.gateway.identity;

import java.security.SecureRandom;
import java.util.Base64;

/** What nobody can guess, as text that can stand in URLs and cookies. */
public final class RandomText {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BYTES = 32;

  private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

  private RandomText() {}

  /** The same in lower-case base32, which can stand in host names too: five bits a character. */
  public static String base32(int characters) {
    StringBuilder text = new StringBuilder(characters);
    for (int i = 0; i < characters; i++) {
      text.append(BASE32.charAt(RANDOM.nextInt(BASE32.length())));
    }
    return text.toString();
  }

  /** Another one each time: 256 random bits. */
  public static String make() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
