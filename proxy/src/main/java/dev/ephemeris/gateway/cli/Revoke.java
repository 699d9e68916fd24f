package dev.ephemeris.gateway.cli;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "revoke",
    description = {
      "Ends one of your leases now; the next request that uses it is refused.",
      "A resource token goes on until its own end: nobody can revoke that.",
      "Leases of agents that act for you are among yours."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  ephemeris revoke ba3q7", "  ephemeris revoke --any ba3q7"})
final class Revoke implements Callable<Integer> {

  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @Option(
      names = "--any",
      description = "Whosever it is: takes the action ephemeris/leases/revoke-any.")
  private boolean any;

  @Parameters(
      paramLabel = "LEASE_ID",
      description = "The lease's id, as 'ephemeris leases' shows it.")
  private LeaseId lease = LeaseId.NONE;

  private final Surroundings surroundings;

  Revoke(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    GatewayClient gateway = connection.signedIn();
    if (any) {
      gateway.revokeAnyLease(lease);
    } else {
      gateway.revokeLease(lease);
    }
    output.people("Lease " + lease + " has ended.");
    // Everybody's can't be looked at one by one.
    Optional<Instant> worksUntil =
        any ? Optional.empty() : gateway.lease(lease).value().worksUntil();
    worksUntil
        .filter(end -> end.isAfter(surroundings.now()))
        .ifPresent(
            end ->
                output.people(
                    "Its resource token works until "
                        + end
                        + " all the same: nobody can revoke one."));
    return 0;
  }
}
