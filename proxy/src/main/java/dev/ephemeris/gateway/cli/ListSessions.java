package dev.ephemeris.gateway.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "sessions",
    description = {
      "Lists your sign-ins, newest first, ended ones included.",
      "Sessions of agents that act for you are among them."
    },
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

  private final Columns<Api.SignIn> columns =
      new Columns<>(List.of("ID", "CLIENT", "ADDRESS", "SINCE", "STATE", "REMAINING"), this::row);

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
      Columns<Api.SignIn> everybodys = columns.of("PRINCIPAL", Api.SignIn::principal);
      output.print(
          gateway.anySessions(),
          all ->
              everybodys
                  .with("ACTS FOR", Api.SignIn::actsFor, all.sessions())
                  .table(all.sessions()));
    } else {
      output.print(
          gateway.sessions(),
          mine ->
              columns
                  .with("AGENT", Api.SignIn::principal, mine.sessions())
                  .with("ACTS FOR", Api.SignIn::actsFor, mine.sessions())
                  .table(mine.sessions()));
    }
    return 0;
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
