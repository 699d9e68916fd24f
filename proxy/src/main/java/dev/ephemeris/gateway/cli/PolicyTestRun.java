package dev.ephemeris.gateway.cli;

import dev.ephemeris.policy.Catalog;
import dev.ephemeris.policy.Coverage;
import dev.ephemeris.policy.PolicySource;
import dev.ephemeris.policy.PolicyTests;
import dev.ephemeris.policy.PolicyText;
import dev.ephemeris.policy.TestResult;
import dev.ephemeris.policy.yaml.Problem;
import dev.ephemeris.policy.yaml.YamlException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What came of all tests of a policy.
 *
 * @param results in the order of the files
 */
record PolicyTestRun(List<TestResult> results, Coverage coverage) {

  /**
   * Runs all tests.
   *
   * @throws dev.ephemeris.policy.PolicyException if the policy can't be read
   * @throws YamlException if its tests can't be, with the problems of all files
   * @throws Failure if a file can't be opened
   */
  static PolicyTestRun run(PolicyFiles files) throws Failure {
    PolicyText policy = PolicyText.parse(files.policy());
    List<TestResult> results = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (PolicySource source : files.tests()) {
      try {
        PolicyTests tests = PolicyTests.parse(source);
        Catalog catalog = PolicyFiles.catalog(tests.catalogFiles());
        results.addAll(tests.run(policy, catalog));
      } catch (YamlException e) {
        problems.addAll(e.problems());
      }
    }
    if (!problems.isEmpty()) {
      throw new YamlException(problems);
    }
    return new PolicyTestRun(List.copyOf(results), Coverage.of(policy, results));
  }

  long failed() {
    return results.stream().filter(result -> !result.passed()).count();
  }

  /** The coverage in lines for a terminal. */
  String coverageText() {
    StringBuilder text =
        new StringBuilder(
            "%d of %s exercised (%d %%)."
                .formatted(
                    coverage.exercised(),
                    Text.count(coverage.rules(), "rule"),
                    coverage.percent()));
    coverage.unexercised().forEach(each -> text.append("\n  ").append(Text.line(each.toString())));
    return text.toString();
  }

  /** The coverage for programs. */
  Map<String, Object> coverageDocument() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("rules", coverage.rules());
    document.put("exercised", coverage.exercised());
    document.put("percent", coverage.percent());
    document.put("unexercised", coverage.unexercised());
    return document;
  }
}
