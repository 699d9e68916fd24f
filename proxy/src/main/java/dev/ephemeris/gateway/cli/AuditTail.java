package dev.ephemeris.gateway.cli;

import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.folder.JournalReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "tail",
    description = "Prints the journal's last records, and those to come.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris audit tail --journal data/journal -n 50",
      "  ephemeris audit tail --journal data/journal --follow --output json"
    })
final class AuditTail implements Callable<Integer> {

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  private final Surroundings surroundings;
  @Mixin private final Output output = new Output();

  @Option(
      names = "--journal",
      required = true,
      paramLabel = "FOLDER",
      description = "The gateway's journal.")
  private Path journal = Path.of("");

  @Option(names = "-n", paramLabel = "COUNT", description = "How many records; 20 if not given.")
  private int count = 20;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with what is written, until Ctrl-C.")
  private boolean follow;

  AuditTail(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Failure {
    Deque<JournalEntry> last = new ArrayDeque<>();
    EntryPrinter printer = new EntryPrinter(output);
    try {
      JournalReader reader = new JournalReader(journal);
      long read =
          reader.forEach(
              entry -> {
                last.addLast(entry);
                if (last.size() > count) {
                  last.removeFirst();
                }
              });
      last.forEach(printer);
      while (follow && !output.out().checkError()) { // flushes; an error: nobody reads any more
        surroundings.pause().sleep(BETWEEN_LOOKS);
        read = reader.forEach(read, printer);
      }
    } catch (JournalException e) {
      throw new Failure(Failure.Kind.LOCAL, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return 0;
  }
}
