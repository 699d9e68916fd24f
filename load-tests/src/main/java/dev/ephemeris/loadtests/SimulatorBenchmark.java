package dev.ephemeris.loadtests;

import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How many point reads a second the simulator answers on one core: over TLS, signed, about a
 * kilobyte each.
 *
 * <p>The simulator runs in a process of its own on one core (Linux {@code taskset}). What counts is
 * the processor time of that process, all of its threads: on a machine that others use too, the
 * time on the wall says little.
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
    Process process = serve(directory);
    Vertx vertx = Vertx.vertx();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      URI endpoint = URI.create(String.valueOf(out.readLine()));
      PointReads reads = new PointReads(vertx, endpoint, directory.resolve("ca.pem"), CLIENTS);
      for (int client = 0; client < CLIENTS; client++) {
        reads.start(client); // one by one: so many handshakes at once take too long
      }
      await(reads, READS_TO_WARM_UP);
      for (int round = 1; round <= ROUNDS; round++) {
        measure(process.toHandle(), reads, round);
      }
      reads.stop();
    } finally {
      process.getOutputStream().close();
      process.waitFor();
      vertx.close().await();
    }
  }

  private static Process serve(Path directory) throws IOException {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(Path.of("/usr/bin/taskset"))) {
      command.addAll(List.of("/usr/bin/taskset", "-c", "0"));
    }
    command.addAll(
        List.of(
            ProcessHandle.current().info().command().orElse("java"),
            "--enable-native-access=ALL-UNNAMED",
            "-classpath",
            System.getProperty("java.class.path"),
            ServedSimulator.class.getName(),
            directory.toString()));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static void measure(ProcessHandle simulator, PointReads reads, int round)
      throws InterruptedException {
    Duration before = processorTime(simulator);
    long readsBefore = reads.answered();
    long start = System.nanoTime();
    await(reads, readsBefore + READS_A_ROUND);
    double answered = reads.answered() - readsBefore;
    double wall = (System.nanoTime() - start) / 1e9;
    double busy = processorTime(simulator).minus(before).toMillis() / 1e3;
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

  private static void await(PointReads reads, long answered) throws InterruptedException {
    while (reads.answered() < answered) {
      reads.check();
      Thread.sleep(10);
    }
  }

  private static Duration processorTime(ProcessHandle process) {
    return process.info().totalCpuDuration().orElseThrow();
  }
}
