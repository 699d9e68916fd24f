package dev.ephemeris.gateway.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "stop",
    description = {
      "Stops an agent that acts for you.",
      "",
      "Its sessions and leases for you end now, and a block keeps it from acting for you again by",
      "what you have shown, until you sign in anew. What it does for others goes on."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  ephemeris agents stop ci:copilot"})
final class StopAgent implements Callable<Integer> {

  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @Parameters(
      paramLabel = "AGENT",
      description = "Its id, principal or name, as 'ephemeris agents' shows them.")
  private String agent = "";

  StopAgent(Surroundings surroundings) {
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    GatewayClient gateway = connection.signedIn();
    List<Api.Agent> named =
        gateway.agents().value().agents().stream()
            .filter(one -> Stream.of(one.id(), one.principal(), one.name()).anyMatch(agent::equals))
            .toList();
    if (named.size() != 1) {
      throw new Failure(
          Failure.Kind.REFUSED,
          (named.isEmpty() ? "No agent " : "More than one agent ")
              + "“"
              + agent
              + "” acts for you. “ephemeris agents” lists those that do.");
    }
    output.print(gateway.stopAgent(named.getFirst()), StopAgent::describe);
    return 0;
  }

  private static String describe(Api.Killed stopped) {
    return "Ended %s and %s. Block %s keeps it from acting for you until you sign in anew."
        .formatted(
            Text.count(stopped.sessions(), "session"),
            Text.count(stopped.leases(), "lease"),
            stopped.block());
  }
}
