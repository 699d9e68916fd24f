package dev.ephemeris.gateway.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "sessions",
    description = "Lists your sign-ins, newest first, ended ones included.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris sessions",
      "  ephemeris sessions --any",
      "  ephemeris sessions --output json | jq -r .sessions[].address"
    })
final class ListSessions implements Callable<Integer> {

  private final Surroundings surroundings;
  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @Option(names = "--any", description = "Everybody's: takes the action ephemeris/sessions/read.")
  private boolean any;

  ListSessions(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    GatewayClient gateway = connection.signedIn();
    if (any) {
      output.print(gateway.anySessions(), this::describeAny);
    } else {
      output.print(gateway.sessions(), this::describe);
    }
    return 0;
  }

  private String describe(Api.Sessions sessions) {
    return Output.table(
        List.of("ID", "CLIENT", "ADDRESS", "SINCE", "STATE", "REMAINING"),
        sessions.sessions().stream().map(this::row).toList());
  }

  private String describeAny(Api.Sessions sessions) {
    return Output.table(
        List.of("PRINCIPAL", "ID", "CLIENT", "ADDRESS", "SINCE", "STATE", "REMAINING"),
        sessions.sessions().stream()
            .map(
                session ->
                    Stream.concat(session.principal().stream(), row(session).stream()).toList())
            .toList());
  }

  private List<String> row(Api.SignIn session) {
    return List.of(
        session.id(),
        session.client(),
        session.address(),
        session.startedAt().toString(),
        session.state(),
        session.state().equals("active") ? surroundings.remaining(session.endsAt()) : "-");
  }
}
