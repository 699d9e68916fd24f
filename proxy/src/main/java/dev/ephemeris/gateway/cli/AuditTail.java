package dev.ephemeris.gateway.cli;

import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalReader;
import java.io.IOException;
import java.nio.file.Files;
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
      "  ephemeris audit tail --journal journal.jsonl -n 50",
      "  ephemeris audit tail --journal journal.jsonl --follow --output json"
    })
final class AuditTail implements Callable<Integer> {

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  private final Surroundings surroundings;
  @Mixin private final Output output = new Output();

  @Option(
      names = "--journal",
      required = true,
      paramLabel = "FILE",
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
      long size = follow ? Files.size(journal) : 0;
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
        long grown = Files.size(journal);
        if (grown != size) {
          size = grown;
          read = printFrom(reader, read, printer);
        }
      }
    } catch (JournalException e) {
      throw new Failure(Failure.Kind.LOCAL, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new Failure(Failure.Kind.LOCAL, "The journal " + journal + " can't be read.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return 0;
  }

  private static long printFrom(JournalReader reader, long first, EntryPrinter printer)
      throws JournalException {
    return reader.forEach(
        entry -> {
          if (entry.sequence() >= first) {
            printer.accept(entry);
          }
        });
  }
}
