package dev.ephemeris.demo;

import dev.ephemeris.gateway.Gateway.StartException;
import dev.ephemeris.simulator.issuer.Person;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ephemeris demo}: everything in one process, until Ctrl-C. */
@Command(
    name = "demo",
    description = {
      "Starts a gateway with all it needs on this machine, and sample people and data.",
      "",
      "In one process, bound to loopback: a simulated account, an issuer, a catalog from files and"
          + " the gateway. Ctrl-C ends it and leaves nothing behind."
    },
    footer = {
      "",
      "Examples:",
      "  ephemeris demo                       look around; the URLs are printed",
      "  ephemeris demo --tour                play the story, exit 0 if all went as it should",
      "  ephemeris demo --azure               the README's quick start, without Azure",
      "  ephemeris demo --ready-file r.json   for scripts: where everything is, as JSON"
    })
public final class Demo implements Callable<Integer> {

  private static final String ORDERS = "orders-prod:/dbs/shop/colls/orders";
  private static final long LEASE_SECONDS = 8 * 3600;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--tour", description = "Play the story with the real Cosmos SDK, then stop.")
  private boolean tour;

  @Option(
      names = "--azure",
      description =
          "With Entra ID and Resource Manager around the account: the gateway is a service"
              + " principal there, and turns the account's keys over.")
  private boolean azure;

  @Option(
      names = "--ready-file",
      paramLabel = "FILE",
      description = "Write where everything is, credentials included, as JSON (mode 0600).")
  private @Nullable Path readyFile;

  @Option(names = "--data-plane-port", paramLabel = "PORT", description = PORT)
  private @Nullable Integer dataPlanePort;

  @Option(names = "--api-port", paramLabel = "PORT", description = PORT_API)
  private @Nullable Integer apiPort;

  @Option(names = "--management-port", paramLabel = "PORT", description = PORT_MANAGEMENT)
  private @Nullable Integer managementPort;

  @Option(names = "--issuer-port", paramLabel = "PORT", description = PORT_ISSUER)
  private @Nullable Integer issuerPort;

  @Option(names = "--upstream-port", paramLabel = "PORT", description = PORT_UPSTREAM)
  private @Nullable Integer upstreamPort;

  @Option(names = "--azure-port", paramLabel = "PORT", description = PORT_AZURE)
  private @Nullable Integer azurePort;

  private static final String PORT =
      "The Cosmos endpoint's port: 8081, with --tour any free one. 0: any.";
  private static final String PORT_API = "The API's port: 8080, with --tour any. 0: any.";
  private static final String PORT_MANAGEMENT = "Health: 9090, with --tour any. 0: any.";
  private static final String PORT_ISSUER = "The issuer's port: 8082, with --tour any. 0: any.";
  private static final String PORT_UPSTREAM = "The account's port: 8083, with --tour any. 0: any.";
  private static final String PORT_AZURE =
      "Azure's port, with --azure: 8084, with --tour any. 0: any.";

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    DemoWorld world;
    try {
      world =
          DemoWorld.start(
              new DemoWorld.Ports(
                  port(dataPlanePort, 8081),
                  port(apiPort, 8080),
                  port(managementPort, 9090),
                  port(issuerPort, 8082),
                  port(upstreamPort, 8083),
                  azure ? OptionalInt.of(port(azurePort, 8084)) : OptionalInt.empty()));
    } catch (StartException e) {
      spec.commandLine().getErr().println("ephemeris demo: " + e.getMessage());
      return 5;
    }
    Thread cleanUp = new Thread(() -> end(world), "demo-end");
    Runtime.getRuntime().addShutdownHook(cleanUp);
    try {
      List<ReadyFile.SignedIn> people = people(world);
      Map<String, ApiClient.Lease> leases = leases(world, people);
      new Welcome(out, world, leases).print();
      if (readyFile != null) {
        ReadyFile.write(readyFile, world, people, leases);
      }
      out.println("ready");
      out.flush();
      if (tour) {
        return new Tour(world, new Narrator(out)).play() ? 0 : 1;
      }
      new CountDownLatch(1).await(); // until Ctrl-C
      return 0;
    } finally {
      Runtime.getRuntime().removeShutdownHook(cleanUp);
      end(world);
    }
  }

  private void end(DemoWorld world) {
    world.close();
    try {
      if (readyFile != null) {
        Files.deleteIfExists(readyFile);
      }
    } catch (IOException e) {
      System.err.println("ephemeris demo: the ready file can't be deleted: " + e.getMessage());
    }
  }

  private int port(@Nullable Integer option, int usual) {
    return Optional.ofNullable(option).orElse(tour ? 0 : usual);
  }

  private static List<ReadyFile.SignedIn> people(DemoWorld world) throws IOException {
    List<ReadyFile.SignedIn> people = new ArrayList<>();
    for (Person person : DemoPeople.ALL) {
      String token = world.issuer().accessToken(person, DemoWorld.CLI_CLIENT);
      List<String> groups = new ArrayList<>();
      new ApiClient(HttpClient.newHttpClient(), world.api(), token)
          .me()
          .body()
          .path("groups")
          .forEach(group -> groups.add(group.asText()));
      people.add(new ReadyFile.SignedIn(person.name(), groups, token));
    }
    return people;
  }

  /** A lease to read, of Alice's, and one to change, of Carol's. */
  private static Map<String, ApiClient.Lease> leases(
      DemoWorld world, List<ReadyFile.SignedIn> people) throws IOException {
    Map<String, ApiClient.Lease> leases = new LinkedHashMap<>();
    leases.put(
        "reader", client(world, people, "alice").leased(ORDERS, "data-reader", LEASE_SECONDS));
    leases.put(
        "contributor",
        client(world, people, "carol").leased(ORDERS, "data-contributor", LEASE_SECONDS));
    return leases;
  }

  private static ApiClient client(DemoWorld world, List<ReadyFile.SignedIn> people, String name) {
    return people.stream()
        .filter(person -> person.name().equals(name))
        .map(person -> new ApiClient(HttpClient.newHttpClient(), world.api(), person.token()))
        .findFirst()
        .orElseThrow();
  }
}
