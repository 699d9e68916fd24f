package dev.ephemeris.simulator.issuer;

import java.security.SecureRandom;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The short code that a person carries from a device to the browser.
 *
 * @param letters eight consonants, without the dash that people see: no words, nothing that looks
 *     like a digit (RFC 8628 §6.1)
 */
record UserCode(String letters) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String ALPHABET = "BCDFGHJKLMNPQRSTVWXZ";
  private static final int LENGTH = 8;
  private static final Pattern LETTERS = Pattern.compile("[" + ALPHABET + "]{" + LENGTH + "}");
  private static final Pattern PUNCTUATION = Pattern.compile("[\\s\\p{Punct}]");

  static UserCode random() {
    var letters = new StringBuilder(LENGTH);
    RANDOM
        .ints(LENGTH, 0, ALPHABET.length())
        .forEach(index -> letters.append(ALPHABET.charAt(index)));
    return new UserCode(letters.toString());
  }

  /** Reads what a person typed: case, blanks and punctuation don't matter. */
  static Optional<UserCode> parse(String typed) {
    var letters = PUNCTUATION.matcher(typed).replaceAll("").toUpperCase(Locale.ROOT);
    return LETTERS.matcher(letters).matches()
        ? Optional.of(new UserCode(letters))
        : Optional.empty();
  }

  /** As people see it, {@code WDJB-MJHT}. */
  @Override
  public String toString() {
    return letters.substring(0, LENGTH / 2) + "-" + letters.substring(LENGTH / 2);
  }
}
