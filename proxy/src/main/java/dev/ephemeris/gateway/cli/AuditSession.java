package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "session",
    description = {
      "Shows everything of a session, in order.",
      "",
      "Takes the action ephemeris/audit/read. Of many requests, those that are alike are one line."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  ephemeris audit session s-4f1c", "  ephemeris audit session s-4f1c --output json"})
final class AuditSession implements Callable<Integer> {

  /** They have columns of their own, or are the same all over a session. */
  private static final Set<String> LEADING =
      Set.of("sequence", "type", "version", "at", "sessionId", "requestId", "activityId");

  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @Parameters(index = "0", paramLabel = "ID", description = "The session's id.")
  private SessionId session = SessionId.NONE;

  AuditSession(Surroundings surroundings) {
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    output.print(connection.signedIn().timeline(session), AuditSession::people);
    return 0;
  }

  private static String people(Api.Timeline timeline) {
    List<List<String>> rows = new ArrayList<>();
    for (Api.Event event : timeline.events()) {
      event.entry().ifPresent(entry -> rows.add(row(entry, event)));
      event.requests().ifPresent(requests -> rows.add(row(requests)));
    }
    String table = Output.table(List.of("NO.", "AT", "WHAT", "DETAILS"), rows);
    return timeline.more()
        ? table + "\nThere is more: ephemeris audit search --session " + timeline.sessionId()
        : table;
  }

  private static List<String> row(ObjectNode entry, Api.Event event) {
    String details =
        entry.properties().stream()
            .filter(field -> !LEADING.contains(field.getKey()))
            .map(EntryPrinter::field)
            .collect(Collectors.joining(" "));
    String outcome =
        event
            .outcome()
            .map(
                then ->
                    then.has("statusCode")
                        ? "→ %s, %s RU, %s ms "
                            .formatted(
                                then.path("statusCode").asText(),
                                then.path("requestCharge").asText(),
                                then.path("durationMs").asText())
                        : "→ unknown ")
            .orElse("");
    return List.of(
        entry.path("sequence").asText(),
        entry.path("at").asText(),
        entry.path("type").asText(),
        Text.line(outcome + details));
  }

  private static List<String> row(Api.RequestsAlike requests) {
    String statuses =
        requests.statusCodes().entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(status -> status.getKey() + " × " + status.getValue())
            .collect(Collectors.joining(", "));
    return List.of(
        requests.firstSequence() + "–" + requests.lastSequence(),
        requests.firstAt().toString(),
        requests.count() + " requests",
        Text.line(
            "→ %s%s until %s actions=%s scope=%s leaseId=%s"
                .formatted(
                    statuses,
                    requests.unknown() == 0 ? "" : ", unknown × " + requests.unknown(),
                    requests.lastAt(),
                    String.join(",", requests.actions()),
                    requests.scope().orElse("-"),
                    requests.leaseId().orElse("-"))));
  }
}
