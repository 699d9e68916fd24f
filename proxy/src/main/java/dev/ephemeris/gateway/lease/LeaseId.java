package dev.ephemeris.gateway.lease;

import dev.ephemeris.gateway.identity.RandomText;
import java.util.Optional;

/**
 * The name of a lease: the id of its root key and 130 random bits, in lower-case base32, so that it
 * can be a label of a host name. Not secret.
 */
public record LeaseId(String value) {

  private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int RANDOM_CHARACTERS = 26;

  public LeaseId {
    if (!isValid(value)) {
      throw new IllegalArgumentException("not a lease id");
    }
  }

  static LeaseId random(char kid) {
    return new LeaseId(kid + RandomText.base32(RANDOM_CHARACTERS));
  }

  public static Optional<LeaseId> parse(String text) {
    return isValid(text) ? Optional.of(new LeaseId(text)) : Optional.empty();
  }

  /** Which root key its secrets are derived from. */
  char kid() {
    return value.charAt(0);
  }

  private static boolean isValid(String text) {
    return text.length() == RANDOM_CHARACTERS + 1
        && text.chars().allMatch(c -> BASE32.indexOf(c) >= 0);
  }

  @Override
  public String toString() {
    return value;
  }
}
