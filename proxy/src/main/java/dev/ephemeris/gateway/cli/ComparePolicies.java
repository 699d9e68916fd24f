package dev.ephemeris.gateway.cli;

import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.PolicyDiff;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "diff",
    description = {
      "Tells who gains and who loses what by a change of policy.",
      "",
      "Compares what the two decide, not how they are written: for anyone, for the members of each"
          + " group and for each user of the catalog, on every account. The answer is the result:"
          + " the exit code is 0 whatever changes."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris policy diff old.yaml --to new.yaml --config ephemeris.yaml",
      "  ephemeris policy diff main/*.yaml --to policy/*.yaml --catalog org.yaml \\",
      "      --account orders-prod=prod -o json"
    })
final class ComparePolicies implements Callable<Integer> {

  @Mixin private final Population population = new Population();
  @Mixin private final Output output = new Output();

  @Parameters(
      paramLabel = "OLD",
      arity = "1..*",
      description = "The files of the policy before, which are read as one.")
  private List<Path> before = List.of();

  @Option(
      names = "--to",
      required = true,
      arity = "1..*",
      paramLabel = "NEW",
      description = "The files of the policy after.")
  private List<Path> after = List.of();

  @Override
  public Integer call() throws Failure {
    Policy was = PolicyFiles.parse(before);
    Policy is = PolicyFiles.parse(after);
    PolicyDiff diff = was.diff(is, population.candidates(was, is), population.accounts());
    output.print(DiffText.json(diff), () -> output.line(DiffText.markdown(diff)));
    return 0;
  }
}
