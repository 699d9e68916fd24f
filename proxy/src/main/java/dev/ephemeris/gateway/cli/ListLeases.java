package dev.ephemeris.gateway.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "leases",
    description = {
      "Lists your leases, newest first, ended ones included.",
      "Those of agents that act for you are among them; 'ephemeris revoke' ends them."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris leases",
      "  ephemeris leases --any",
      "  ephemeris leases --output json | jq -r .leases[].id"
    })
final class ListLeases implements Callable<Integer> {

  private final Surroundings surroundings;
  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  private final Columns<Api.Lease> columns =
      new Columns<>(List.of("ID", "SCOPE", "ROLE", "LANE", "STATE", "REMAINING"), this::row);

  @Option(names = "--any", description = "Everybody's: takes the action ephemeris/leases/read-any.")
  private boolean any;

  ListLeases(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    GatewayClient gateway = connection.signedIn();
    if (any) {
      Columns<Api.Lease> everybodys = columns.of("PRINCIPAL", Api.Lease::principal);
      output.print(
          gateway.anyLeases(),
          all ->
              everybodys
                  .with("ACTS FOR", Api.Lease::actsFor, all.leases())
                  .table(all.leases(), "Nobody has a lease."));
    } else {
      output.print(
          gateway.leases(),
          mine ->
              columns
                  .with("AGENT", Api.Lease::principal, mine.leases())
                  .with("ACTS FOR", Api.Lease::actsFor, mine.leases())
                  .table(mine.leases(), "You have no leases. Get one: ephemeris lease SCOPE"));
    }
    return 0;
  }

  private List<String> row(Api.Lease lease) {
    String remaining =
        lease.state().equals("active") ? surroundings.remaining(lease.expiresAt()) : "-";
    return List.of(lease.id(), lease.scope(), lease.role(), lease.lane(), lease.state(), remaining);
  }
}
