package dev.ephemeris.gateway.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

  @Mixin private final AccessAnswer answer;
  @Mixin private final Output output = new Output();

  @Option(
      names = "--justified",
      negatable = true,
      required = true,
      description = "Whether there was.")
  private boolean justified;

  Review(Surroundings surroundings) {
    this.answer = new AccessAnswer(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    answer.give("reviews", Json.object().put("justified", justified), output);
    return 0;
  }
}
