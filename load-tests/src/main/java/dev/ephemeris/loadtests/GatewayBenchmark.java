package dev.ephemeris.loadtests;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the gateway costs, in one run beside what it is compared with: no proxy at all, nginx that
 * only passes on, the gateway with everything on, without its journal, and without its policy.
 *
 * <p>The proxies share one core, one of them at work at a time; the simulator and the clients have
 * the other. Each round measures each gateway once, in another order, and nginx before each of
 * them: what counts is the ratio to that nginx. How far all of nginx's turns differ says how far
 * any figure of the run can be trusted.
 */
final class GatewayBenchmark {

  private static final int CLIENTS = 32;
  private static final int READS_PER_SECOND = 250;
  private static final int READS_A_SECOND_TO_WARM_UP = 4_000;
  private static final int PROXY_CORE = 0;
  private static final int OTHER_CORE = 1;

  private final Vertx vertx;
  private final Path directory;
  private final Duration each;
  private final List<ServedProcess> processes = new ArrayList<>();

  private GatewayBenchmark(Vertx vertx, Path directory, Duration each) {
    this.vertx = vertx;
    this.directory = directory;
    this.each = each;
  }

  /** Arguments: rounds, seconds to measure each thing, seconds to warm up each process. */
  public static void main(String[] args) throws IOException, InterruptedException {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 6;
    Duration each = Duration.ofSeconds(args.length > 1 ? Integer.parseInt(args[1]) : 6);
    Duration warmUp = Duration.ofSeconds(args.length > 2 ? Integer.parseInt(args[2]) : 60);
    ServedProcess.bindThis(OTHER_CORE);
    Vertx vertx = Vertx.vertx();
    Path directory = Files.createTempDirectory("load");
    GatewayBenchmark benchmark = new GatewayBenchmark(vertx, directory, each);
    try {
      benchmark.run(rounds, warmUp);
    } finally {
      vertx.close().await();
      for (ServedProcess process : benchmark.processes.reversed()) {
        process.close();
      }
      delete(directory);
    }
  }

  private void run(int rounds, Duration warmUp) throws IOException, InterruptedException {
    ServedProcess simulator =
        started(ServedProcess.java(OTHER_CORE, ServedSimulator.class, directory.toString()));
    URI account = URI.create(simulator.line());
    Credential key = Credential.accountKey(ServedSimulator.KEY);
    Target direct = new Target("direct", reads(account, key), Optional.empty());
    Target nginx = nginx(account, key);
    List<Target> gateways = new ArrayList<>();
    for (ServedGateway.Wiring wiring : ServedGateway.Wiring.values()) {
      gateways.add(gateway(account, wiring));
    }

    // The clients and the simulator with the first, each gateway on its own.
    int readsToWarmUp = Math.toIntExact(warmUp.toSeconds() * READS_A_SECOND_TO_WARM_UP);
    direct.warmUp(CLIENTS, warmUp, readsToWarmUp);
    nginx.warmUp(CLIENTS, warmUp, readsToWarmUp);
    for (Target gateway : gateways) {
      gateway.warmUp(CLIENTS, warmUp, readsToWarmUp);
    }
    Report report = new Report();
    for (int round = 1; round <= rounds; round++) {
      System.out.printf(Locale.ROOT, "round %d of %d%n", round, rounds);
      for (Target gateway : gateways) {
        Measurement base = measure(direct);
        Measurement control = measure(nginx);
        report.add(new Turn(nginx.name(), control, control, base));
        report.add(new Turn(gateway.name(), measure(gateway), control, base));
      }
      Collections.rotate(gateways, 1);
    }
    System.out.println();
    System.out.print(report.text());
  }

  private Measurement measure(Target target) throws InterruptedException {
    Measurement measured = target.measure(vertx, CLIENTS, each, READS_PER_SECOND);
    System.out.printf(Locale.ROOT, "  %-20s %s%n", target.name(), measured);
    return measured;
  }

  // --- what is measured --------------------------------------------------------------------------

  private Target nginx(URI account, Credential key) throws IOException, InterruptedException {
    ServedNginx nginx = ServedNginx.start(PROXY_CORE, directory, account);
    started(nginx.process());
    return new Target(Report.CONTROL, reads(nginx.endpoint(), key), Optional.of(nginx.process()));
  }

  private Target gateway(URI account, ServedGateway.Wiring wiring) throws IOException {
    ServedProcess process =
        started(
            ServedProcess.java(
                PROXY_CORE,
                ServedGateway.class,
                directory.toString(),
                account.toString(),
                wiring.name()));
    URI endpoint = URI.create(process.line());
    Credential lease = Credential.leaseToken(process.line());
    return new Target(wiring.label(), reads(endpoint, lease), Optional.of(process));
  }

  private PointReads reads(URI endpoint, Credential credential) {
    return new PointReads(vertx, endpoint, directory.resolve("ca.pem"), credential, CLIENTS);
  }

  private ServedProcess started(ServedProcess process) {
    processes.add(process);
    return process;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
