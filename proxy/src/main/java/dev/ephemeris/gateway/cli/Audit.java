package dev.ephemeris.gateway.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "audit",
    synopsisSubcommandLabel = "COMMAND",
    description = "Reads a gateway's journal, also while the gateway writes it.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris audit tail --journal data/journal --follow",
      "  ephemeris audit search --journal data/journal --decision deny --since 2h",
      "  ephemeris audit verify --journal journal --key log.vkey --since kept"
    })
final class Audit implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    return Ephemeris.commandMissing(spec);
  }
}
