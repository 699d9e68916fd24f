package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "kill",
    description = {
      "Ends somebody's access now.",
      "",
      "Takes the action ephemeris/sessions/kill.",
      "",
      "Their sessions and leases end, and a block keeps what they have shown from being accepted",
      "again. People are let in after they have signed in anew, workloads and agents when the"
          + " block",
      "is lifted: 'ephemeris unblock --any'. With --account it is only what is in that account,"
          + " and",
      "with --account alone it is everybody's."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris kill --user user:default/alice --reason 'laptop stolen'",
      "  ephemeris kill --client corp:ci --account orders-prod --reason 'token in a log'",
      "  ephemeris kill --account orders-prod --reason 'restore in progress'"
    })
final class Kill implements Callable<Integer> {

  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @ArgGroup private @Nullable Whose whose;

  @Option(names = "--account", paramLabel = "ACCOUNT", description = "Only in this account.")
  private Optional<String> account = Optional.empty();

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why, in a line; recorded.")
  private String reason = "";

  /** One of these. */
  private static final class Whose {

    @ArgGroup private @Nullable Somebody somebody;

    @Option(
        names = "--group",
        paramLabel = "GROUP",
        description = "Whoever is in it, such as group:default/dba.")
    private Optional<String> group = Optional.empty();

    @Option(
        names = "--client",
        paramLabel = "ISSUER:CLIENT",
        description = "Whoever has tokens by this OAuth client.")
    private Optional<String> client = Optional.empty();

    void addTo(ObjectNode body) {
      if (somebody != null) {
        somebody.addTo(body);
      }
      group.ifPresent(name -> body.put("group", name));
      client.ifPresent(name -> body.put("client", name));
    }
  }

  Kill(Surroundings surroundings) {
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    ObjectNode body = Json.object().put("reason", reason);
    if (whose != null) {
      whose.addTo(body);
    } else if (account.isEmpty()) {
      throw new Failure(
          Failure.Kind.USAGE,
          "Whose access? Name --user, --principal, --group, --client or --account.");
    }
    account.ifPresent(name -> body.put("account", name));
    output.print(connection.signedIn().kill(body), Kill::describe);
    return 0;
  }

  static String describe(Api.Killed killed) {
    return "Ended %s and %s. Block %s keeps it so; “ephemeris unblock --any %s” lifts it."
        .formatted(
            Text.count(killed.sessions(), "session"),
            Text.count(killed.leases(), "lease"),
            killed.block(),
            killed.block());
  }
}
