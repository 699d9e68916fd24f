package dev.ephemeris.gateway.cli;

import dev.ephemeris.gateway.cli.WantedLease.Form;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "exec",
    customSynopsis = "ephemeris exec [OPTIONS] SCOPE [OPTIONS] -- COMMAND [ARGUMENT...]",
    description = {
      "Runs a command with a lease in its environment and nowhere else.",
      "",
      "It is COSMOS_ENDPOINT and COSMOS_LEASE there, unless --env says otherwise. The lease is in"
          + " the lane proxy, is renewed while the command runs as far as the policy lets it, and"
          + " is revoked when the command has ended. Input and output are the command's own;"
          + " what there is to say about the lease is on stderr."
    },
    exitCodeList = {
      "0:the command's own exit code, whichever it is; 128 and the signal's number if a signal"
          + " ended it",
      "1:the command wasn't started: refused by the gateway or its policy",
      "2:the same: wrong usage",
      "3:the same: not signed in",
      "4:the same: the gateway or the issuer can't be reached, or can't answer now",
      "5:the same: a fault on this machine, such as that there is no such command"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris exec orders-prod/shop/orders -- node report.mjs",
      "  ephemeris exec orders-prod/shop --role data-contributor -- ./migrate --all",
      "  ephemeris exec orders-prod/shop --env ACCOUNT_KEY=token -- ./old-tool",
      "  ephemeris exec lease:aqvilznvk5zpjuaqo5xwd7ogd7a -- node report.mjs",
      "  ephemeris exec orders-prod/shop \\",
      "      --env AZURE_COSMOS_CONNECTIONSTRING=connection-string -- func start"
    })
final class Exec implements Callable<Integer> {

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** What only the command line may have. */
  private static final String OWN_SECRET = "EPHEMERIS_TOKEN";

  private final Surroundings surroundings;
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private final Connection connection;
  @Mixin private final LeaseOptions options = new LeaseOptions(new LeaseOptions.Reason.IfWanted());

  @Parameters(
      index = "0",
      paramLabel = "SCOPE",
      description =
          "account/database/container, or as the gateway spells it; or lease:REFERENCE, which an"
              + " agent was given that acts for you.")
  private LeaseSource source = new LeaseSource.Asked(ResourceScope.NONE);

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "COMMAND",
      description = "What to run, with its arguments, after --.")
  private List<String> command = List.of();

  @Option(
      names = "--env",
      paramLabel = "NAME=WHAT",
      description =
          "What the command finds under which name: endpoint, token, key or connection-string."
              + " Several times for several, and then nothing else; the last two only where a"
              + " rule lists lease keys.")
  private Map<String, Handed> env = Map.of();

  /** What of a lease a command is given. */
  private enum Handed {
    ENDPOINT("endpoint"),
    TOKEN("token"),
    KEY("key"),
    CONNECTION_STRING("connection-string");

    private final String spelling;

    Handed(String spelling) {
      this.spelling = spelling;
    }

    boolean isOfKey() {
      return this == KEY || this == CONNECTION_STRING;
    }

    private Optional<String> of(Api.IssuedLease lease) {
      return switch (this) {
        case ENDPOINT -> Optional.of(lease.endpoint());
        case TOKEN -> lease.token();
        case KEY -> lease.key();
        case CONNECTION_STRING -> lease.connectionString();
      };
    }

    @Override
    public String toString() {
      return spelling;
    }
  }

  Exec(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure, InterruptedException {
    Map<String, Handed> wanted = wanted();
    Form form = wanted.values().stream().anyMatch(Handed::isOfKey) ? Form.KEY : Form.TOKEN;
    try (NodeAuthorities authorities = NodeAuthorities.of(connection.namedCa(), surroundings)) {
      return run(wanted, form, authorities);
    }
  }

  /** Runs the command with a lease, wherever that comes from. */
  private int run(Map<String, Handed> wanted, Form form, NodeAuthorities authorities)
      throws Failure, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    return switch (source) {
      case LeaseSource.Asked(ResourceScope scope) -> {
        Api.IssuedLease issued =
            connection.signedIn().issueLease(options.wanted(scope, form).delivered("env")).value();
        yield run(
            wanted,
            authorities,
            issued,
            Optional.of(
                new HeldLease(issued.lease(), options.ttl(), connection, surroundings, err)));
      }
      case LeaseSource.Referred(LeaseId reference) -> {
        if (form == Form.KEY) {
          throw usage("an agent's lease has a token and no key");
        }
        if (!options.given().isEmpty()) {
          throw usage(
              "an agent's lease is as the agent was given it: leave out "
                  + String.join(", ", options.given()));
        }
        // The agent's to renew, and to end.
        yield run(
            wanted,
            authorities,
            connection.signedIn().handOver(reference).value(),
            Optional.empty());
      }
    };
  }

  /**
   * Runs the command.
   *
   * @param lease what is renewed as long as it runs, and ends with it
   */
  private int run(
      Map<String, Handed> wanted,
      NodeAuthorities authorities,
      Api.IssuedLease issued,
      Optional<HeldLease> lease)
      throws Failure, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    try (Child child = Child.start(command, environment(wanted, issued, authorities))) {
      err.println(
          "ephemeris: lease "
              + issued.lease().id()
              + " on "
              + issued.lease().scope()
              + ", role "
              + issued.lease().role()
              + ", is "
              + command.getFirst()
              + (lease.isPresent()
                  ? "'s until it ends."
                  : "'s until " + issued.lease().expiresAt() + "."));
      Thread keeping = Thread.startVirtualThread(() -> lease.ifPresent(Exec::keep));
      int exitCode = child.await();
      keeping.interrupt();
      keeping.join();
      lease.ifPresent(HeldLease::end);
      authorities.close(); // once the child has ended, so may this process at any time
      return child.ended(exitCode);
    } catch (IOException e) {
      lease.ifPresent(HeldLease::end);
      throw new Failure(
          Failure.Kind.LOCAL,
          command.getFirst() + " can't be run: is it there, and may you run it?");
    }
  }

  private static void keep(HeldLease lease) {
    try {
      lease.keep();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the command has ended
    }
  }

  private Map<String, Handed> wanted() {
    if (env.isEmpty()) {
      return Map.of("COSMOS_ENDPOINT", Handed.ENDPOINT, "COSMOS_LEASE", Handed.TOKEN);
    }
    for (String name : env.keySet()) {
      if (!NAME.matcher(name).matches()) {
        throw usage("'" + name + "' is no name of a variable");
      }
    }
    if (env.containsValue(Handed.TOKEN) && env.values().stream().anyMatch(Handed::isOfKey)) {
      throw usage(
          "a lease has a token, or a key and its connection string: name one of both with --env");
    }
    return env;
  }

  private ParameterException usage(String what) {
    return new ParameterException(spec.commandLine(), what);
  }

  private Map<String, String> environment(
      Map<String, Handed> wanted, Api.IssuedLease issued, NodeAuthorities authorities)
      throws Failure {
    Map<String, String> all = new HashMap<>(surroundings.environment());
    all.remove(OWN_SECRET);
    // Node's only way to believe a private authority.
    authorities.into(all);
    for (Map.Entry<String, Handed> each : wanted.entrySet()) {
      all.put(
          each.getKey(),
          each.getValue()
              .of(issued)
              .orElseThrow(
                  () ->
                      new Failure(
                          Failure.Kind.UNREACHABLE,
                          "The gateway gave lease "
                              + issued.lease().id()
                              + " without its "
                              + each.getValue()
                              + ".")));
    }
    return all;
  }
}
