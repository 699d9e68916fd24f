package dev.ephemeris.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an agent may do that acts for somebody: what both may, under what both are obliged to. */
class IntersectionTest {
  private static final AccountFacts SHOP =
      new AccountFacts("shop", "prod", Set.of(Lane.PROXY, Lane.RBAC));
  private static final Scope ORDERS = Scope.of("shop", "web", "orders");
  private static final Principal ALICE = Policies.principal(PrincipalKind.PERSON, "team");
  private static final Principal COPILOT = Policies.agentOf(ALICE, "copilots");

  private static Policy policy(String agents, String people) {
    return Policies.of(
        """
        rules:
          - { name: agents, for: { groups: [group:copilots] }, actions: [items/read], scopes: ["shop:/"] %s }
          - { name: people, for: { groups: [group:team] }, actions: [items/read], scopes: ["shop:/"] %s }
        """
            .formatted(agents, people));
  }

  private static Decision read(Policy policy, Circumstances circumstances) {
    return policy
        .compile(COPILOT, List.of(SHOP))
        .decide(Action.ITEMS_READ, ORDERS, CredentialForm.LEASE_TOKEN, circumstances);
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          copilots | team     | allow
          copilots | others   | acted-for-may-not
          others   | team     | no-rule
          others   | others   | no-rule
          denied   | team     | denied-by-rule
          copilots | denied   | denied-by-rule
          others   | denied   | denied-by-rule
          denied   | others   | denied-by-rule
          """)
  void allowsWhatBothAreAllowedAndNothingThatEitherIsDenied(
      String agents, String people, String expected) {
    Policy policy =
        Policies.of(
            """
            rules:
              - { name: a, for: { groups: [group:copilots] }, actions: [items/read], scopes: ["shop:/"] }
              - { name: b, for: { groups: [group:team] }, actions: [items/read], scopes: ["shop:/"] }
              - { name: c, effect: deny, for: { groups: [group:denied] }, actions: [items/read] }
            """);
    Principal agent = Policies.agentOf(Policies.principal(PrincipalKind.PERSON, people), agents);

    Decision decision =
        policy
            .compile(agent, List.of(SHOP))
            .decide(Action.ITEMS_READ, ORDERS, CredentialForm.LEASE_TOKEN, Policies.NOON);
    Explanation explanation = policy.explain(agent, Action.ITEMS_READ, ORDERS, SHOP, Policies.NOON);

    assertThat(
            switch (decision) {
              case Decision.Allow allow -> "allow";
              case Decision.Deny deny -> deny.reason().code();
            })
        .isEqualTo(expected);
    assertThat(explanation.decision()).isEqualTo(decision);
    assertThat(explanation.toText())
        .contains("ci:copilot (agent), items/read on ", "\nit acts for corp:alice (person), ");
  }

  @Test
  void obligesToTheStricterOfBothInEachRespect() {
    Policy policy =
        policy(
            ", limits: { itemsPerPage: 5, requestUnitsPerMinute: 900 }, mask: [/a], deliver: [env,"
                + " token]",
            ", limits: { itemsPerPage: 9, concurrentRequests: 2, crossPartition: deny }, mask:"
                + " [/b], notify: [ops], deliver: [token], onStoreLoss: deny");

    assertThat(read(policy, Policies.NOON))
        .isEqualTo(
            new Decision.Allow(
                new RuleName("agents"),
                new Obligations(
                    new Limits(
                        Optional.of(900),
                        Optional.of(2),
                        Optional.empty(),
                        Optional.of(5),
                        Optional.of(CrossPartition.DENY)),
                    Set.of(new FieldPath("/a"), new FieldPath("/b")),
                    Set.of(),
                    Set.of(Channel.parse("ops")),
                    Set.of(Delivery.TOKEN),
                    OnStoreLoss.DENY)));
  }

  /** A second factor is asked of whoever's rule asks for it. */
  @Test
  void asksEachForWhatTheirOwnRuleAsks() {
    Circumstances withoutAny = signedIn(false, false);

    assertThat(read(policy(", when: { mfa: true }", ""), signedIn(true, false)))
        .isInstanceOf(Decision.Allow.class);
    assertThat(read(policy(", when: { mfa: true }", ""), signedIn(false, true)))
        .isInstanceOf(Decision.Deny.class);
    assertThat(read(policy("", ", when: { mfa: true }"), signedIn(false, true)))
        .isInstanceOf(Decision.Allow.class);
    assertThat(read(policy("", ", when: { mfa: true }"), signedIn(true, false)))
        .isInstanceOf(Decision.Deny.class);
    assertThat(read(policy("", ""), withoutAny)).isInstanceOf(Decision.Allow.class);
  }

  /** Whoever says nothing of whom an agent acts for has said that nothing is known of them. */
  @Test
  void knowsNothingOfWhomItActsForUnlessThatIsSaid() {
    Circumstances.Given own =
        new Circumstances.Given(Instant.EPOCH, Optional.empty(), mfa(true), List.of());
    Circumstances silent =
        new Circumstances() {
          @Override
          public Instant at() {
            return own.at();
          }

          @Override
          public Optional<InetAddress> from() {
            return own.from();
          }

          @Override
          public Standing standing() {
            return own.standing();
          }

          @Override
          public boolean isWithinKey(List<String> key) {
            return own.isWithinKey(key);
          }
        };

    assertThat(read(policy("", ", when: { mfa: true }"), silent)).isInstanceOf(Decision.Deny.class);
    assertThat(read(policy(", when: { mfa: true }", ""), silent))
        .isInstanceOf(Decision.Allow.class);
  }

  private static Standing mfa(boolean agent) {
    return new Standing(
        Optional.empty(),
        agent ? Optional.of(Instant.MAX) : Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static Circumstances signedIn(boolean agent, boolean person) {
    Circumstances.Given own =
        new Circumstances.Given(Instant.EPOCH, Optional.empty(), mfa(agent), List.of());
    return new Acting(own, mfa(person));
  }

  @Test
  void givesLeasesForTheShorterTimeUnderTheRulesOfBoth() {
    Policy policy =
        policy(
            ", ttl: { default: 30m, max: 4h }",
            ", ttl: { default: 1h, max: 2h }, approval: { from: [group:dba], expires: 1h }");

    LeaseTerms terms =
        policy
            .compile(COPILOT, List.of(SHOP))
            .leaseTerms(
                Set.of(Action.ITEMS_READ),
                ORDERS,
                Lane.PROXY,
                CredentialForm.LEASE_TOKEN,
                Policies.NOON);

    assertThat(terms)
        .isInstanceOfSatisfying(
            LeaseTerms.Granted.class,
            granted -> {
              assertThat(granted.ttl())
                  .isEqualTo(new Ttl(Duration.ofMinutes(30), Duration.ofHours(2)));
              assertThat(granted.by())
                  .containsExactly(new RuleName("agents"), new RuleName("people"));
              assertThat(granted.approvals()).hasSize(1);
            });
  }

  @Test
  void refusesALeaseForWhatStandsInTheWayOfEither() {
    Policy policy =
        Policies.of(
            """
            rules:
              - { name: agents, for: { groups: [group:copilots] }, actions: [items/read, items/create], scopes: ["shop:/"] }
              - { name: people, for: { groups: [group:team] }, actions: [items/read, items/delete], scopes: ["shop:/"] }
              - { name: nobody, effect: deny, for: { groups: [group:team] }, actions: [items/replace] }
            """);

    LeaseTerms terms =
        policy
            .compile(COPILOT, List.of(SHOP))
            .leaseTerms(
                Set.of(
                    Action.ITEMS_READ,
                    Action.ITEMS_CREATE,
                    Action.ITEMS_DELETE,
                    Action.ITEMS_REPLACE),
                ORDERS,
                Lane.PROXY,
                CredentialForm.LEASE_TOKEN,
                Policies.NOON);

    assertThat(terms)
        .isEqualTo(
            new LeaseTerms.Refused(
                Map.of(
                    Action.ITEMS_CREATE,
                    new Decision.Deny(Reason.ACTED_FOR_MAY_NOT, Optional.empty()),
                    Action.ITEMS_DELETE,
                    new Decision.Deny(Reason.NO_RULE, Optional.empty()),
                    Action.ITEMS_REPLACE,
                    new Decision.Deny(
                        Reason.DENIED_BY_RULE, Optional.of(new RuleName("nobody"))))));
  }

  /** A token tells whose it is, and nobody else. */
  @Test
  void givesNothingToATokenAlone() {
    Policy policy = policy("", "");

    assertThat(policy.compile(ALICE, List.of(SHOP)).implicitTerms("shop")).isPresent();
    assertThat(policy.compile(COPILOT, List.of(SHOP)).implicitTerms("shop")).isEmpty();
  }

  @Test
  void holdsForEphemerissOwnActionsToo() {
    Policy policy =
        Policies.of(
            """
            rules:
              - { name: people, for: { groups: [group:team] }, actions: [ephemeris/policy/read, ephemeris/audit/read] }
              - { name: agents, for: { groups: [group:copilots] }, actions: [ephemeris/policy/read, ephemeris/blocks/read-any] }
            """);

    assertThat(policy.decide(COPILOT, GatewayAction.POLICY_READ))
        .isInstanceOf(Decision.Allow.class);
    assertThat(policy.decide(COPILOT, GatewayAction.AUDIT_READ))
        .isEqualTo(new Decision.Deny(Reason.NO_RULE, Optional.empty()));
    assertThat(policy.decide(COPILOT, GatewayAction.BLOCKS_READ_ANY))
        .isEqualTo(new Decision.Deny(Reason.ACTED_FOR_MAY_NOT, Optional.empty()));
    assertThat(policy.explain(COPILOT, GatewayAction.AUDIT_READ).toText())
        .contains("\nit acts for corp:alice (person), ephemeris/audit/read: allowed by 'people'");
  }

  /** What only those whom they act for lose is lost to agents too, and told so. */
  @Test
  void tellsOfAgentsWhatAChangeForTheirPeopleDoes() {
    Policy before = policy("", "");
    Policy after = policy("", ", when: { mfa: true }");
    Candidate copilot = new Candidate("copilot", COPILOT);

    assertThat(before.diff(after, List.of(copilot), List.of(SHOP)).people())
        .singleElement()
        .satisfies(
            affected ->
                assertThat(affected.changes().getFirst().after().orElseThrow().terms())
                    .extracting(Way.Terms::when)
                    .containsExactly(Optional.of("for whom it acts for with a second factor")));
    assertThat(policy("", "").whoCan(List.of(copilot), Action.ITEMS_READ, ORDERS, SHOP).allowed())
        .hasSize(1);
    assertThat(
            Policies.of(
                    "rules: [{ name: a, for: { groups: [group:copilots] }, actions: [items/read],"
                        + " scopes: ['shop:/'] }]")
                .whoCan(List.of(copilot), Action.ITEMS_READ, ORDERS, SHOP)
                .allowed())
        .isEmpty();
  }
}
