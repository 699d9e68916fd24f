package dev.ephemeris.gateway.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "withdraw",
    description = "Takes back an access request of yours, or of an agent's that acts for you.",
    footerHeading = "%nExamples:%n",
    footer = "  ephemeris withdraw ar-3chwxa4e73ncfrayj6pt")
final class Withdraw implements Callable<Integer> {

  private final Surroundings surroundings;
  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @Parameters(
      paramLabel = "REQUEST_ID",
      description = "The request's id, as 'ephemeris requests' shows it.")
  private AccessRequestId id = AccessRequestId.NONE;

  Withdraw(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    output.print(connection.signedIn().withdraw(id), new AccessRequestText(surroundings)::of);
    return 0;
  }
}
