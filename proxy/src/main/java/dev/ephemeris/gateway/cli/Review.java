package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "review",
    description = {
      "Says afterwards whether there was reason to break the glass.",
      "",
      "If there was none, the lease that somebody had at once ends now."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris review ar-3chwxa4e73ncfrayj6pt --justified --comment 'the incident was real'",
      "  ephemeris review ar-3chwxa4e73ncfrayj6pt --no-justified"
    })
final class Review implements Callable<Integer> {

  private final Surroundings surroundings;
  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @Parameters(
      paramLabel = "REQUEST_ID",
      description = "The request's id, as 'ephemeris requests --to-answer' shows it.")
  private AccessRequestId id = AccessRequestId.NONE;

  @Option(
      names = "--justified",
      negatable = true,
      required = true,
      description = "Whether there was.")
  private boolean justified;

  @Option(
      names = "--comment",
      paramLabel = "TEXT",
      description = "What you say about it, in a line; recorded.")
  private Optional<String> comment = Optional.empty();

  Review(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    ObjectNode body = Json.object();
    body.put("justified", justified);
    comment.ifPresent(text -> body.put("comment", text));
    output.print(
        connection.signedIn().answer(id, "reviews", body), new AccessRequestText(surroundings)::of);
    return 0;
  }
}
