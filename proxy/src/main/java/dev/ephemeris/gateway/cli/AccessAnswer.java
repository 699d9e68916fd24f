package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What every command takes that answers somebody's access request. */
final class AccessAnswer {

  private final Surroundings surroundings;
  @Mixin private final Connection connection;

  @Parameters(
      paramLabel = "REQUEST_ID",
      description = "The request's id, as 'ephemeris requests --to-answer' shows it.")
  private AccessRequestId id = AccessRequestId.NONE;

  @Option(
      names = "--comment",
      paramLabel = "TEXT",
      description = "What you say about it, in a line; recorded.")
  private Optional<String> comment = Optional.empty();

  AccessAnswer(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  /**
   * Gives it, and prints the request as it is then.
   *
   * @param as what kind of answer it is, as the API's path has it
   * @param body what is said beside the comment, as openapi.yaml has it
   */
  void give(String as, ObjectNode body, Output output) throws Failure {
    comment.ifPresent(text -> body.put("comment", text));
    output.print(
        connection.signedIn().answer(id, as, body), new AccessRequestText(surroundings)::of);
  }
}
