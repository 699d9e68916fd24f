package dev.ephemeris.loadtests;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;

/**
 * One way to the items, to be measured.
 *
 * @param proxy what is in between, if anything is
 */
record Target(String name, PointReads reads, Optional<ServedProcess> proxy) {

  private static final Duration LEAD_IN = Duration.ofSeconds(1);

  /**
   * As many reads as go, for so long, and until there were enough of them: on a machine that others
   * use too, a minute may be over before the JVM has compiled what it needs.
   */
  void warmUp(int clients, Duration duration, int atLeast) throws InterruptedException {
    reads.sign();
    ClosedLoop loop = ClosedLoop.start(reads, clients);
    Thread.sleep(duration);
    while (loop.answered() < atLeast) {
      loop.check();
      Thread.sleep(100);
    }
    loop.check();
    loop.stop();
  }

  /** First as many reads as go, for so long, then at a fixed rate, for as long again. */
  Measurement measure(Vertx vertx, int clients, Duration duration, int perSecond)
      throws InterruptedException {
    reads.sign();
    ClosedLoop loop = ClosedLoop.start(reads, clients);
    Thread.sleep(LEAD_IN); // until all connections are there, upstream too
    Duration busyBefore = processorTime();
    long readsBefore = loop.answered();
    long start = System.nanoTime();
    Thread.sleep(duration);
    double answered = loop.answered() - readsBefore;
    double wall = (System.nanoTime() - start) / 1e9;
    double busy = processorTime().minus(busyBefore).toMillis() / 1e3;
    loop.check();
    loop.stop();
    Latencies latencies = OpenLoop.run(vertx, reads, perSecond, duration);
    return new Measurement(busy / answered * 10_000, answered / wall, latencies);
  }

  private Duration processorTime() {
    return proxy.map(ServedProcess::processorTime).orElse(Duration.ZERO);
  }
}
