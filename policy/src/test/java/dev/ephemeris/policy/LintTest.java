package dev.ephemeris.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.policy.Finding.Code;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class LintTest {
  private static final GroupRef ON_CALL = new GroupRef("default", "on-call");
  private static final GroupRef TEAM = new GroupRef("default", "team");
  private static final Catalog CATALOG =
      new Catalog(
          Map.of(UserRef.parse("user:ada"), Set.of(), UserRef.parse("user:bob"), Set.of()),
          Map.of(ON_CALL, Set.of(TEAM), TEAM, Set.of()),
          Map.of());
  private static final List<AccountFacts> ACCOUNTS =
      List.of(
          new AccountFacts("shop-prod", "prod", Set.of(Lane.PROXY)),
          new AccountFacts("shop-box", "sandbox", Set.of(Lane.PROXY, Lane.TOKEN)));

  @ParameterizedTest(name = "{0}")
  @CsvFileSource(resources = "findings.csv", delimiter = '|', numLinesToSkip = 1)
  void finds(String what, String rule, String other, String found) {
    assertThat(codes("- " + rule + "\n- " + other)).isEqualTo(found.equals("-") ? "" : found);
    // The order of rules means nothing.
    assertThat(codes("- " + other + "\n- " + rule)).isEqualTo(found.equals("-") ? "" : found);
  }

  private static String codes(String rules) {
    List<Finding> findings = Lint.of(policy(rules), Optional.of(CATALOG), ACCOUNTS, List.of());
    return String.join(
        ", ", findings.stream().map(each -> each.code() + " " + each.rule()).sorted().toList());
  }

  @Test
  void saysWhereWhyAndWhatToDo() {
    PolicyText policy =
        policy(
            """
            - name: everybody writes
              for: { principal: person }
              role: data-contributor
              scopes: ["shop-prod:/dbs/shop", "shop-*:/", "*:/dbs/*"]
              environments: [prod]
              ttl: { default: 1h, max: 2h }
            - name: the teem reads
              for: { groups: [group:default/teem, group:default/no-such-group] }
              actions: [items/read]
              scopes: ["shop-pord:/"]
              lanes: [token]
              limits: { itemsPerPage: 5 }
            - name: on call reads
              for: { groups: [group:default/on-call] }
              actions: [items/read]
              scopes: ["shop-prod:/"]
              lanes: [token]
              ttl: { default: 1h, max: 2h }
            """
                .replace("\"shop-*:/\", ", ""));

    assertThat(Lint.of(policy, Optional.of(CATALOG), ACCOUNTS, List.of()))
        .extracting(Finding::toText)
        .containsExactly(
            """
            policy.yaml:6:3: 'everybody writes' lets any person do items/create and 5 more on all of *:/dbs/* [too-broad]
                name groups, or one database\
            """,
            """
            policy.yaml:9:9: 'the teem reads' is for no account that there is [unreachable]
                look for a slip in scopes and environments; the accounts are shop-box (sandbox), shop-prod (prod)\
            """,
            """
            policy.yaml:9:9: 'the teem reads' doesn't say how long leases last [missing-ttl]
                add ttl: { default: 1h, max: 8h }, which holds now, or less\
            """,
            """
            policy.yaml:10:10: 'the teem reads' is for group:default/no-such-group, which isn't in the catalog [unknown-group]
                add the group to the catalog, or take it out of the rule\
            """,
            """
            policy.yaml:10:10: 'the teem reads' is for group:default/teem, which isn't in the catalog [unknown-group]
                did you mean 'group:default/team'?\
            """,
            """
            policy.yaml:19:3: 'on call reads' is for lanes that none of its accounts permits [unreachable]
                permit one of them in the configuration of shop-prod, or take the rule out\
            """);
  }

  @Test
  void saysWhichRuleShadowsAnother() {
    PolicyText policy =
        policy(
            """
            - { name: stop, effect: deny, for: { groups: [group:default/team] }, actions: [code] }
            - { name: run, for: { groups: [group:default/on-call] }, actions: [code], scopes: ["*:/dbs/a"], ttl: { default: 1h, max: 2h }, limits: { itemsPerPage: 5 } }
            - { name: wide, for: { groups: [group:default/team] }, actions: [reads], scopes: ["*:/dbs/a"], ttl: { default: 1h, max: 2h }, limits: { itemsPerPage: 5 } }
            - { name: narrow, for: { groups: [group:default/team] }, actions: [items/read], scopes: ["*:/dbs/a/colls/b"], ttl: { default: 1h, max: 2h }, limits: { itemsPerPage: 5 } }
            """);

    assertThat(Lint.of(policy, Optional.of(CATALOG), ACCOUNTS, List.of()))
        .extracting(Finding::toText)
        .containsExactly(
            """
            policy.yaml:4:11: 'run' changes nothing: all of it is denied by 'stop' [shadowed]
                take it out, or narrow the other\
            """,
            """
            policy.yaml:6:11: 'narrow' changes nothing: all of it is allowed by 'wide' [shadowed]
                take it out, or narrow the other\
            """);
    assertThat(Lint.of(policy, Optional.empty(), ACCOUNTS, List.of()))
        .as("who can't know that on-call is in the team")
        .extracting(Finding::rule)
        .containsExactly(new RuleName("narrow"));
  }

  @Test
  void missesNoAccountThatMayComeInAnEnvironmentOfTheRules() {
    PolicyText policy =
        policy(
            """
            - { name: previews, for: { groups: [group:default/team] }, actions: [reads], scopes: ["*:/dbs/a"], environments: [preview-*], lanes: [token], ttl: { default: 1h, max: 2h }, limits: { itemsPerPage: 5 } }
            - { name: one preview, for: { groups: [group:default/team] }, actions: [reads], scopes: ["shop-pr-7:/dbs/b"], environments: [preview-7], ttl: { default: 1h, max: 2h }, limits: { itemsPerPage: 5 } }
            - { name: production too, for: { groups: [group:default/team] }, actions: [reads], scopes: ["*:/dbs/c"], environments: [prod, preview-9], lanes: [token], ttl: { default: 1h, max: 2h } }
            - { name: staging, for: { groups: [group:default/team] }, actions: [reads], scopes: ["*:/dbs/d"], environments: [staging], ttl: { default: 1h, max: 2h }, limits: { itemsPerPage: 5 } }
            - { name: a slip, for: { groups: [group:default/team] }, actions: [reads], scopes: ["shop-pord:/dbs/e"], ttl: { default: 1h, max: 2h }, limits: { itemsPerPage: 5 } }
            """);

    assertThat(unreachable(policy, List.of(EnvironmentPattern.parse("preview-*"))))
        .containsExactlyInAnyOrder("previews lanes", "staging accounts", "a slip accounts");
    assertThat(unreachable(policy, List.of()))
        .containsExactlyInAnyOrder(
            "previews accounts",
            "one preview accounts",
            "production too lanes",
            "staging accounts",
            "a slip accounts");
  }

  private static List<String> unreachable(PolicyText policy, List<EnvironmentPattern> toCome) {
    return Lint.of(policy, Optional.of(CATALOG), ACCOUNTS, toCome, List.of()).stream()
        .filter(finding -> finding.code() == Finding.Code.UNREACHABLE)
        .map(
            finding ->
                finding.rule().value()
                    + (finding.where().message().contains("no account") ? " accounts" : " lanes"))
        .toList();
  }

  @Test
  void findsNoUnknownGroupsWithoutACatalogAndNoUnreachableAccountsWithoutAccounts() {
    PolicyText policy =
        policy(
            """
            - { name: r, for: { groups: [group:a] }, actions: [reads], scopes: ["nowhere:/"], lanes: [token], ttl: { default: 1h, max: 2h } }
            """);

    assertThat(Lint.of(policy, Optional.empty(), List.of(), List.of())).isEmpty();
    assertThat(Lint.of(policy, Optional.of(CATALOG), ACCOUNTS, List.of()))
        .extracting(Finding::code)
        .containsExactly(Code.UNREACHABLE, Code.UNKNOWN_GROUP);
  }

  @Test
  void goesThroughTheFilesFromTopToBottom() {
    String everybody =
        """
        apiVersion: ephemeris.dev/v1
        rules:
        %s- { name: %s, for: { principal: person }, actions: [writes], scopes: ["*:/"] }
        """;
    PolicyText policy =
        PolicyText.parse(
            List.of(
                new PolicySource("b.yaml", everybody.formatted("", "b")),
                new PolicySource("a.yaml", everybody.formatted("\n", "a"))));

    assertThat(Lint.of(policy, Optional.empty(), List.of(), List.of()))
        .filteredOn(finding -> finding.code() != Code.SHADOWED)
        .extracting(finding -> finding.where().file() + " " + finding.code())
        .containsExactly(
            "a.yaml missing-ttl", "a.yaml too-broad", "b.yaml missing-ttl", "b.yaml too-broad");
  }

  private static PolicyText policy(String rules) {
    return PolicyText.parse(
        List.of(new PolicySource("policy.yaml", "apiVersion: ephemeris.dev/v1\nrules:\n" + rules)));
  }
}
