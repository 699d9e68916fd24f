package dev.ephemeris.gateway.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "agents",
    description = {
      "Lists the agents that act for you now.",
      "",
      "An agent is a program, such as a copilot, that shows a token of yours beside its own, and"
          + " has",
      "sessions and leases for you: 'ephemeris sessions' and 'ephemeris leases' have them each."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris agents",
      "  ephemeris agents --output json | jq -r .agents[].leases[].scope",
      "  ephemeris agents stop ci:copilot"
    })
final class ListAgents implements Callable<Integer> {

  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  private static final Columns<Api.Agent> COLUMNS =
      new Columns<>(
          List.of("ID", "AGENT", "PRINCIPAL", "SINCE", "SESSIONS", "LEASES"), ListAgents::row);

  ListAgents(Surroundings surroundings) {
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    output.print(
        connection.signedIn().agents(),
        all -> COLUMNS.table(all.agents(), "No agent acts for you."));
    return 0;
  }

  private static List<String> row(Api.Agent agent) {
    return List.of(
        agent.id(),
        agent.name(),
        agent.principal(),
        agent.since().toString(),
        Integer.toString(agent.sessions().size()),
        agent.leases().isEmpty()
            ? "-"
            : agent.leases().stream()
                .map(lease -> lease.role() + " on " + lease.scope())
                .distinct()
                .collect(Collectors.joining(", ")));
  }
}
