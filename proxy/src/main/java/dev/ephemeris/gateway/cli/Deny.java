package dev.ephemeris.gateway.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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

  @Mixin private final AccessAnswer answer;
  @Mixin private final Output output = new Output();

  Deny(Surroundings surroundings) {
    this.answer = new AccessAnswer(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    answer.give("denials", Json.object(), output);
    return 0;
  }
}
