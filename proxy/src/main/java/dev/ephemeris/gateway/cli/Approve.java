package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

  @Mixin private final AccessAnswer answer;
  @Mixin private final Output output = new Output();

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

  Approve(Surroundings surroundings) {
    this.answer = new AccessAnswer(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    ObjectNode body = Json.object();
    ttl.ifPresent(time -> body.put("ttlSeconds", time.toSeconds()));
    scope.ifPresent(where -> body.put("scope", where.toString()));
    partitionKey.ifPresent(key -> body.set("partitionKey", key.levels()));
    answer.give("approvals", body, output);
    return 0;
  }
}
