package dev.ephemeris.loadtests;

import java.util.Arrays;

/** Percentiles, in microseconds. */
record Latencies(double p50, double p99) {

  static Latencies of(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return new Latencies(percentile(sorted, 0.50), percentile(sorted, 0.99));
  }

  private static double percentile(long[] sorted, double of) {
    return sorted[(int) Math.ceil(of * sorted.length) - 1] / 1e3;
  }
}
