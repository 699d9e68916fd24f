package dev.ephemeris.gateway.cli;

import dev.ephemeris.policy.azure.Drift;
import dev.ephemeris.policy.azure.Drift.Difference;
import dev.ephemeris.policy.azure.LeftOut;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "drift",
    description = {
      "Compares the roles that should be in Azure with those that are.",
      "",
      "The exit code is 0 if they are the same, and 1 if anything is missing, extra or different,"
          + " or couldn't be read and so compared."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  ephemeris policy drift --expected exported.json \\",
      "      --actual definitions.json --actual assignments.json"
    })
final class PolicyDrift implements Callable<Integer> {

  @Mixin private final Output output = new Output();

  @Option(
      names = "--expected",
      required = true,
      paramLabel = "FILE",
      description = "What should be there: 'policy export --to json', or from az.")
  private List<Path> expected = List.of();

  @Option(
      names = "--actual",
      required = true,
      paramLabel = "FILE",
      description = "What is there: what az lists, as JSON. May be given more than once.")
  private List<Path> actual = List.of();

  @Override
  public Integer call() throws Failure {
    Drift drift = Drift.between(AzureFiles.roles(expected), AzureFiles.roles(actual));
    output.print(document(drift), () -> print(drift));
    return drift.isNone() ? 0 : Failure.Kind.REFUSED.exitCode;
  }

  private static Map<String, Object> document(Drift drift) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("missing", drift.missing());
    document.put("extra", drift.extra());
    document.put("different", drift.different());
    document.put("notCompared", drift.leftOut());
    return document;
  }

  private void print(Drift drift) {
    if (drift.isNone()) {
      output.line("No drift.");
    }
    drift.missing().forEach(id -> row("missing", id));
    drift.extra().forEach(id -> row("extra", id));
    for (Difference each : drift.different()) {
      row(
          "different",
          "%s\n%s %s: expected %s, is %s"
              .formatted(
                  Text.line(each.resource()),
                  " ".repeat(12),
                  each.property(),
                  Text.line(each.expected()),
                  Text.line(each.actual())));
    }
    for (LeftOut each : drift.leftOut()) {
      row("not compared", Text.line(each.toString()));
    }
  }

  private void row(String what, String text) {
    output.line("%-12s %s".formatted(what, text));
  }
}
