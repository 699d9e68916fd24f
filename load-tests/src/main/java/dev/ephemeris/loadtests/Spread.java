package dev.ephemeris.loadtests;

import java.util.Arrays;
import java.util.Locale;

/** The same thing measured several times. */
final class Spread {

  private final double[] sorted;

  Spread(double[] values) {
    sorted = values.clone();
    Arrays.sort(sorted);
  }

  double median() {
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /** Standard deviation over mean. */
  double coefficientOfVariation() {
    double mean = Arrays.stream(sorted).average().orElse(Double.NaN);
    double squares = Arrays.stream(sorted).map(x -> (x - mean) * (x - mean)).sum();
    return Math.sqrt(squares / (sorted.length - 1)) / mean;
  }

  /** The median, and from where to where it went. */
  String text(int decimals) {
    String number = "%,." + decimals + "f";
    return String.format(
        Locale.ROOT,
        number + " (" + number + " to " + number + ")",
        median(),
        sorted[0],
        sorted[sorted.length - 1]);
  }
}
