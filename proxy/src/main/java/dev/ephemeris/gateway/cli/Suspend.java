package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "suspend",
    description = {
      "Shuts somebody out until they are let in again.",
      "",
      "Takes the action ephemeris/principals/suspend.",
      "",
      "Their sessions and leases end now, and signing in anew is of no use to them. The block that",
      "does so is lifted by 'ephemeris unblock --any'."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris suspend --user user:default/alice --reason 'left the company'",
      "  ephemeris suspend --principal corp:4f1c --reason 'unknown workload'"
    })
final class Suspend implements Callable<Integer> {

  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @ArgGroup(multiplicity = "1")
  private @Nullable Somebody whom;

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why, in a line; recorded.")
  private String reason = "";

  Suspend(Surroundings surroundings) {
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    ObjectNode body = Json.object().put("reason", reason);
    if (whom != null) {
      whom.addTo(body);
    }
    output.print(connection.signedIn().suspend(body), Kill::describe);
    return 0;
  }
}
