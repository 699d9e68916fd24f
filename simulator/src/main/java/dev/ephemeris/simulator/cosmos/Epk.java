package dev.ephemeris.simulator.cosmos;

import dev.ephemeris.cosmos.EffectivePartitionKey;
import java.math.BigInteger;
import java.util.Locale;

/** Places in the key space of a container, as {@link EffectivePartitionKey} makes them. */
final class Epk {

  private static final int DIGITS = 32;

  /** No hash is as high: two bits are always 0. */
  private static final String END = "40";

  private Epk() {}

  /**
   * A place between two others, as far from one as from the other.
   *
   * @param max a place, or {@code FF} for the end of all
   */
  static String middle(String min, String max) {
    int digits = Math.max(DIGITS, Math.max(min.length(), max.length()));
    BigInteger sum = number(min, digits).add(number(max.equals("FF") ? END : max, digits));
    return String.format(Locale.ROOT, "%0" + digits + "X", sum.shiftRight(1));
  }

  private static BigInteger number(String epk, int digits) {
    return new BigInteger(epk + "0".repeat(digits - epk.length()), 16);
  }
}
