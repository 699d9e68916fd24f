package dev.ephemeris.gateway.cli;

import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.evidence.JournalQuery;
import dev.ephemeris.gateway.journal.folder.JournalReader;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "search",
    description = {
      "Prints the journal's records that fit all the options.",
      "",
      "A request's outcome is printed with its intent, which says whose it is.",
      "",
      "Asks the gateway, which takes the action ephemeris/audit/read; or reads a journal's file,"
          + " without a gateway."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris audit search --decision deny --since 2h",
      "  ephemeris audit search --group group:default/dba --account orders-prod",
      "  ephemeris audit search --journal data/journal --lease ba3q7 --output json"
    })
final class AuditSearch implements Callable<Integer> {

  enum Verdict {
    ALLOW,
    DENY,
    REPORT
  }

  private static final String PAGE = "500";

  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @Option(
      names = "--journal",
      paramLabel = "FOLDER",
      description = "A gateway's journal; else the gateway is asked, which takes audit/read.")
  private Optional<Path> journal = Optional.empty();

  @ArgGroup private @Nullable Whose whose;

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

  AuditSearch(Surroundings surroundings) {
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    EntryPrinter printer = new EntryPrinter(output);
    if (journal.isPresent()) {
      read(journal.get(), printer);
    } else {
      ask(printer);
    }
    return 0;
  }

  private void read(Path file, EntryPrinter printer) throws Failure {
    if (whose != null && whose.isOfCatalog()) {
      throw new Failure(
          Failure.Kind.USAGE,
          "a journal doesn't say who is a user or in a group: leave out --journal to ask the"
              + " gateway.");
    }
    Predicate<JournalEntry> wanted = query().inOrder();
    try {
      new JournalReader(file)
          .forEach(
              entry -> {
                if (wanted.test(entry)) {
                  printer.accept(entry);
                }
              });
    } catch (JournalException e) {
      throw new Failure(Failure.Kind.LOCAL, String.valueOf(e.getMessage()));
    }
  }

  private void ask(EntryPrinter printer) throws Failure {
    GatewayClient gateway = connection.signedIn();
    Map<String, String> asked = asked();
    boolean more = true;
    while (more && !output.out().checkError()) { // flushes; an error: nobody reads any more
      Api.Entries page = gateway.entries(asked).value();
      if (!asked.containsKey("cursor")) {
        tell(page);
      }
      page.entries()
          .forEach(
              record ->
                  printer.accept(
                      new JournalEntry(
                          record.path("sequence").asLong(), record.path("type").asText(), record)));
      more = page.next().isPresent();
      page.next().ifPresent(next -> asked.put("cursor", next));
    }
  }

  /** What whoever reads the records has to know of them. */
  private void tell(Api.Entries page) {
    if (whose != null && whose.isOfCatalog()) {
      output
          .err()
          .println(
              "As of now these principals: "
                  + Text.line(String.join(", ", page.principals().orElse(List.of()))));
    }
    if (page.journal().indexed() < page.journal().size()) {
      output
          .err()
          .println(
              "The gateway is making its index: only records before number "
                  + page.journal().indexed()
                  + " of "
                  + page.journal().size()
                  + " are searched.");
    }
  }

  private Map<String, String> asked() {
    Map<String, String> asked = new LinkedHashMap<>();
    if (whose != null) {
      whose.addTo(asked);
    }
    type.ifPresent(name -> asked.put("type", name));
    account.ifPresent(name -> asked.put("account", name.value()));
    scope.ifPresent(where -> asked.put("scope", where.toString()));
    action.ifPresent(name -> asked.put("action", name));
    decision.ifPresent(verdict -> asked.put("decision", verdict.name().toLowerCase(Locale.ROOT)));
    session.ifPresent(id -> asked.put("session", id));
    lease.ifPresent(id -> asked.put("lease", id.value()));
    request.ifPresent(id -> asked.put("request", id));
    activity.ifPresent(id -> asked.put("activity", id));
    since.ifPresent(at -> asked.put("since", at.toString()));
    until.ifPresent(at -> asked.put("until", at.toString()));
    asked.put("limit", PAGE);
    return asked;
  }

  private JournalQuery query() throws Failure {
    return new JournalQuery(
        whose == null ? Optional.empty() : whose.principal().map(Set::of),
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
  }
}
