package dev.ephemeris.loadtests;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * How many point reads a second the simulator answers on one core: over TLS, signed, about a
 * kilobyte each.
 *
 * <p>The simulator runs in a process of its own on one core. What counts is the processor time of
 * that process, all of its threads: on a machine that others use too, the time on the wall says
 * little.
 */
final class SimulatorBenchmark {

  private static final int CLIENTS = 32;
  private static final long READS_TO_WARM_UP = 300_000;
  private static final long READS_A_ROUND = 100_000;
  private static final int ROUNDS = 5;

  private SimulatorBenchmark() {}

  /** Runs it and prints one line a round. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("load");
    Vertx vertx = Vertx.vertx();
    try (ServedProcess simulator =
        ServedProcess.java(0, ServedSimulator.class, directory.toString())) {
      PointReads reads =
          new PointReads(
              vertx,
              URI.create(simulator.line()),
              directory.resolve("ca.pem"),
              Credential.accountKey(ServedSimulator.KEY),
              CLIENTS);
      ClosedLoop loop = ClosedLoop.start(reads, CLIENTS);
      await(loop, READS_TO_WARM_UP);
      for (int round = 1; round <= ROUNDS; round++) {
        measure(simulator, loop, round);
      }
      loop.stop();
    } finally {
      vertx.close().await();
    }
  }

  private static void measure(ServedProcess simulator, ClosedLoop loop, int round)
      throws InterruptedException {
    Duration before = simulator.processorTime();
    long readsBefore = loop.answered();
    long start = System.nanoTime();
    await(loop, readsBefore + READS_A_ROUND);
    double answered = loop.answered() - readsBefore;
    double wall = (System.nanoTime() - start) / 1e9;
    double busy = simulator.processorTime().minus(before).toMillis() / 1e3;
    System.out.printf(
        Locale.ROOT,
        "round %d: %.0f reads/s for each core second (%.1f µs a read); %.0f reads/s by the clock,"
            + " with %.0f %% of a core%n",
        round,
        answered / busy,
        busy / answered * 1e6,
        answered / wall,
        busy / wall * 100);
  }

  private static void await(ClosedLoop loop, long answered) throws InterruptedException {
    while (loop.answered() < answered) {
      loop.check();
      Thread.sleep(10);
    }
  }
}
