package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "deny",
    description = {
      "Says no to somebody's access request, for all approvers.",
      "",
      "Also to one that was approved, until it is picked up."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  ephemeris deny ar-3chwxa4e73ncfrayj6pt --comment 'use the replay tool'"})
final class Deny implements Callable<Integer> {

  private final Surroundings surroundings;
  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @Parameters(
      paramLabel = "REQUEST_ID",
      description = "The request's id, as 'ephemeris requests --to-answer' shows it.")
  private AccessRequestId id = AccessRequestId.NONE;

  @Option(
      names = "--comment",
      paramLabel = "TEXT",
      description = "What you say about it, in a line; recorded.")
  private Optional<String> comment = Optional.empty();

  Deny(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    ObjectNode body = Json.object();
    comment.ifPresent(text -> body.put("comment", text));
    output.print(
        connection.signedIn().answer(id, "denials", body), new AccessRequestText(surroundings)::of);
    return 0;
  }
}
