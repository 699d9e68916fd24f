package dev.ephemeris.gateway.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "explain",
    description = {
      "Tells why you may or may not do something, and which rules came near.",
      "",
      "The answer is the result: the exit code is 0 for allow and for deny."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris explain items/read orders-prod/shop/orders",
      "  ephemeris explain executeQuery orders-prod/shop/orders -o json"
    })
final class Explain implements Callable<Integer> {

  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @Parameters(
      index = "0",
      paramLabel = "ACTION",
      description = "A data action, short (items/read) or as Azure spells it.")
  private String action = "";

  @Parameters(
      index = "1",
      paramLabel = "SCOPE",
      description = "account/database/container, or as the gateway spells it.")
  private ResourceScope scope = ResourceScope.NONE;

  Explain(Surroundings surroundings) {
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    output.print(connection.signedIn().explain(action, scope), Api.Explanation::text);
    return 0;
  }
}
