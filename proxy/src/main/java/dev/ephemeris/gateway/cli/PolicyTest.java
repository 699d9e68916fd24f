package dev.ephemeris.gateway.cli;

import dev.ephemeris.policy.PolicyException;
import dev.ephemeris.policy.RuleName;
import dev.ephemeris.policy.TestResult;
import dev.ephemeris.policy.TestResult.Mismatch;
import dev.ephemeris.policy.yaml.YamlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "test",
    description = {
      "Runs the tests of a policy, and tells which rules they exercise.",
      "",
      "Without a file of tests among the FILEs, runs all *.test.yaml beside the policy. The exit"
          + " code is 1 if a test fails, or a file can't be read as what it should be."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris policy test policy.yaml",
      "  ephemeris policy test policy.yaml orders.test.yaml --junit results.xml"
    })
final class PolicyTest implements Callable<Integer> {

  @Mixin private final PolicyFiles files = new PolicyFiles();
  @Mixin private final Output output = new Output();

  @Option(
      names = "--junit",
      paramLabel = "FILE",
      description = "Write the results as JUnit XML, for CI servers.")
  private Optional<Path> junit = Optional.empty();

  @Override
  public Integer call() throws Failure {
    PolicyTestRun run;
    try {
      run = PolicyTestRun.run(files);
    } catch (PolicyException e) {
      return PolicyProblems.print(output, e.problems());
    } catch (YamlException e) {
      return PolicyProblems.print(output, e.problems());
    }
    if (junit.isPresent()) {
      write(junit.get(), JUnitXml.of(run.results()));
    }
    output.print(document(run), () -> print(run));
    return run.failed() == 0 ? 0 : Failure.Kind.REFUSED.exitCode;
  }

  private void print(PolicyTestRun run) {
    run.results().stream()
        .filter(result -> !result.passed())
        .forEach(result -> output.line(result.toText() + "\n"));
    String tests = Text.count(run.results().size(), "test");
    output.line(
        run.failed() == 0 ? tests + " passed." : run.failed() + " of " + tests + " failed.");
    output.line(run.coverageText());
  }

  private static Map<String, Object> document(PolicyTestRun run) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("tests", run.results().stream().map(PolicyTest::document).toList());
    document.put("failed", run.failed());
    document.put("coverage", run.coverageDocument());
    return document;
  }

  private static Map<String, Object> document(TestResult result) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("name", result.test().message());
    document.put("file", result.test().file());
    document.put("line", result.test().line());
    document.put("column", result.test().column());
    document.put("passed", result.passed());
    document.put("decidedBy", result.decidedBy().stream().map(RuleName::value).toList());
    document.put("mismatches", result.mismatches().stream().map(PolicyTest::document).toList());
    return document;
  }

  private static Map<String, Object> document(Mismatch mismatch) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("asked", mismatch.asked());
    document.put("expected", mismatch.expected());
    document.put("got", mismatch.got());
    document.put(
        "near",
        mismatch.near().stream()
            .map(
                trace ->
                    Map.of(
                        "rule",
                        trace.rule().value(),
                        "butFor",
                        trace.failed().stream()
                            .map(
                                check ->
                                    check.criterion().name().toLowerCase(Locale.ROOT)
                                        + " "
                                        + check.asked())
                            .toList()))
            .toList());
    return document;
  }

  private static void write(Path file, String text) throws Failure {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new Failure(Failure.Kind.LOCAL, "The results can't be written to " + file + ".");
    }
  }
}
