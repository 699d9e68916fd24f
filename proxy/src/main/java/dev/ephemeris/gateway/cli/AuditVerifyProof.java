package dev.ephemeris.gateway.cli;

import dev.ephemeris.gateway.journal.log.CheckpointException;
import dev.ephemeris.gateway.journal.log.InclusionProof;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "verify-proof",
    description = {
      "Checks a proof that an entry is in a journal, and prints the entry.",
      "",
      "Nothing else is needed than the proof and the journal's key. The exit code is 1 if it"
          + " doesn't",
      "prove it."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris audit verify-proof 4711.tlog-proof --key log.vkey",
      "  ephemeris audit verify-proof 4711.tlog-proof --key log.vkey --entry entry.json"
    })
final class AuditVerifyProof implements Callable<Integer> {

  @Mixin private final LogKeys keys = new LogKeys();
  @Mixin private final Output output = new Output();

  @Parameters(paramLabel = "PROOF", description = "The file with the proof.")
  private Path proof = Path.of("");

  @Option(
      names = "--entry",
      paramLabel = "FILE",
      description = "The entry, byte for byte, if it isn't the one in the proof.")
  private Optional<Path> entry = Optional.empty();

  @Override
  public Integer call() throws Failure {
    InclusionProof read;
    try {
      read = InclusionProof.parse(bytes(proof), keys.all());
    } catch (CheckpointException e) {
      throw refused("is of no use: " + e.getMessage());
    }
    byte[] content = entry.isPresent() ? bytes(entry.get()) : read.entry().orElse(NONE);
    if (entry.isEmpty() && read.entry().isEmpty()) {
      throw new Failure(
          Failure.Kind.USAGE, "The proof has no entry in it: give the entry by --entry.");
    }
    if (!read.proves(content)) {
      throw refused("doesn't prove that this entry is in the journal");
    }
    String text = new String(content, StandardCharsets.UTF_8);
    output.print(
        Json.object()
            .put("log", read.checkpoint().origin().text())
            .put("entries", read.checkpoint().size())
            .put("root", read.checkpoint().root().toString())
            .put("index", read.index())
            .put("entry", text),
        () -> {
          output.line(
              "Proven: entry %d of %s, as it was signed for at %d entries:"
                  .formatted(read.index(), read.checkpoint().origin(), read.checkpoint().size()));
          output.line(text);
        });
    return 0;
  }

  private static final byte[] NONE = {};

  private Failure refused(String why) {
    return new Failure(Failure.Kind.REFUSED, "The proof " + proof + " " + why + ".");
  }

  private static byte[] bytes(Path file) throws Failure {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new Failure(Failure.Kind.LOCAL, "The file " + file + " can't be read.");
    }
  }
}
