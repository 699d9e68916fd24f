package dev.ephemeris.gateway.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "root-key",
    synopsisSubcommandLabel = "COMMAND",
    description = "Looks after the keys that leases' secrets are derived from.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris root-key list",
      "  ephemeris root-key rotate",
      "  ephemeris root-key revoke a"
    })
final class RootKeyCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    return Ephemeris.commandMissing(spec);
  }
}
