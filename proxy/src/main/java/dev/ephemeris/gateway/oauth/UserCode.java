package dev.ephemeris.gateway.oauth;

import java.security.SecureRandom;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a person carries from a command line to a browser.
 *
 * @param letters eight consonants: no words, nothing that looks like a digit (RFC 8628 §6.1)
 */
record UserCode(String letters) {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String ALPHABET = "BCDFGHJKLMNPQRSTVWXZ";
  private static final int LENGTH = 8;
  private static final Pattern FORM = Pattern.compile("[" + ALPHABET + "]{" + LENGTH + "}");
  private static final Pattern BETWEEN = Pattern.compile("[\\s\\p{Punct}]");

  static UserCode random() {
    StringBuilder letters = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      letters.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
    }
    return new UserCode(letters.toString());
  }

  /** As somebody typed it: case, blanks and punctuation don't matter. */
  static Optional<UserCode> parse(String typed) {
    String letters = BETWEEN.matcher(typed).replaceAll("").toUpperCase(Locale.ROOT);
    return FORM.matcher(letters).matches() ? Optional.of(new UserCode(letters)) : Optional.empty();
  }

  /** As people read it, {@code WDJB-MJHT}. */
  @Override
  public String toString() {
    return letters.substring(0, LENGTH / 2) + '-' + letters.substring(LENGTH / 2);
  }
}
