package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "approve",
    description = {
      "Agrees to somebody's access request, to all of it or to less.",
      "",
      "Whether you may is asked of the catalog now. It is the lease's when it is picked up."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris approve ar-3chwxa4e73ncfrayj6pt",
      "  ephemeris approve ar-3chwxa4e73ncfrayj6pt --ttl 15m --comment 'not longer than that'"
    })
final class Approve implements Callable<Integer> {

  private final Surroundings surroundings;
  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @Parameters(
      paramLabel = "REQUEST_ID",
      description = "The request's id, as 'ephemeris requests --to-answer' shows it.")
  private AccessRequestId id = AccessRequestId.NONE;

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      description = "For less time than was asked for.")
  private Optional<Duration> ttl = Optional.empty();

  @Option(names = "--scope", paramLabel = "SCOPE", description = "On a part of what was asked for.")
  private Optional<ResourceScope> scope = Optional.empty();

  @Option(
      names = "--partition-key",
      paramLabel = "KEY",
      converter = PartitionKeyLevels.Converter.class,
      description =
          "On items with this partition key only: its text, or a JSON array of its levels.")
  private Optional<PartitionKeyLevels> partitionKey = Optional.empty();

  @Option(
      names = "--comment",
      paramLabel = "TEXT",
      description = "What you say about it, in a line; recorded.")
  private Optional<String> comment = Optional.empty();

  Approve(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    ObjectNode body = Json.object();
    ttl.ifPresent(time -> body.put("ttlSeconds", time.toSeconds()));
    scope.ifPresent(where -> body.put("scope", where.toString()));
    partitionKey.ifPresent(key -> body.set("partitionKey", key.levels()));
    comment.ifPresent(text -> body.put("comment", text));
    output.print(
        connection.signedIn().answer(id, "approvals", body),
        new AccessRequestText(surroundings)::of);
    return 0;
  }
}
