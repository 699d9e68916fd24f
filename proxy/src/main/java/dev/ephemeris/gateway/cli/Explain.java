package dev.ephemeris.gateway.cli;

import dev.ephemeris.policy.GatewayAction;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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
      "  ephemeris explain executeQuery orders-prod/shop/orders -o json",
      "  ephemeris explain ephemeris/audit/read"
    })
final class Explain implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @Parameters(
      index = "0",
      paramLabel = "ACTION",
      description =
          "An action, short (items/read) or as Azure spells it; or one of Ephemeris's own.")
  private String action = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "SCOPE",
      description =
          "account/database/container, or as the gateway spells it; none for Ephemeris's own"
              + " actions.")
  private Optional<ResourceScope> scope = Optional.empty();

  Explain(Surroundings surroundings) {
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    if (scope.isEmpty() && !GatewayAction.isMeantBy(action)) {
      throw new ParameterException(spec.commandLine(), "Missing required parameter: 'SCOPE'");
    }
    output.print(connection.signedIn().explain(action, scope), Api.Explanation::text);
    return 0;
  }
}
