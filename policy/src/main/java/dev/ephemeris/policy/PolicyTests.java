package dev.ephemeris.policy;

import dev.ephemeris.policy.TestFile.AccountEntry;
import dev.ephemeris.policy.TestFile.PrincipalEntry;
import dev.ephemeris.policy.TestFile.TestEntry;
import dev.ephemeris.policy.yaml.Problem;
import dev.ephemeris.policy.yaml.Suggestion;
import dev.ephemeris.policy.yaml.YamlException;
import dev.ephemeris.policy.yaml.YamlFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** One file of tests of a policy: who can do what where, and who cannot. Immutable. */
public final class PolicyTests {
  private final YamlFile<TestFile> file;

  private PolicyTests(YamlFile<TestFile> file) {
    this.file = file;
  }

  /**
   * Reads a file of tests.
   *
   * @throws YamlException with every problem found, each with file, line and column
   */
  public static PolicyTests parse(PolicySource source) {
    return new PolicyTests(YamlFile.open(source.name(), source.text(), TestFile.class));
  }

  /**
   * The files of the catalog that its people and groups are in, resolved; none if it names none.
   */
  public List<Path> catalogFiles() {
    return file.value().catalog().map(TestFile.CatalogEntry::files).orElse(List.of());
  }

  /** The accounts that the tests speak of. */
  public List<AccountFacts> accounts() {
    return file.value().accounts().stream().map(AccountEntry::facts).toList();
  }

  /**
   * Asks {@code policy} what each test says, in the order of the file.
   *
   * @param catalog what is in {@link #catalogFiles}; of no meaning if there are none
   * @throws YamlException if a test names somebody, an account or a rule that there isn't: it would
   *     say nothing
   */
  public List<TestResult> run(PolicyText policy, Catalog catalog) {
    List<Problem> problems = new ArrayList<>();
    List<TestResult> results = new ArrayList<>();
    List<TestEntry> tests = file.value().tests();
    requireKnownGroups(catalog, problems);
    for (int i = 0; i < tests.size(); i++) {
      TestEntry test = tests.get(i);
      Problem place = file.problem(test.title(), "tests", i);
      Optional<Principal> principal = principal(test, i, catalog, problems);
      requireKnownRule(policy, test, i, problems);
      if (test.scope().isEmpty()) {
        principal
            .map(caller -> new GatewayTestRun(policy.policy(), test, caller).result(place))
            .ifPresent(results::add);
        continue;
      }
      Scope scope = test.scope().get();
      Optional<AccountFacts> account = account(scope, i, problems);
      if (principal.isPresent() && account.isPresent()) {
        results.add(
            new TestRun(policy.policy(), test, principal.get(), account.get(), scope)
                .result(place));
      }
    }
    if (!problems.isEmpty()) {
      throw new YamlException(problems);
    }
    return List.copyOf(results);
  }

  private void requireKnownGroups(Catalog catalog, List<Problem> problems) {
    if (catalogFiles().isEmpty()) {
      return;
    }
    file.value()
        .principals()
        .forEach(
            (name, entry) -> {
              for (GroupRef group : entry.groups()) {
                if (!catalog.groups().containsKey(group)) {
                  problems.add(
                      file.problem(
                          notInCatalog(group.toString(), catalog.groupNames()),
                          "principals",
                          name,
                          "groups"));
                }
              }
            });
  }

  private Optional<Principal> principal(
      TestEntry test, int i, Catalog catalog, List<Problem> problems) {
    try {
      return Optional.of(named(test.who(), catalog));
    } catch (IllegalArgumentException e) {
      problems.add(file.problem(String.valueOf(e.getMessage()), "tests", i, "who"));
      return Optional.empty();
    }
  }

  /** Whom a test calls so; throws IllegalArgumentException if there is nobody. */
  private Principal named(String who, Catalog catalog) {
    Optional<PrincipalEntry> entry = Optional.ofNullable(file.value().principals().get(who));
    if (entry.isPresent()) {
      return described(who, entry.get(), catalog);
    }
    return inCatalog(who, catalog)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown principal '%s'; expected one of those in principals, user:…, group:… or component:…%s"
                        .formatted(who, didYouMean(who, file.value().principals().keySet()))));
  }

  private Principal described(String name, PrincipalEntry entry, Catalog catalog) {
    Set<GroupRef> groups = catalog.withAbove(entry.groups());
    return new Principal(
        new PrincipalId(entry.issuer(), name),
        entry.principal(),
        name,
        Optional.empty(),
        groups,
        catalog.ownedBy(Optional.empty(), groups),
        entry.claims(),
        entry.actsFor().map(whom -> actedFor(name, whom, catalog)));
  }

  private Principal actedFor(String agent, String whom, Catalog catalog) {
    if (Optional.ofNullable(file.value().principals().get(whom))
        .flatMap(PrincipalEntry::actsFor)
        .isPresent()) {
      throw new IllegalArgumentException(
          "'%s' acts for '%s', who acts for somebody too; expected whom it is for in the end"
              .formatted(agent, whom));
    }
    return named(whom, catalog);
  }

  /**
   * A user of the catalog, a member of a group or a workload; empty if {@code who} names none of
   * them.
   */
  private Optional<Principal> inCatalog(String who, Catalog catalog) {
    String ref = who.toLowerCase(Locale.ROOT);
    if (ref.startsWith("user:")) {
      UserRef user = UserRef.parse(who);
      Set<GroupRef> groups =
          Optional.ofNullable(catalog.users().get(user))
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          catalogFiles().isEmpty()
                              ? "'%s' is in no catalog; name its files, or describe somebody in principals"
                                  .formatted(who)
                              : notInCatalog(who, catalog.userNames())));
      return Optional.of(person(who, Optional.of(user), groups, catalog));
    }
    if (ref.startsWith("group:")) {
      GroupRef group = GroupRef.parse(who);
      if (!catalogFiles().isEmpty() && !catalog.groups().containsKey(group)) {
        throw new IllegalArgumentException(notInCatalog(who, catalog.groupNames()));
      }
      return Optional.of(
          person(
              "a member of " + group, Optional.empty(), catalog.withAbove(Set.of(group)), catalog));
    }
    if (ref.startsWith("component:")) {
      return Optional.of(
          Optional.ofNullable(catalog.components().get(ref))
              .map(component -> Principal.workload(new PrincipalId("test", who), component))
              .orElseThrow(
                  () -> new IllegalArgumentException(notInCatalog(who, catalog.componentNames()))));
    }
    return Optional.empty();
  }

  private static Principal person(
      String name, Optional<UserRef> user, Set<GroupRef> groups, Catalog catalog) {
    return new Principal(
        new PrincipalId("test", name),
        PrincipalKind.PERSON,
        name,
        user,
        groups,
        catalog.ownedBy(user, groups),
        Map.of(),
        Optional.empty());
  }

  private Optional<AccountFacts> account(Scope scope, int i, List<Problem> problems) {
    Map<String, AccountFacts> known =
        accounts().stream().collect(Collectors.toMap(AccountFacts::name, facts -> facts));
    String name = scope.account();
    Optional<AccountFacts> account = Optional.ofNullable(known.get(name));
    if (account.isEmpty()) {
      problems.add(
          file.problem(
              "unknown account '%s'; expected one of those in accounts%s"
                  .formatted(name, didYouMean(name, known.keySet())),
              "tests",
              i,
              "scope"));
    }
    return account;
  }

  private void requireKnownRule(PolicyText policy, TestEntry test, int i, List<Problem> problems) {
    List<String> names = policy.ruleNames().stream().map(RuleName::value).toList();
    test.rule()
        .map(RuleName::value)
        .filter(name -> !names.contains(name))
        .ifPresent(
            name ->
                problems.add(
                    file.problem(
                        "the policy has no rule '%s'%s".formatted(name, didYouMean(name, names)),
                        "tests",
                        i,
                        "rule")));
  }

  private static String notInCatalog(String ref, Collection<String> known) {
    return "'%s' isn't in the catalog%s".formatted(ref, didYouMean(ref, known));
  }

  private static String didYouMean(String word, Collection<String> known) {
    return Suggestion.nearest(word, known).map(name -> "; did you mean '" + name + "'?").orElse("");
  }
}
