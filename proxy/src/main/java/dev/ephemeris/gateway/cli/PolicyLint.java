package dev.ephemeris.gateway.cli;

import dev.ephemeris.config.Account;
import dev.ephemeris.config.Azure;
import dev.ephemeris.config.Configuration;
import dev.ephemeris.policy.AccountFacts;
import dev.ephemeris.policy.Catalog;
import dev.ephemeris.policy.EnvironmentPattern;
import dev.ephemeris.policy.FieldPath;
import dev.ephemeris.policy.Finding;
import dev.ephemeris.policy.Lint;
import dev.ephemeris.policy.PolicyException;
import dev.ephemeris.policy.PolicyText;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "lint",
    description = {
      "Finds what can be read and may not be meant, and says what to do.",
      "",
      "Codes: shadowed, unreachable, too-broad, missing-ttl, unknown-group. The exit code is 1 if"
          + " anything is found."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris policy lint policy.yaml --catalog org.yaml",
      "  ephemeris policy lint policy.yaml --config ephemeris.yaml --ignore missing-ttl"
    })
final class PolicyLint implements Callable<Integer> {

  @Mixin private final PolicyFiles files = new PolicyFiles();
  @Mixin private final Output output = new Output();

  @Option(
      names = "--catalog",
      paramLabel = "FILE",
      description = "A file with groups, to find those there aren't. May be given more than once.")
  private List<Path> catalog = List.of();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "The gateway's configuration, for its accounts, and its catalog if none is given.")
  private Optional<Path> config = Optional.empty();

  @Option(
      names = "--partition-key",
      paramLabel = "PATH",
      description = "A partition key of your containers, which no rule should mask. Several times.")
  private List<FieldPath> keys = List.of();

  @Option(
      names = "--ignore",
      paramLabel = "CODE",
      split = ",",
      description = "Pass over findings of this code.")
  private Set<Finding.Code> ignored = Set.of();

  @Override
  public Integer call() throws Failure {
    PolicyText policy;
    try {
      policy = PolicyText.parse(files.policy());
    } catch (PolicyException e) {
      return PolicyProblems.print(output, e.problems());
    }
    Optional<Configuration> configuration = Population.configuration(config);
    List<Finding> findings =
        Lint.of(
                policy,
                catalog(configuration),
                accounts(configuration),
                toCome(configuration),
                keys)
            .stream()
            .filter(finding -> !ignored.contains(finding.code()))
            .toList();
    output.print(
        Map.of("findings", findings.stream().map(PolicyLint::document).toList()),
        () -> print(findings));
    return findings.isEmpty() ? 0 : Failure.Kind.REFUSED.exitCode;
  }

  private Optional<Catalog> catalog(Optional<Configuration> configuration) throws Failure {
    List<Path> from =
        catalog.isEmpty() ? configuration.map(c -> c.catalog().files()).orElse(catalog) : catalog;
    return from.isEmpty() ? Optional.empty() : Optional.of(PolicyFiles.catalog(from));
  }

  private static List<AccountFacts> accounts(Optional<Configuration> configuration) {
    return configuration.map(Configuration::accounts).orElse(List.of()).stream()
        .map(Account::facts)
        .toList();
  }

  /** Of those that come by themselves or are added, only their environments are known. */
  private static List<EnvironmentPattern> toCome(Optional<Configuration> configuration) {
    return configuration.flatMap(Configuration::azure).map(Azure::accountsWithin).stream()
        .flatMap(List::stream)
        .flatMap(within -> within.environments().stream())
        .toList();
  }

  private void print(List<Finding> findings) {
    findings.forEach(finding -> output.line(finding.toText()));
    output.line(
        findings.isEmpty() ? "Nothing found." : Text.count(findings.size(), "finding") + ".");
  }

  private static Map<String, Object> document(Finding finding) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("code", finding.code().toString());
    document.put("rule", finding.rule().value());
    document.put("file", finding.where().file());
    document.put("line", finding.where().line());
    document.put("column", finding.where().column());
    document.put("message", finding.where().message());
    document.put("advice", finding.advice());
    return document;
  }
}
