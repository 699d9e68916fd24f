package dev.ephemeris.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ephemeris.policy.yaml.Problem;
import dev.ephemeris.policy.yaml.YamlException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class PolicyTestsTest {
  private static final GroupRef ON_CALL = new GroupRef("default", "on-call");
  private static final GroupRef TEAM = new GroupRef("default", "orders-team");
  private static final Catalog CATALOG =
      new Catalog(
          Map.of(
              new UserRef("default", "ada"),
              Set.of(ON_CALL, TEAM),
              new UserRef("guests", "ada"),
              Set.of()),
          Map.of(ON_CALL, Set.of(TEAM), TEAM, Set.of()),
          Map.of("group:default/orders-team", Set.of(new OwnedScope("*:/dbs/shop/colls/orders"))),
          Map.of(
              "component:default/orders-api",
              new Component("component:default/orders-api", Set.of(), Set.of(TEAM), Set.of())));
  private static final PolicyText DECISIONS =
      PolicyText.parse(
          List.of(new PolicySource("decisions.yaml", Policies.text("decisions.yaml"))));
  private static final String HEAD =
      """
      apiVersion: ephemeris.dev/v1
      catalog: { files: [org.yaml] }
      principals: { copilot: { principal: agent, groups: [group:default/on-call] } }
      accounts: [{ name: orders-prod, environment: prod }]
      tests:
      """;

  @Test
  void testsWorkloadsOfTheCatalog() {
    PolicyText policy =
        PolicyText.parse(
            List.of(
                new PolicySource(
                    "policy.yaml",
                    """
                    apiVersion: ephemeris.dev/v1
                    rules:
                      - name: the team's services read
                        for: { groups: [group:orders-team], principal: workload }
                        role: data-reader
                        scopes: ["*:/"]
                        ttl: { default: 1h, max: 1h }
                    """)));

    assertThat(
            parse(
                    HEAD
                        + """
                        - { who: 'component:default/orders-api', can: [items/read], scope: 'orders-prod:/dbs/shop/colls/orders' }
                        - { who: 'user:ada', cannot: [items/read], scope: 'orders-prod:/dbs/shop/colls/orders' }
                        """)
                .run(policy, CATALOG))
        .allMatch(TestResult::passed);
    assertThatExceptionOfType(YamlException.class)
        .isThrownBy(
            () ->
                parse(
                        HEAD
                            + """
                            - { who: 'component:default/orders-ap', can: [items/read], scope: 'orders-prod:/' }
                            """)
                    .run(policy, CATALOG))
        .withMessageContaining(
            "'component:default/orders-ap' isn't in the catalog; did you mean"
                + " 'component:default/orders-api'?");
  }

  @Test
  void testsEphemerissOwnActions() {
    PolicyText policy =
        PolicyText.parse(
            List.of(
                new PolicySource(
                    "policy.yaml",
                    """
                    apiVersion: ephemeris.dev/v1
                    rules:
                      - name: on call audits
                        for: { groups: [group:on-call], principal: person }
                        actions: [ephemeris/audit/read]
                    """)));
    PolicyTests tests =
        parse(
            HEAD
                + """
                - { who: 'user:ada', can: [ephemeris/audit/read], rule: on call audits }
                - { who: copilot, cannot: [ephemeris/*], because: no-rule }
                - { who: copilot, can: [ephemeris/audit/read] }
                """
                    .indent(2));

    List<TestResult> results = tests.run(policy, CATALOG);

    assertThat(results).extracting(TestResult::passed).containsExactly(true, true, false);
    assertThat(results.getLast().toText().lines())
        .containsExactly(
            "my.test.yaml:8:5: copilot can ephemeris/audit/read",
            "  ephemeris/audit/read: expected allowed; got denied, no-rule",
            "    near miss  on call audits (allow)",
            "               it is for subject person in group:default/on-call");
    assertThat(Coverage.of(policy, results).percent()).isEqualTo(100);
  }

  @Test
  void findsThatAPolicyDoesWhatItsTestsSay() {
    PolicyTests tests = parse(Policies.text("decisions.test.yaml"));

    List<TestResult> results = tests.run(DECISIONS, Catalog.EMPTY);

    assertThat(results).hasSize(11).allSatisfy(result -> assertThat(result.mismatches()).isEmpty());
    assertThat(results).allMatch(TestResult::passed);
    assertThat(results.getFirst().test())
        .hasToString("my.test.yaml:12:5: alice can reads on orders-prod:/dbs/shop/colls/orders");
    assertThat(results)
        .extracting(result -> result.test().message())
        .contains(
            "agents may read",
            "alice cannot items/create on orders-box:/ with lease-key",
            "batch can items/read on orders-prod:/dbs/shop/colls/orders in lane token");
  }

  @Test
  void findsThatAPolicyDoesOtherwiseWhenTheTestsSayTheContrary() {
    String contrary =
        Policies.text("decisions.test.yaml")
            .replaceAll("(rule|because|ttl): ([^,{}]+|\\{[^}]+})(, )?", "")
            .replace(" can:", " was:")
            .replace(" cannot:", " can:")
            .replace(" was:", " cannot:")
            .replaceAll(", }", " }");

    assertThat(parse(contrary).run(DECISIONS, Catalog.EMPTY))
        .hasSize(11)
        .noneMatch(TestResult::passed);
  }

  @Test
  void tellsWhatWasExpectedWhatCameAndWhatCameNear() {
    TestResult result =
        first(
            """
            - { who: copilot, can: [items/read, items/replace], scope: "orders-prod:/dbs/shop" }
            """);

    assertThat(result.toText())
        .isEqualTo(
            """
            my.test.yaml:6:3: copilot can items/read, items/replace on orders-prod:/dbs/shop
              items/read: expected allowed; got denied, no-rule
                near miss  developers own previews (allow)
                           it is for environment preview-*, sandbox
                near miss  orders team operates the shop (allow)
                           it is for subject person in group:default/orders-team
                near miss  orders team reads production (allow)
                           it is for scope orders-prod:/dbs/shop/colls/orders
              items/replace: expected allowed; got denied, denied-by-rule by 'agents never change production'
                matches    agents never change production (deny)
                near miss  developers own previews (allow)
                           it is for environment preview-*, sandbox
                near miss  orders team operates the shop (allow)
                           it is for subject person in group:default/orders-team\
            """);
    assertThat(
            first("- { who: 'user:ada', cannot: [items/replace], scope: 'orders-prod:/dbs/shop' }")
                .toText())
        .as("what might have denied it")
        .isEqualTo(
            """
            my.test.yaml:6:3: user:ada cannot items/replace on orders-prod:/dbs/shop
              items/replace: expected denied; got allowed by 'orders team operates the shop'
                matches    orders team operates the shop (allow)
                near miss  agents never change production (deny)
                           it is for subject agent\
            """);
  }

  @Test
  void findsTheNearMissesOfTheLaneAndTheCredentialThatATestIsOf() {
    assertThat(near("lane: rbac, scope: 'orders-prod:/dbs/shop/colls/orders'"))
        .contains("near miss  batch jobs fetch orders directly (allow)");
    assertThat(near("credential: own-token, scope: 'orders-prod:/dbs/shop/colls/orders'"))
        .contains("matches    orders team reads production (allow)");
    assertThat(near("credential: lease-key, scope: 'orders-prod:/dbs/shop/colls/orders'"))
        .contains("near miss  orders team reads production (allow)")
        .contains("it is for credential lease-token, own-token");
  }

  private static String near(String how) {
    String expectation = how.contains("own-token") ? "cannot" : "can";
    return first("- { who: 'user:ada', %s: [items/read], %s }\n".formatted(expectation, how))
        .toText();
  }

  @Test
  void failsATestOfAnotherRuleReasonOrTime() {
    String allowed = "- { who: 'user:ada', can: [items/read], scope: 'orders-prod:/dbs/shop', ";
    String denied = "- { who: copilot, cannot: [items/replace], scope: 'orders-prod:/dbs/shop', ";

    assertThat(first(allowed + "rule: orders team reads production }\n").toText())
        .contains(
            "items/read: expected allowed by 'orders team reads production';"
                + " got allowed by 'orders team operates the shop'");
    assertThat(first(denied + "because: no-rule }\n").toText())
        .contains(
            "items/replace: expected denied, no-rule;"
                + " got denied, denied-by-rule by 'agents never change production'");
    assertThat(first(denied + "rule: nobody reads the vault }\n").toText())
        .contains("items/replace: expected denied by 'nobody reads the vault'; got denied");
    assertThat(first(allowed + "ttl: { default: 30m, max: 4h } }\n").toText())
        .endsWith(
            "\n  ttl: expected default PT30M, max PT4H;"
                + " got default PT30M, max PT12H, by 'orders team operates the shop'");
    assertThat(first(denied + "because: denied-by-rule }\n").passed()).isTrue();
    assertThat(first(allowed + "ttl: { default: 30m, max: 12h } }\n").passed()).isTrue();
  }

  @Test
  void knowsTheCatalogsPeopleAndGroupsAndTheGroupsAbove() {
    String reads = "can: [items/read], scope: 'orders-prod:/dbs/shop/colls/orders' }\n";
    String cannot = reads.replace("can", "cannot");

    assertThat(first("- { who: 'user:default/ada', " + reads).passed()).isTrue();
    assertThat(first("- { who: 'User:Ada', " + reads).passed()).isTrue();
    assertThat(first("- { who: 'user:guests/ada', " + cannot).passed()).isTrue();
    assertThat(first("- { who: 'group:default/on-call', " + reads).passed()).isTrue();
    assertThat(first("- { who: copilot, " + reads).passed()).isTrue();
  }

  @Test
  void refusesWhoIsNotInTheCatalog() {
    String reads = "can: [items/read], scope: 'orders-prod:/dbs/shop/colls/orders' }\n";

    assertThat(refusals(HEAD + "- { who: 'user:adda', " + reads, CATALOG))
        .containsExactly("my.test.yaml:6:10: 'user:adda' isn't in the catalog");
    assertThat(refusals(HEAD + "- { who: 'user:default/adda', " + reads, CATALOG))
        .containsExactly(
            "my.test.yaml:6:10: 'user:default/adda' isn't in the catalog;"
                + " did you mean 'user:default/ada'?");
    assertThat(refusals(HEAD + "- { who: 'group:on-cal', " + reads, CATALOG))
        .containsExactly("my.test.yaml:6:10: 'group:on-cal' isn't in the catalog");
    assertThat(
            refusals(
                HEAD.replace("default/on-call", "default/on-cal") + "- { who: copilot, " + reads,
                CATALOG))
        .containsExactly(
            "my.test.yaml:3:44: 'group:default/on-cal' isn't in the catalog;"
                + " did you mean 'group:default/on-call'?");
  }

  @ParameterizedTest(name = "{0}")
  @CsvFileSource(resources = "test-refusals.csv", delimiter = '|', numLinesToSkip = 1)
  void refuses(String what, String test, String problem) {
    String text =
        """
        apiVersion: ephemeris.dev/v1

        principals: { ada: {} }

        accounts: [{ name: abc, environment: prod }]
        tests:
        - %s
        """
            .formatted(test);

    assertThat(refusals(text, Catalog.EMPTY).getFirst()).startsWith("my.test.yaml:" + problem);
  }

  @Test
  void refusesAFileThatTestsNothingOrHasAnAccountTwice() {
    String text =
        """
        apiVersion: ephemeris.dev/v1
        catalog: { files: [%s] }
        accounts: [%s{ name: abc, environment: prod }]
        tests: [%s]
        """;
    String account = "{ name: abc, environment: prod }, ";
    String test = "{ who: 'group:a', cannot: [reads], scope: 'abc:/' }";

    assertThat(refusals(text.formatted("a.yaml", "", ""), Catalog.EMPTY))
        .containsExactly("my.test.yaml:4:1: expected at least one");
    assertThat(refusals(text.formatted("a.yaml", account, test), Catalog.EMPTY))
        .containsExactly("my.test.yaml:3:54: this account stands here twice");
    assertThat(refusals(text.formatted("", "", test), Catalog.EMPTY))
        .containsExactly("my.test.yaml:2:12: expected at least one");
    assertThat(refusals(text.formatted("", "", test).replace("abc", "A"), Catalog.EMPTY))
        .contains(
            "my.test.yaml:3:20: 'A' can't be an account; expected 3 to 44 lower-case letters,"
                + " digits and hyphens");
  }

  @Test
  void tellsOfAllNamesThatThereAreNotAtOnce() {
    assertThat(
            refusals(
                HEAD
                    + "- { who: a, can: [reads], scope: 'orders-box:/', rule: b }\n"
                    + "- { who: c, can: [reads], scope: 'orders-prod:/' }\n",
                CATALOG))
        .hasSize(4);
  }

  @Test
  void findsTheCatalogBesideTheFileAndTheAccounts() {
    PolicyTests tests =
        PolicyTests.parse(
            new PolicySource(
                "a/b/my.test.yaml",
                HEAD + "- { who: copilot, can: [reads], scope: 'orders-prod:/' }\n"));

    assertThat(tests.catalogFiles()).containsExactly(Path.of("a", "b", "org.yaml"));
    assertThat(tests.accounts())
        .containsExactly(new AccountFacts("orders-prod", "prod", Set.of(Lane.PROXY)));
    assertThat(parse(Policies.text("decisions.test.yaml")).catalogFiles()).isEmpty();
  }

  @Test
  void countsTheRulesThatDecided() {
    List<TestResult> results =
        parse(Policies.text("decisions.test.yaml")).run(DECISIONS, Catalog.EMPTY);

    Coverage all = Coverage.of(DECISIONS, results);
    Coverage one = Coverage.of(DECISIONS, results.subList(4, 5));

    assertThat(results.getFirst().decidedBy())
        .as("by decisions and by the lease")
        .extracting(RuleName::value)
        .containsExactly("orders team operates the shop", "orders team reads production");
    assertThat(all).isEqualTo(new Coverage(7, List.of()));
    assertThat(all.percent()).isEqualTo(100);
    assertThat(one.exercised()).isEqualTo(1);
    assertThat(one.percent()).isEqualTo(14);
    assertThat(one.unexercised())
        .hasSize(6)
        .contains(
            new Problem(
                "decisions.yaml", 9, 11, "no test exercises 'orders team reads production'"));
    assertThat(new Coverage(0, List.of()).percent()).isEqualTo(100);
  }

  private static TestResult first(String test) {
    return parse(HEAD + test).run(DECISIONS, CATALOG).getFirst();
  }

  private static PolicyTests parse(String text) {
    return PolicyTests.parse(new PolicySource("my.test.yaml", text));
  }

  private static List<String> refusals(String text, Catalog catalog) {
    PolicyText policy =
        PolicyText.parse(
            List.of(
                new PolicySource(
                    "policy.yaml",
                    """
                    apiVersion: ephemeris.dev/v1
                    rules:
                    - { name: people read, for: { principal: person }, role: data-reader, scopes: ["*:/"] }
                    """)));
    return assertThatExceptionOfType(YamlException.class)
        .isThrownBy(() -> parse(text).run(policy, catalog))
        .actual()
        .problems()
        .stream()
        .map(Problem::toString)
        .toList();
  }
}
