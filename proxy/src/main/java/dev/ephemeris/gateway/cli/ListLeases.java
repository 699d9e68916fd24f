package dev.ephemeris.gateway.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "leases",
    description = "Lists your leases, newest first, ended ones included.",
    footerHeading = "%nExamples:%n",
    footer = {"  ephemeris leases", "  ephemeris leases --output json | jq -r .leases[].id"})
final class ListLeases implements Callable<Integer> {

  private final Surroundings surroundings;
  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  ListLeases(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    output.print(connection.signedIn().leases(), this::describe);
    return 0;
  }

  private String describe(Api.Leases leases) {
    return leases.leases().isEmpty()
        ? "You have no leases. Get one: ephemeris lease SCOPE"
        : Output.table(
            List.of("ID", "SCOPE", "ROLE", "STATE", "REMAINING"),
            leases.leases().stream().map(this::row).toList());
  }

  private List<String> row(Api.Lease lease) {
    String remaining =
        lease.state().equals("active") ? surroundings.remaining(lease.expiresAt()) : "-";
    return List.of(lease.id(), lease.scope(), lease.role(), lease.state(), remaining);
  }
}
