package dev.ephemeris.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What tests of a policy say of whoever asks, and when; and what they expect besides an answer. */
class CircumstancesOfTestsTest {
  private static final GroupRef TEAM = new GroupRef("default", "team");
  private static final UserRef ADA = new UserRef("default", "ada");
  private static final Catalog CATALOG =
      new Catalog(
          Map.of(ADA, Set.of(TEAM)),
          Map.of(TEAM, Set.of()),
          Map.of(
              "group:default/team",
              Set.of(new OwnedScope("shop:/dbs/web/colls/orders")),
              "user:default/ada",
              Set.of(new OwnedScope("shop:/dbs/own"))));

  private static TestResult result(String rule, String test) {
    PolicyText policy =
        PolicyText.parse(
            List.of(
                new PolicySource(
                    "policy.yaml",
                    "apiVersion: ephemeris.dev/v1\nrules: [{ name: r, actions: [items/read], "
                        + rule
                        + " }]\n")));
    String file =
        """
        apiVersion: ephemeris.dev/v1
        catalog: { files: [org.yaml] }
        principals:
          agent: { principal: agent, actsFor: 'user:ada' }
          of-agent: { principal: agent, actsFor: service }
          service: { principal: workload, issuer: ci, claims: { ref: main } }
          member: { groups: ['group:team'] }
        accounts: [{ name: shop, environment: prod }]
        tests: [{ %s, scope: 'shop:/dbs/web/colls/orders' }]
        """
            .formatted(test);
    return PolicyTests.parse(new PolicySource("my.test.yaml", file))
        .run(policy, CATALOG)
        .getFirst();
  }

  @ParameterizedTest(name = "{0}: {1}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          when: { mfa: true }                        | mfa: true                     | can
          when: { mfa: true }                        | mfa: false                    | cannot
          when: { mfa: true }                        | name: without                 | cannot
          when: { reason: '.{4,}' }                  | reason: stuck                 | can
          when: { reason: '.{4,}' }                  | reason: 'no'                  | cannot
          when: { reason: '.{4,}' }                  | name: without                 | cannot
          when: { ticket: 'OPS-[0-9]+' }             | ticket: OPS-17                | can
          when: { ticket: 'OPS-[0-9]+' }             | ticket: XOPS-17               | cannot
          when: { ticket: 'OPS-[0-9]+' }             | name: without                 | cannot
          when: { clients: [cli, app] }              | client: app                   | can
          when: { clients: [cli, app] }              | client: other                 | cannot
          when: { network: [192.0.2.0/24] }          | from: 192.0.2.9               | can
          when: { network: [192.0.2.0/24] }          | from: 192.0.3.9               | cannot
          when: { window: { from: '08:00', to: '09:00', zone: UTC } } | at: '2026-11-24T08:59:59Z' | can
          when: { window: { from: '08:00', to: '09:00', zone: UTC } } | at: '2026-11-24T10:00:00+01:00' | cannot
          partitionKey: [eu, acme]                   | partitionKey: [eu, acme]      | can
          partitionKey: [eu, acme]                   | partitionKey: [eu, acme, x]   | can
          partitionKey: [eu, acme]                   | partitionKey: [eu]            | cannot
          partitionKey: [eu, acme]                   | partitionKey: [eu, other]     | cannot
          partitionKey: [eu, acme]                   | name: without                 | cannot
          """)
  void say(String rule, String circumstance, String expected) {
    String for_ = "for: { principal: person }, scopes: ['*:/'], " + rule;

    assertThat(result(for_, "who: 'user:ada', " + expected + ": [items/read], " + circumstance))
        .matches(TestResult::passed);
    String other = expected.equals("can") ? "cannot" : "can";
    assertThat(result(for_, "who: 'user:ada', " + other + ": [items/read], " + circumstance))
        .matches(result -> !result.passed());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          network: [192.0.2.0/24], clients: [cli], mfa: true             | client and from
          window: { from: '08:00', to: '09:00', zone: UTC }, mfa: true   | at
          clients: [cli]                                                 | client
          """)
  void mustBeSaidWhereARuleBearsThatAsksForThem(String when, String say) {
    TestResult result =
        result(
            "for: { principal: person }, scopes: ['*:/'], when: { " + when + " }",
            "who: 'user:ada', cannot: [items/read]");

    assertThat(result.toText()).contains("got it depends: say " + say + " in this test");
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          for: { users: ['user:ada'] }                                     | user:ada    | can
          for: { users: ['user:ada'] }                                     | member      | cannot
          for: { owners: true }                                            | user:ada    | can
          for: { owners: true }                                            | member      | can
          for: { owners: true }                                            | group:team  | can
          for: { owners: true }                                            | service     | cannot
          for: { issuer: ci, claims: { ref: main } }                       | service     | can
          for: { issuer: ci }                                              | member      | cannot
          """)
  void knowWhoItIs(String for_, String who, String expected) {
    String rule = for_ + ", scopes: ['*:/']";

    assertThat(result(rule, "who: '" + who + "', " + expected + ": [items/read]"))
        .matches(TestResult::passed);
  }

  /** Whom an agent acts for must be allowed it too, by a rule of their own. */
  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          for: { actsFor: { users: ['user:ada'] } }                        | agent       | can
          for: { actsFor: { groups: ['group:team'], principal: person } }  | agent       | can
          for: { actsFor: { groups: ['group:team'] } }                     | of-agent    | cannot
          for: { actsFor: { principal: workload } }                        | of-agent    | can
          for: { actsFor: { principal: workload } }                        | agent       | cannot
          """)
  void knowWhomTheyActFor(String for_, String who, String expected) {
    String test = "who: '" + who + "', " + expected + ": [items/read]";
    String theirs =
        "for: { issuer: ci }, scopes: ['*:/'] }, { name: s, actions: [items/read], for: { users:"
            + " ['user:ada'] }, scopes: ['*:/'] }, { name: t, actions: [items/read], ";

    assertThat(result(theirs + for_ + ", scopes: ['*:/']", test)).matches(TestResult::passed);
    assertThat(
            result(
                for_ + ", scopes: ['*:/']",
                "who: '"
                    + who
                    + "', cannot: [items/read]"
                    + (expected.equals("can") ? ", because: acted-for-may-not" : "")))
        .matches(TestResult::passed);
  }

  @Test
  void mayExpectMasksAndApprovals() {
    String rule =
        "for: { principal: person }, scopes: ['*:/'], mask: [/b, /a],"
            + " approval: { from: ['group:dba'], count: 2, expires: 2h }";
    String test = "who: 'user:ada', can: [items/read], ";

    assertThat(result(rule, test + "masked: [/a, /b]")).matches(TestResult::passed);
    assertThat(result(rule, test + "approval: { from: ['group:dba'], count: 2, expires: 2h }"))
        .matches(TestResult::passed);
    assertThat(
            result(rule, test + "masked: [/c, /a], approval: { from: ['group:team'], expires: 1h }")
                .toText())
        .contains(
            "expected allowed, masks /a and /c, after approval by 1 of group:default/team;"
                + " got allowed by 'r', masks /a and /b, after approval by 2 of group:default/dba");
  }

  @Test
  void refuseAgentsOfAgents() {
    assertThat(
            catchThrowable(
                () ->
                    PolicyTests.parse(
                            new PolicySource(
                                "my.test.yaml",
                                """
                                apiVersion: ephemeris.dev/v1
                                principals:
                                  one: { principal: agent, actsFor: two }
                                  two: { principal: agent, actsFor: three }
                                  three: {}
                                accounts: [{ name: shop, environment: prod }]
                                tests: [{ who: one, can: [reads], scope: 'shop:/' }]
                                """))
                        .run(
                            PolicyText.parse(
                                List.of(
                                    new PolicySource(
                                        "policy.yaml", "apiVersion: ephemeris.dev/v1\n"))),
                            Catalog.EMPTY)))
        .hasMessageContaining("'one' acts for 'two', who acts for somebody too");
  }
}
