package dev.ephemeris.gateway.cli;

import dev.ephemeris.config.Configuration;
import dev.ephemeris.config.ConfigurationException;
import dev.ephemeris.gateway.policy.Candidates;
import dev.ephemeris.gateway.policy.PolicyRefusedException;
import dev.ephemeris.policy.AccountFacts;
import dev.ephemeris.policy.Candidate;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.Scope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Of whom, and for which accounts, a policy is asked without a gateway. */
final class Population {

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The gateway's configuration: its accounts, issuers, catalog and policy.")
  private Optional<Path> config = Optional.empty();

  @Option(
      names = "--catalog",
      paramLabel = "FILE",
      description = "A catalog file, several times for several; else the configuration's.")
  private List<Path> catalog = List.of();

  @Option(
      names = "--account",
      paramLabel = "NAME=ENV",
      description = "Without --config: an account and its environment, several times for several.")
  private Map<String, String> accounts = new LinkedHashMap<>();

  /** The configuration, if one is named. */
  Optional<Configuration> configuration() throws Failure {
    return configuration(config);
  }

  /** What is in a file of configuration, if one is named. */
  static Optional<Configuration> configuration(Optional<Path> file) throws Failure {
    try {
      return file.map(Configuration::read);
    } catch (ConfigurationException e) {
      throw new Failure(Failure.Kind.LOCAL, String.valueOf(e.getMessage()));
    }
  }

  List<AccountFacts> accounts() throws Failure {
    Optional<Configuration> read = configuration();
    if (read.isPresent() != accounts.isEmpty()) {
      throw new Failure(
          Failure.Kind.USAGE, "for which accounts? Give --config, or else --account NAME=ENV.");
    }
    List<AccountFacts> facts = new ArrayList<>();
    read.ifPresent(
        configuration -> configuration.accounts().forEach(each -> facts.add(each.facts())));
    try {
      accounts.forEach(
          (name, environment) ->
              facts.add(new AccountFacts(name, environment, Set.of(Lane.PROXY))));
    } catch (IllegalArgumentException e) {
      throw new Failure(Failure.Kind.USAGE, String.valueOf(e.getMessage()));
    }
    return facts;
  }

  /** The account that this is in. */
  AccountFacts account(Scope scope) throws Failure {
    return accounts().stream()
        .filter(each -> each.name().equals(scope.account()))
        .findFirst()
        .orElseThrow(
            () -> new Failure(Failure.Kind.USAGE, "there is no account '" + scope.account() + "'"));
  }

  /** The policy of these files, or, if none are named, the configuration's. */
  Policy policy(List<Path> named) throws Failure {
    List<Path> files =
        named.isEmpty()
            ? configuration()
                .map(Configuration::policy)
                .map(Configuration.Sources::files)
                .orElse(List.of())
            : named;
    if (files.isEmpty()) {
      throw new Failure(Failure.Kind.USAGE, "by which policy? Give --policy, or --config.");
    }
    return PolicyFiles.parse(files);
  }

  /** See {@link Candidates}; and those whom these policies describe. */
  List<Candidate> candidates(Policy... policies) throws Failure {
    return Stream.concat(
            inCatalog().stream(),
            Arrays.stream(policies).flatMap(policy -> policy.described().stream()).distinct())
        .toList();
  }

  private List<Candidate> inCatalog() throws Failure {
    Optional<Configuration> read = configuration();
    List<Path> files =
        catalog.isEmpty()
            ? read.map(Configuration::catalog).map(Configuration.Catalog::files).orElse(List.of())
            : catalog;
    if (files.isEmpty()) {
      throw new Failure(
          Failure.Kind.USAGE,
          read.isPresent()
              ? "of whom? The configuration's catalog isn't in files; give some with --catalog."
              : "of whom? Give --catalog, or --config.");
    }
    try {
      return Candidates.in(files, read.map(Configuration::issuers).orElse(List.of()));
    } catch (PolicyRefusedException e) {
      throw new Failure(Failure.Kind.LOCAL, e.problems().getFirst());
    }
  }
}
