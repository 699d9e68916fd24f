package dev.ephemeris.gateway.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "account",
    synopsisSubcommandLabel = "COMMAND",
    description = "Looks after the accounts behind the gateway.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris account list",
      "  ephemeris account add \"$ACCOUNT_ID\" --environment preview-7 --for 3d",
      "  ephemeris account check orders-prod",
      "  ephemeris account keys orders-prod",
      "  ephemeris account rotate orders-prod --cut-off-others",
      "  ephemeris account panic orders-prod --cut-off-others"
    })
final class AccountCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    return Ephemeris.commandMissing(spec);
  }
}
