package dev.ephemeris.gateway.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "leases",
    description = "Lists your leases, newest first, ended ones included.",
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
      output.print(gateway.anyLeases(), this::describeAny);
    } else {
      output.print(gateway.leases(), this::describe);
    }
    return 0;
  }

  private String describe(Api.Leases leases) {
    return leases.leases().isEmpty()
        ? "You have no leases. Get one: ephemeris lease SCOPE"
        : Output.table(
            List.of("ID", "SCOPE", "ROLE", "STATE", "REMAINING"),
            leases.leases().stream().map(this::row).toList());
  }

  private String describeAny(Api.Leases leases) {
    return leases.leases().isEmpty()
        ? "Nobody has a lease."
        : Output.table(
            List.of("PRINCIPAL", "ID", "SCOPE", "ROLE", "STATE", "REMAINING"),
            leases.leases().stream()
                .map(
                    lease ->
                        Stream.concat(lease.principal().stream(), row(lease).stream()).toList())
                .toList());
  }

  private List<String> row(Api.Lease lease) {
    String remaining =
        lease.state().equals("active") ? surroundings.remaining(lease.expiresAt()) : "-";
    return List.of(lease.id(), lease.scope(), lease.role(), lease.state(), remaining);
  }
}
