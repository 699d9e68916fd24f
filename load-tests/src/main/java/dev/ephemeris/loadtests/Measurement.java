package dev.ephemeris.loadtests;

import java.util.Locale;

/**
 * What one turn of a {@link Target} came to.
 *
 * @param processorSeconds of the proxy, for 10,000 reads
 * @param readsPerSecond by the clock, with the clients as fast as they are answered
 * @param latencies at the fixed rate
 */
record Measurement(double processorSeconds, double readsPerSecond, Latencies latencies) {

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%6.3f CPU s for 10,000 reads, %6.0f reads/s, p50 %5.0f µs, p99 %5.0f µs",
        processorSeconds,
        readsPerSecond,
        latencies.p50(),
        latencies.p99());
  }
}
