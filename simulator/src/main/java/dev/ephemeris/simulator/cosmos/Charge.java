package dev.ephemeris.simulator.cosmos;

import java.util.Locale;

/** Request units: of a plausible size, and the same for the same work. */
final class Charge {

  private static final double KILOBYTE = 1024;

  private Charge() {}

  static double read(int bytes) {
    return Math.max(1, Math.ceil(bytes / KILOBYTE));
  }

  static double write(int bytes) {
    return 5.24 + Math.ceil(bytes / KILOBYTE) * 1.05;
  }

  static double query(int scanned, int returned) {
    return 2.28 + scanned * 0.02 + returned * 0.03;
  }

  static String header(double requestUnits) {
    return String.format(Locale.ROOT, "%.2f", requestUnits);
  }
}
