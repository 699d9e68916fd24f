package dev.ephemeris.gateway.cli;

import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalReader;
import dev.ephemeris.gateway.journal.evidence.JournalQuery;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "search",
    description = {
      "Prints the journal's records that fit all the options.",
      "",
      "A request's outcome is printed with its intent, which says whose it is."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris audit search --journal journal.jsonl --decision deny --since 2h",
      "  ephemeris audit search --journal journal.jsonl --action items/delete",
      "  ephemeris audit search --journal journal.jsonl --lease ba3q7 --output json"
    })
final class AuditSearch implements Callable<Integer> {

  enum Verdict {
    ALLOW,
    DENY,
    REPORT
  }

  @Mixin private final Output output = new Output();

  @Option(
      names = "--journal",
      required = true,
      paramLabel = "FILE",
      description = "The gateway's journal.")
  private Path journal = Path.of("");

  @Option(
      names = "--principal",
      paramLabel = "P",
      description = "Whose, as issuer:subject; or of an agent that acts for them.")
  private Optional<String> principal = Optional.empty();

  @Option(names = "--account", paramLabel = "ACCOUNT", description = "In or on this account.")
  private Optional<AccountName> account = Optional.empty();

  @Option(names = "--session", paramLabel = "ID", description = "In which session.")
  private Optional<String> session = Optional.empty();

  @Option(
      names = "--request",
      paramLabel = "ID",
      description = "This request, as the user agent in Azure's logs names it.")
  private Optional<String> request = Optional.empty();

  @Option(
      names = "--activity",
      paramLabel = "ID",
      description = "With this activity id, as Azure's logs have it.")
  private Optional<String> activity = Optional.empty();

  @Option(names = "--lease", paramLabel = "ID", description = "With which lease.")
  private Optional<LeaseId> lease = Optional.empty();

  @Option(
      names = "--type",
      paramLabel = "T",
      completionCandidates = RecordTypes.class,
      description = "Of this type: ${COMPLETION-CANDIDATES}.")
  private Optional<String> type = Optional.empty();

  @Option(
      names = "--scope",
      paramLabel = "S",
      description = "On this account, database or container, or within it.")
  private Optional<ResourceScope> scope = Optional.empty();

  @Option(
      names = "--action",
      paramLabel = "A",
      description = "With this action, such as items/read.")
  private Optional<String> action = Optional.empty();

  @Option(
      names = "--decision",
      paramLabel = "D",
      description =
          "allow (leases issued, requests forwarded), deny (what was refused) or report (what the"
              + " policy refuses and passed, in report mode).")
  private Optional<Verdict> decision = Optional.empty();

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "From 2026-11-24T09:00:00Z, 2026-11-24 (UTC), or 2h for two hours ago.")
  private Optional<Instant> since = Optional.empty();

  @Option(names = "--until", paramLabel = "TIME", description = "Before this time.")
  private Optional<Instant> until = Optional.empty();

  @Override
  public Integer call() throws Failure {
    JournalQuery query =
        new JournalQuery(
            principal.map(Set::of),
            type,
            account.map(AccountName::value),
            scope.isEmpty() ? Optional.empty() : Optional.of(Asked.scope(scope.get())),
            action,
            decision.map(verdict -> verdict.name().toLowerCase(Locale.ROOT)),
            session,
            lease.map(LeaseId::value),
            request,
            activity,
            since,
            until);
    Predicate<JournalEntry> wanted = query.inOrder();
    EntryPrinter printer = new EntryPrinter(output);
    try {
      new JournalReader(journal)
          .forEach(
              entry -> {
                if (wanted.test(entry)) {
                  printer.accept(entry);
                }
              });
    } catch (JournalException e) {
      throw new Failure(Failure.Kind.LOCAL, String.valueOf(e.getMessage()));
    }
    return 0;
  }
}
