package dev.ephemeris.gateway.sdk;

import java.time.Duration;
import java.util.Locale;

/** How long a run is: a few rounds with every change, a minute of them under {@code -Pfull}. */
@FunctionalInterface
interface Rounds {

  Duration LONG = Duration.ofMinutes(1);

  /** Whether there is another one after so many. */
  boolean goOnAfter(int done);

  static Rounds few(int rounds) {
    return done -> done < rounds;
  }

  /** From now on. */
  static Rounds forAMinute() {
    long start = System.nanoTime();
    return done -> System.nanoTime() - start < LONG.toNanos();
  }

  /** Tells whoever waited how much it was. */
  static void report(String what, int rounds, String done, int requests) {
    System.out.printf(
        Locale.ROOT, "%s: %d rounds, %s, %d requests%n", what, rounds, done, requests);
  }
}
