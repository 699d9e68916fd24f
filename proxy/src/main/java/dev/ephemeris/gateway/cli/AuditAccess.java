package dev.ephemeris.gateway.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "access",
    description = {
      "Shows who has access to what, and when it was last used.",
      "",
      "By the policy in force and the catalog now: each person, group and workload, and whom a rule"
          + " describes. What was used is as the journal has it; in the lanes token and rbac only"
          + " leases tell. Takes the action ephemeris/audit/read."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris audit access --account orders-prod",
      "  ephemeris audit access --user user:default/alice",
      "  ephemeris audit access --unused --output json"
    })
final class AuditAccess implements Callable<Integer> {

  private final Surroundings surroundings;
  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @ArgGroup private @Nullable Whose whose;

  @Option(names = "--account", paramLabel = "ACCOUNT", description = "In or on this account.")
  private Optional<AccountName> account = Optional.empty();

  @Option(
      names = "--scope",
      paramLabel = "S",
      description = "On this account, database or container, or within it.")
  private Optional<ResourceScope> scope = Optional.empty();

  @Option(
      names = "--unused",
      description = "Of the table, only what wasn't used in the journal's time.")
  private boolean unused;

  AuditAccess(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    Map<String, String> asked = new LinkedHashMap<>();
    if (whose != null) {
      whose.addTo(asked);
    }
    account.ifPresent(name -> asked.put("account", name.value()));
    scope.ifPresent(where -> asked.put("scope", where.toString()));
    output.print(connection.signedIn().access(asked), this::people);
    return 0;
  }

  private String people(Api.AccessReview review) {
    List<String> parts = new ArrayList<>();
    parts.add(grants(review));
    if (!review.ownActions().isEmpty() && !unused) {
      parts.add(
          Output.table(
              List.of("WHO", "MAY, OF THE GATEWAY", "RULE", "LAST"),
              review.ownActions().stream()
                  .map(
                      own ->
                          List.of(
                              own.who(),
                              Text.count(own.actions().size(), "action")
                                  + (own.actions().size() <= 2
                                      ? ": " + String.join(", ", own.actions())
                                      : ""),
                              own.rule(),
                              last(own.last())))
                  .toList()));
    }
    if (!review.leases().isEmpty()) {
      parts.add(
          Output.table(
              List.of("LEASE", "PRINCIPAL", "SCOPE", "ROLE", "LANE", "REMAINING"),
              review.leases().stream()
                  .map(
                      lease ->
                          List.of(
                              lease.id(),
                              lease.principal()
                                  + lease.actsFor().map(whom -> " for " + whom).orElse(""),
                              lease.scope(),
                              lease.role(),
                              lease.lane(),
                              surroundings.remaining(lease.expiresAt())))
                  .toList()));
    }
    if (!review.sessions().isEmpty()) {
      parts.add(
          Output.table(
              List.of("SESSION", "PRINCIPAL", "CLIENT", "SINCE", "REMAINING"),
              review.sessions().stream()
                  .map(
                      session ->
                          List.of(
                              session.id(),
                              session.principal()
                                  + session.actsFor().map(whom -> " for " + whom).orElse(""),
                              session.client(),
                              session.startedAt().toString(),
                              surroundings.remaining(session.endsAt())))
                  .toList()));
    }
    parts.add(
        "“Never” is since "
            + review.since().map(Object::toString).orElse("the journal began")
            + ", when the journal begins."
            + (review.more() ? " There are more grants than these: ask for less at a time." : ""));
    return String.join("\n\n", parts);
  }

  private String grants(Api.AccessReview review) {
    List<List<String>> rows =
        review.grants().stream()
            .filter(
                grant -> !unused || (grant.lastRequest().isEmpty() && grant.lastLease().isEmpty()))
            .map(
                grant ->
                    List.of(
                        grant.who(),
                        grant.scope()
                            + (grant.except().isEmpty()
                                ? ""
                                : " but not " + String.join(", ", grant.except())),
                        grant.environment(),
                        grant.role().orElseGet(() -> String.join(",", grant.actions())),
                        grant.rule(),
                        last(grant.lastRequest()),
                        last(grant.lastLease())))
            .toList();
    return rows.isEmpty()
        ? unused ? "Nothing is unused." : "Nobody has access."
        : Output.table(
            List.of("WHO", "SCOPE", "ENVIRONMENT", "MAY", "RULE", "LAST REQUEST", "LAST LEASE"),
            rows);
  }

  private static String last(Optional<Api.LastUse> last) {
    return last.map(use -> use.at() + " (" + use.times() + "×)").orElse("never");
  }
}
