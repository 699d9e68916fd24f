package dev.ephemeris.gateway.cli;

import dev.ephemeris.policy.PolicyException;
import dev.ephemeris.policy.PolicySource;
import dev.ephemeris.policy.PolicyTests;
import dev.ephemeris.policy.PolicyText;
import dev.ephemeris.policy.yaml.Problem;
import dev.ephemeris.policy.yaml.YamlException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "check",
    description = {
      "Tells what is wrong with a policy, by file, line and column.",
      "",
      "The files are read as 'serve' reads them. The exit code is 1 if anything is wrong."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris policy check policy.yaml",
      "  ephemeris policy check policy/*.yaml -o json"
    })
final class PolicyCheck implements Callable<Integer> {

  @Mixin private final PolicyFiles files = new PolicyFiles();
  @Mixin private final Output output = new Output();

  @Override
  public Integer call() throws Failure {
    List<Problem> problems = new ArrayList<>();
    int rules = 0;
    try {
      rules = PolicyText.parse(files.policy()).ruleNames().size();
    } catch (PolicyException e) {
      problems.addAll(e.problems());
    }
    for (PolicySource tests : files.namedTests()) {
      try {
        PolicyTests unused = PolicyTests.parse(tests);
      } catch (YamlException e) {
        problems.addAll(e.problems());
      }
    }
    if (!problems.isEmpty()) {
      return PolicyProblems.print(output, problems);
    }
    String none = "No problems in " + Text.count(rules, "rule") + ".";
    output.print(Map.of("problems", List.of()), () -> output.line(none));
    return 0;
  }
}
