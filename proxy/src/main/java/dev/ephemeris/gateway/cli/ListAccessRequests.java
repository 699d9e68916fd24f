package dev.ephemeris.gateway.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "requests",
    description = {
      "Lists your access requests, newest first, or shows one.",
      "Those of agents that act for you are among them."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris requests",
      "  ephemeris requests --to-answer",
      "  ephemeris requests ar-3chwxa4e73ncfrayj6pt"
    })
final class ListAccessRequests implements Callable<Integer> {

  private final Surroundings surroundings;
  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @Option(names = "--to-answer", description = "Those of others that wait for your answer.")
  private boolean toAnswer;

  @Parameters(
      arity = "0..1",
      paramLabel = "REQUEST_ID",
      description = "One of them, or one that is or was yours to answer.")
  private Optional<AccessRequestId> id = Optional.empty();

  ListAccessRequests(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    if (id.isPresent()) {
      output.print(
          connection.signedIn().accessRequest(id.get()), new AccessRequestText(surroundings)::of);
      return 0;
    }
    output.print(
        connection.signedIn().accessRequests(toAnswer),
        all ->
            new Columns<Api.AccessRequest>(
                    List.of("ID", "WHO", "SCOPE", "ROLE", "FOR", "STATE", "WHY"),
                    ListAccessRequests::row)
                .table(
                    all.accessRequests(),
                    toAnswer
                        ? "Nobody waits for your answer."
                        : "You have no access requests. Make one: ephemeris request SCOPE"));
    return 0;
  }

  private static List<String> row(Api.AccessRequest request) {
    return List.of(
        request.id(),
        request.requester(),
        request.scope(),
        request.role(),
        AccessRequestText.time(request.ttlSeconds()),
        request.state(),
        request.reason());
  }
}
