package dev.ephemeris.gateway.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "pick-up",
    description = {
      "Gets the lease that others have agreed to; once.",
      "",
      "It begins now. It is shown once: the gateway doesn't keep it."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris pick-up ar-3chwxa4e73ncfrayj6pt",
      "  COSMOS_LEASE=\"$(ephemeris pick-up ar-3chwxa4e73ncfrayj6pt --token-only)\""
    })
final class PickUp implements Callable<Integer> {

  private final Surroundings surroundings;
  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @Parameters(
      paramLabel = "REQUEST_ID",
      description = "The request's id, as 'ephemeris requests' shows it.")
  private AccessRequestId id = AccessRequestId.NONE;

  @Option(names = "--token-only", description = "Print the credential and nothing else.")
  private boolean tokenOnly;

  PickUp(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    Reply<Api.IssuedLease> issued = connection.signedIn().pickUp(id);
    new LeaseText(surroundings, connection).print(issued, tokenOnly, output);
    return 0;
  }
}
