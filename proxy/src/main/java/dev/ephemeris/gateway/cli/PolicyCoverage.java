package dev.ephemeris.gateway.cli;

import dev.ephemeris.policy.PolicyException;
import dev.ephemeris.policy.yaml.YamlException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "coverage",
    description = {
      "Tells which rules no test exercises.",
      "",
      "A rule is exercised if it decided a test. The tests are those that 'policy test' runs;"
          + " whether they pass is for that to tell."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris policy coverage policy.yaml",
      "  ephemeris policy coverage policy.yaml --fail-under 100"
    })
final class PolicyCoverage implements Callable<Integer> {

  @Mixin private final PolicyFiles files = new PolicyFiles();
  @Mixin private final Output output = new Output();

  @Option(
      names = "--fail-under",
      paramLabel = "PERCENT",
      description = "Exit with 1 if fewer of a hundred rules are exercised.")
  private Optional<Integer> failUnder = Optional.empty();

  @Override
  public Integer call() throws Failure {
    if (failUnder.filter(percent -> percent < 0 || percent > 100).isPresent()) {
      throw new Failure(Failure.Kind.USAGE, "--fail-under is a percentage, 0 to 100.");
    }
    PolicyTestRun run;
    try {
      run = PolicyTestRun.run(files);
    } catch (PolicyException e) {
      return PolicyProblems.print(output, e.problems());
    } catch (YamlException e) {
      return PolicyProblems.print(output, e.problems());
    }
    output.print(run.coverageDocument(), () -> output.line(run.coverageText()));
    return failUnder.filter(percent -> run.coverage().percent() < percent).isPresent()
        ? Failure.Kind.REFUSED.exitCode
        : 0;
  }
}
