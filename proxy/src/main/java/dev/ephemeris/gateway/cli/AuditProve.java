package dev.ephemeris.gateway.cli;

import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.log.InclusionProof;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "prove",
    description = {
      "Prints a proof that an entry is in a journal, for somebody who doesn't have the journal.",
      "",
      "In the form of C2SP's tlog-proof, with the entry as its extra data. Check it by",
      "'ephemeris audit verify-proof', or anything else that knows that form."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  ephemeris audit prove 4711 --journal journal --key log.vkey > 4711.tlog-proof"})
final class AuditProve implements Callable<Integer> {

  @Mixin private final LogKeys keys = new LogKeys();

  @Parameters(paramLabel = "ENTRY", description = "The entry's sequence, from 0.")
  private long entry;

  @Option(
      names = "--journal",
      required = true,
      paramLabel = "FOLDER",
      description = "The gateway's journal, or a copy of it.")
  private Path journal = Path.of("");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Failure {
    try {
      PrintWriter out = spec.commandLine().getOut();
      out.print(InclusionProof.of(journal, keys.all(), entry));
      out.flush();
      return 0;
    } catch (IndexOutOfBoundsException e) {
      throw new Failure(Failure.Kind.REFUSED, "The journal has no entry " + entry + " yet.");
    } catch (JournalException e) {
      throw new Failure(Failure.Kind.REFUSED, String.valueOf(e.getMessage()));
    }
  }
}
