package dev.ephemeris.gateway.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ephemeris policy}: what can be done with policy files, without a gateway. */
@Command(
    name = "policy",
    synopsisSubcommandLabel = "COMMAND",
    description = "Works on policy files, without a gateway.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris policy test policy.yaml --junit results.xml",
      "  ephemeris policy lint policy.yaml --catalog org.yaml",
      "  ephemeris policy import definitions.json assignments.json --catalog org.yaml",
      "  ephemeris policy drift --expected exported.json --actual assignments.json",
      "  ephemeris policy diff old.yaml --to new.yaml --config ephemeris.yaml",
      "  ephemeris policy who-can items/delete orders-prod/shop/orders \\",
      "      --config ephemeris.yaml",
      "  ephemeris policy suggest --journal data/journal --config ephemeris.yaml"
    })
final class PolicyCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    return Ephemeris.commandMissing(spec);
  }
}
