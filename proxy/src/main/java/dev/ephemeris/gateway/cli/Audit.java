package dev.ephemeris.gateway.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "audit",
    synopsisSubcommandLabel = "COMMAND",
    description = "Shows who had access, who used it and who gave it, from the journal.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris audit search --decision deny --since 2h",
      "  ephemeris audit access --account orders-prod",
      "  ephemeris audit tail --journal data/journal --follow",
      "  ephemeris audit verify --journal data/journal --key log.vkey --since kept"
    })
final class Audit implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    return Ephemeris.commandMissing(spec);
  }
}
