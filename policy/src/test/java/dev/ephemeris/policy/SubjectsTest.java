package dev.ephemeris.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom a rule is for, beyond groups and kinds; and what of a rule depends on who asks. */
class SubjectsTest {
  private static final AccountFacts ACCOUNT = new AccountFacts("saas", "prod", Set.of(Lane.PROXY));
  private static final Scope EVENTS = Scope.of("saas", "app", "events");

  private static Principal caller(
      Optional<UserRef> user, Set<OwnedScope> owns, Map<String, String> claims) {
    return new Principal(
        new PrincipalId("corp", "alice"),
        PrincipalKind.PERSON,
        "Alice",
        user,
        Set.of(),
        owns,
        claims,
        Optional.empty());
  }

  private static Grant grant(Principal caller, String rule) {
    return Policies.of("rules: [{ name: r, " + rule + " }]").compile(caller, List.of(ACCOUNT));
  }

  private static boolean reads(Grant grant, Scope scope, String... key) {
    return grant.decide(
            Action.ITEMS_READ,
            scope,
            CredentialForm.LEASE_TOKEN,
            new Circumstances.Given(Instant.EPOCH, Optional.empty(), Standing.NONE, List.of(key)))
        instanceof Decision.Allow;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          acme    | *         | true
          acme    | acme      | true
          acme    | acm       | false
          acme    | acme2     | false
          acme    | ac*       | true
          acme    | acme*     | true
          acme    | b*        | false
          Acme    | acme      | false
          """)
  void comparesWhatAnIssuerSays(String said, String wanted, boolean matches) {
    Grant grant =
        grant(
            caller(Optional.empty(), Set.of(), Map.of("tenant", said)),
            "for: { issuer: corp, claims: { tenant: '%s' } }, actions: [reads], scopes: ['*:/']"
                .formatted(wanted));

    assertThat(reads(grant, EVENTS)).isEqualTo(matches);
  }

  @Test
  void wantsAllClaimsOfThatIssuer() {
    String two =
        "for: { issuer: %s, claims: { tenant: acme, env: prod } }, actions: [reads], scopes:"
            + " ['*:/']";
    Principal whole =
        caller(Optional.empty(), Set.of(), Map.of("tenant", "acme", "env", "prod", "more", "x"));
    Principal half = caller(Optional.empty(), Set.of(), Map.of("tenant", "acme"));

    assertThat(reads(grant(whole, two.formatted("corp")), EVENTS)).isTrue();
    assertThat(reads(grant(half, two.formatted("corp")), EVENTS)).isFalse();
    assertThat(reads(grant(whole, two.formatted("other")), EVENTS)).isFalse();
  }

  @Test
  void givesOwnersWhatIsTheirsOfItsScopes() {
    Principal owner =
        caller(
            Optional.empty(),
            Set.of(new OwnedScope("*:/dbs/app/colls/events"), new OwnedScope("other:/")),
            Map.of());
    String rule = "for: { owners: true }, actions: [reads], scopes: ['%s']";

    Grant grant = grant(owner, rule.formatted("saas:/dbs/*/colls/*"));

    assertThat(reads(grant, EVENTS)).isTrue();
    assertThat(reads(grant, Scope.of("saas", "app", "orders"))).isFalse();
    assertThat(reads(grant, Scope.of("saas", "app"))).isFalse();
    assertThat(reads(grant(owner, rule.formatted("saas:/")), EVENTS)).isTrue();
    assertThat(reads(grant(owner, rule.formatted("saas:/dbs/shop")), EVENTS)).isFalse();
    assertThat(
            reads(
                grant(caller(Optional.empty(), Set.of(), Map.of()), rule.formatted("*:/")), EVENTS))
        .isFalse();
  }

  @Test
  void takesThePartitionKeyFromAClaim() {
    String rule =
        "for: { issuer: corp }, actions: [reads], scopes: ['*:/'],"
            + " partitionKey: ['${claims.tenant}', eu]";
    Grant grant = grant(caller(Optional.empty(), Set.of(), Map.of("tenant", "acme")), rule);

    assertThat(reads(grant, EVENTS, "acme", "eu")).isTrue();
    assertThat(reads(grant, EVENTS, "acme", "eu", "more")).isTrue();
    assertThat(reads(grant, EVENTS, "acme")).isFalse();
    assertThat(reads(grant, EVENTS)).isFalse();
    assertThat(reads(grant, EVENTS, "other", "eu")).isFalse();
    assertThat(reads(grant, EVENTS, "${claims.tenant}", "eu")).isFalse();
  }

  /** Nobody gets a key that is empty, or that is a variable's name, by having no such claim. */
  @Test
  void givesNothingWithoutTheClaim() {
    String rule =
        "for: { issuer: corp }, actions: [reads], scopes: ['*:/'], partitionKey:"
            + " ['${claims.tenant}']";
    for (Map<String, String> claims : List.of(Map.<String, String>of(), Map.of("tenant", ""))) {
      Grant grant = grant(caller(Optional.empty(), Set.of(), claims), rule);

      assertThat(reads(grant, EVENTS)).isFalse();
      assertThat(reads(grant, EVENTS, "")).isFalse();
      assertThat(reads(grant, EVENTS, "${claims.tenant}")).isFalse();
    }
  }

  @Test
  void knowsUsersAndWhomAgentsActFor() {
    UserRef ada = UserRef.parse("user:ada");
    Principal person = caller(Optional.of(ada), Set.of(), Map.of());
    Principal agent =
        new Principal(
            new PrincipalId("corp", "copilot"),
            PrincipalKind.AGENT,
            "copilot",
            Optional.empty(),
            Set.of(),
            Set.of(),
            Map.of(),
            Optional.of(person));
    String users = "for: { users: ['user:default/ADA'] }, actions: [reads], scopes: ['*:/']";
    String actsFor =
        "for: { actsFor: { users: ['user:ada'], principal: person } }, actions: [reads], scopes:"
            + " ['*:/']";

    assertThat(reads(grant(person, users), EVENTS)).isTrue();
    assertThat(reads(grant(agent, users), EVENTS)).isFalse();
    String both = users + " }, { name: s, " + actsFor;
    assertThat(reads(grant(agent, both), EVENTS)).isTrue();
    assertThat(reads(grant(agent, actsFor), EVENTS)).isFalse();
    assertThat(reads(grant(person, actsFor), EVENTS)).isFalse();
    assertThat(reads(grant(agent, both.replace("person", "workload")), EVENTS)).isFalse();
  }

  @Test
  void saysWhatNobodyCouldAnswer() {
    Policy policy =
        Policies.of(
            """
            rules:
              - name: tenants
                for: { issuer: corp, claims: { tenant: '*' } }
                actions: [reads]
                scopes: ["*:/"]
                partitionKey: ["${claims.region}"]
              - name: builds may not audit
                effect: deny
                for: { issuer: ci, claims: { ref: main } }
                actions: [ephemeris/audit/read]
            """);

    assertThat(policy.unanswered(Map.of("corp", Set.of("tenant", "region"), "ci", Set.of("ref"))))
        .isEmpty();
    assertThat(policy.unanswered(Map.of("corp", Set.of("tenant"))))
        .containsExactly(
            "The rule 'tenants' asks issuer 'corp' for the claim 'region', which isn't in that"
                + " issuer's claims in the configuration.",
            "The rule 'builds may not audit' is for issuer 'ci', which the configuration hasn't"
                + " got.");
  }

  /** Whoever a rule describes is somebody whom it is for, so that a diff tells of them. */
  @Test
  void describesWhomNoCatalogKnows() {
    Policy policy =
        Policies.of(
            """
            rules:
              - name: tenants
                for: { issuer: corp, claims: { tenant: 'a*' }, groups: [group:x], principal: workload }
                actions: [reads]
                scopes: ["*:/"]
              - name: people
                for: { principal: person }
                actions: [reads]
                scopes: ["*:/"]
            """);

    assertThat(policy.described())
        .singleElement()
        .satisfies(
            candidate -> {
              assertThat(candidate.name())
                  .isEqualTo("workload in group:default/x of issuer corp with tenant a*");
              assertThat(reads(policy.compile(candidate.principal(), List.of(ACCOUNT)), EVENTS))
                  .isTrue();
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          { users: ['user:bob', 'user:ada'] }                          | anyone who is user:default/ada or user:default/bob
          { owners: true, principal: person }                          | person who owns it
          { issuer: ci, claims: { b: '*', a: x } }                     | anyone of issuer ci with a x and b *
          { actsFor: { groups: ['group:x'], principal: workload } }    | anyone acting for workload in group:default/x
          """)
  void isReadAloud(String subjects, String words) {
    Policy policy =
        Policies.of(
            "rules: [{ name: r, for: " + subjects + ", actions: [code], scopes: ['*:/'] }]");

    assertThat(policy.rules().getFirst().subjects()).hasToString(words);
  }

  /** A change for one group more, a claim in a key or owners is seen by whoever is described. */
  @Test
  void describesEachWhomTheRuleIsFor() {
    Policy before =
        Policies.of(
            "rules: [{ name: r, for: { issuer: ci, groups: ['group:a'] }, actions: [reads], scopes:"
                + " ['saas:/'] }]");
    for (String after :
        List.of(
            "for: { issuer: ci, groups: ['group:a', 'group:b'] }, actions: [reads], scopes:"
                + " ['saas:/']",
            "for: { issuer: ci }, actions: [reads], scopes: ['saas:/'], partitionKey:"
                + " ['${claims.tenant}']",
            "for: { issuer: ci, owners: true }, actions: [reads], scopes: ['saas:/dbs/app']",
            "for: { issuer: ci, owners: true }, actions: [reads], scopes: ['*:/dbs/*']")) {
      Policy changed = Policies.of("rules: [{ name: r, " + after + " }]");

      assertThat(before.diff(changed, changed.described(), List.of(ACCOUNT)).isEmpty())
          .as(after)
          .isFalse();
    }
  }

  /** Also of agents: an example of whom they act for is part of it. */
  @Test
  void describesAgentsByWhomTheyActFor() {
    Policy policy =
        Policies.of(
            """
            rules:
              - name: copilots
                for: { principal: agent, actsFor: { groups: [group:x], users: ['user:ada'], principal: person } }
                actions: [reads]
                scopes: ["*:/"]
              - name: their people
                for: { groups: [group:x], users: ['user:ada'], principal: person }
                actions: [reads]
                scopes: ["*:/"]
            """);

    assertThat(policy.described())
        .singleElement()
        .satisfies(
            candidate ->
                assertThat(reads(policy.compile(candidate.principal(), List.of(ACCOUNT)), EVENTS))
                    .isTrue());
  }

  @Test
  void observationsOfTheSameAreOne() {
    Instant at = Instant.EPOCH;
    Observation once =
        new Observation(
            caller(Optional.empty(), Set.of(), Map.of()),
            CredentialForm.LEASE_TOKEN,
            EVENTS,
            Set.of(Action.ITEMS_READ),
            false,
            Optional.empty(),
            2,
            at.plusSeconds(10),
            at.plusSeconds(20));

    Observation both =
        once.and(
            new Observation(
                once.by(),
                once.form(),
                EVENTS,
                once.actions(),
                false,
                Optional.empty(),
                3,
                at,
                at.plusSeconds(15)));

    assertThat(both.times()).isEqualTo(5);
    assertThat(both.first()).isEqualTo(at);
    assertThat(both.last()).isEqualTo(at.plusSeconds(20));
    assertThat(both.and(once)).isEqualTo(once.and(both));
  }

  @Test
  void patternsAreTheSameByTheirText() {
    assertThat(TextPattern.parse("a+"))
        .isEqualTo(TextPattern.parse("a+"))
        .hasSameHashCodeAs(TextPattern.parse("a+"))
        .isNotEqualTo(TextPattern.parse("a*"))
        .hasToString("a+");
  }

  private static final Component API =
      new Component(
          "component:default/orders-api",
          Set.of("group:default/team"),
          Set.of(GroupRef.parse("group:team"), GroupRef.parse("group:shop")),
          Set.of(new OwnedScope("saas:/dbs/app/colls/events")));

  private static Principal component(PrincipalKind kind, Optional<Principal> actsFor) {
    return new Principal(
        new PrincipalId("cluster", "orders-api"),
        kind,
        "orders-api",
        Optional.empty(),
        actsFor.isEmpty() ? Optional.of(API) : Optional.empty(),
        Set.of(),
        Set.of(),
        Map.of(),
        actsFor);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {groups: ['group:team'], principal: workload} | true
          {groups: ['group:shop'], principal: workload} | true
          {owners: true, principal: workload}           | true
          {groups: ['group:other'], principal: workload} | false
          {groups: ['group:team']}                      | false
          {groups: ['group:team'], issuer: cluster}     | false
          {groups: ['group:team'], principal: person}   | false
          {owners: true}                                | false
          {owners: true, principal: person}             | false
          """)
  void takesAComponentForItsOwnerOnlyWhereItNamesWorkloads(String whom, boolean matches) {
    Grant grant =
        grant(
            component(PrincipalKind.WORKLOAD, Optional.empty()),
            "for: " + whom + ", actions: [reads], scopes: ['*:/'], ttl: {default: 1h, max: 1h}");

    assertThat(reads(grant, EVENTS)).isEqualTo(matches);
  }

  @Test
  void givesAComponentItsOwnersScopesAndNoOthers() {
    Grant grant =
        grant(
            component(PrincipalKind.WORKLOAD, Optional.empty()),
            "for: {owners: true, principal: workload}, actions: [reads], scopes: ['*:/'],"
                + " ttl: {default: 1h, max: 1h}");

    assertThat(reads(grant, EVENTS)).isTrue();
    assertThat(reads(grant, Scope.of("saas", "app", "others"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"workload, true", "person, false", "'', false"})
  void takesWhomAnAgentActsForNoOtherwise(String kind, boolean matches) {
    Grant grant =
        grant(
            component(
                PrincipalKind.AGENT,
                Optional.of(component(PrincipalKind.WORKLOAD, Optional.empty()))),
            "for: {actsFor: {groups: ['group:team']"
                + (kind.isEmpty() ? "" : ", principal: " + kind)
                + "}}, actions: [reads], scopes: ['*:/'], ttl: {default: 1h, max: 1h} }, {"
                // Whom it acts for has to be given it too.
                + " name: own, for: {groups: ['group:team'], principal: workload},"
                + " actions: [reads], scopes: ['*:/'], ttl: {default: 1h, max: 1h}");

    assertThat(reads(grant, EVENTS)).isEqualTo(matches);
  }
}
