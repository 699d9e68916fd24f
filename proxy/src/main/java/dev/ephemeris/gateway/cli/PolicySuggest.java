package dev.ephemeris.gateway.cli;

import dev.ephemeris.config.Configuration;
import dev.ephemeris.config.Issuer;
import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.folder.JournalReader;
import dev.ephemeris.gateway.policy.Candidates;
import dev.ephemeris.gateway.policy.PolicyRefusedException;
import dev.ephemeris.policy.Candidate;
import dev.ephemeris.policy.Suggested;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "suggest",
    description = {
      "Writes the smallest rules that cover what the journal saw.",
      "",
      "That is what the policy would refuse and what passed, on accounts in report mode. The rules"
          + " are on stdout, each below a comment on what it was made of. What no rule covers is on"
          + " stderr, and the exit code is then 1.",
      "",
      "Groups and users are those of the catalog; whoever isn't in it, or without one, is named by"
          + " the subject that their issuer gives them."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris policy suggest --journal data/journal --config ephemeris.yaml > more.yaml",
      "  ephemeris policy suggest --journal data/other --journal data/journal --all --merge"
    })
final class PolicySuggest implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--journal",
      required = true,
      paramLabel = "FOLDER",
      description = "A gateway's journal, several times for several.")
  private List<Path> journals = List.of();

  @Option(
      names = "--all",
      description = "Cover everything that was done and asked for, not just what would be refused.")
  private boolean all;

  @Option(
      names = "--merge",
      description = "Make rules for databases, where they would be for containers in them.")
  private boolean merge;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The gateway's configuration: its issuers and catalog.")
  private Optional<Path> config = Optional.empty();

  @Option(
      names = "--catalog",
      paramLabel = "FILE",
      description =
          "A catalog file, several times for several; else the configuration's. Which User somebody"
              + " is, the issuers of --config say.")
  private List<Path> catalog = List.of();

  @Override
  public Integer call() throws Failure {
    List<Candidate> people = people();
    JournalObservations seen = new JournalObservations(people, all);
    each(seen::introduce);
    each(seen::observe);
    Suggested suggested = Suggested.of(seen.observations(), people, merge);
    List<String> leftOut = new ArrayList<>(suggested.leftOut());
    leftOut.addAll(seen.unread());
    return AzureFiles.print(suggested.policy(), leftOut, spec);
  }

  /** Gives every entry of every journal to {@code consumer}, in order. */
  private void each(Consumer<JournalEntry> consumer) throws Failure {
    try {
      for (Path journal : journals) {
        new JournalReader(journal).forEach(consumer);
      }
    } catch (JournalException e) {
      throw new Failure(Failure.Kind.LOCAL, String.valueOf(e.getMessage()));
    }
  }

  private List<Candidate> people() throws Failure {
    Optional<Configuration> read = Population.configuration(config);
    List<Path> files =
        catalog.isEmpty()
            ? read.map(Configuration::catalog).map(Configuration.Catalog::files).orElse(List.of())
            : catalog;
    List<Issuer> issuers = read.map(Configuration::issuers).orElse(List.of());
    try {
      return files.isEmpty() ? List.of() : Candidates.in(files, issuers);
    } catch (PolicyRefusedException e) {
      throw new Failure(Failure.Kind.LOCAL, e.problems().getFirst());
    }
  }
}
