package dev.ephemeris.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.ephemeris.policy.PolicyDiff.Change;
import dev.ephemeris.policy.PolicyDiff.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PolicyDiffTest {

  private static final String TEAM =
      """
      rules:
        - name: team reads
          for: { groups: [group:default/team] }
          role: data-reader
          scopes: ["one:/dbs/shop"]
      """;

  private static final Candidate MEMBER =
      new Candidate("group:default/team", Policies.principal(PrincipalKind.PERSON, "team"));
  private static final Candidate STRANGER =
      new Candidate("anyone", Policies.principal(PrincipalKind.PERSON));

  private static final Way.Given AS_USUAL =
      new Way.Given(
          Ttl.UNLESS_SAID, List.of(new Way.Terms(Obligations.NONE, Optional.empty())), List.of());

  private static PolicyDiff diff(String before, String after) {
    return Policies.of(before)
        .diff(
            Policies.of(after),
            List.of(MEMBER, STRANGER),
            List.of(new AccountFacts("one", "prod", Set.of(Lane.values()))));
  }

  private static Limits limits(Optional<Way.Given> given) {
    return given.orElseThrow().terms().getFirst().obligations().limits();
  }

  private static List<Change> changes(String before, String after) {
    PolicyDiff diff = diff(before, after);
    assertThat(diff.people()).hasSize(1);
    assertThat(diff.people().getFirst().names()).containsExactly("group:default/team");
    return diff.people().getFirst().changes();
  }

  @Test
  void aRuleInOtherWordsIsNoChange() {
    String after =
        TEAM.replace("team reads", "the team may read")
            .replace("role: data-reader", "actions: [reads]");

    assertThat(diff(TEAM, after).isEmpty()).isTrue();
  }

  @Test
  void whatAScopeGainsGoesForAllInIt() {
    List<Change> changes = changes("rules: []", TEAM);

    assertThat(changes)
        .containsExactly(
            new Change(
                Kind.GAINS,
                "one:/dbs/shop",
                List.of(),
                Role.DATA_READER.actions(),
                Set.of(Way.LEASE_TOKEN, Way.OWN_TOKEN, Way.TOKEN_LANE, Way.RBAC_LANE),
                Optional.empty(),
                Optional.of(AS_USUAL),
                Optional.of(new RuleName("team reads"))));
  }

  /**
   * Where what somebody owns overlaps, too: a rule for owners is theirs once, not within itself.
   */
  @Test
  void whatOwnersGainIsWhatTheyAreGiven() {
    Principal owner =
        new Principal(
            new PrincipalId("corp", "alice"),
            PrincipalKind.PERSON,
            "Alice",
            Optional.empty(),
            Set.of(),
            Set.of(new OwnedScope("one:/dbs/a"), new OwnedScope("one:/dbs/*/colls/b")),
            Map.of(),
            Optional.empty());
    Policy after =
        Policies.of(
            """
            rules:
              - name: anybody reads
                for: { issuer: corp }
                actions: [items/read]
                scopes: ["*:/dbs/a"]
                credentials: [lease-token]
                lanes: [proxy]
              - name: owners read from within
                for: { owners: true }
                actions: [items/read]
                scopes: ["*:/"]
                credentials: [lease-token]
                lanes: [proxy]
                when: { network: [10.1.2.3] }
            """);

    PolicyDiff diff =
        Policies.of("rules: []")
            .diff(
                after,
                List.of(new Candidate("alice", owner)),
                List.of(new AccountFacts("one", "prod", Set.of(Lane.PROXY))));

    assertThat(diff.people().getFirst().changes())
        .extracting(Change::scope, change -> change.by().map(RuleName::value))
        .containsExactly(
            tuple("one:/dbs/*/colls/b", Optional.of("owners read from within")),
            tuple("one:/dbs/a", Optional.of("anybody reads")));
  }

  @Test
  void whereNothingChangesIsAnException() {
    String before = TEAM.replace("one:/dbs/shop", "one:/dbs/shop/colls/orders");

    assertThat(changes(before, TEAM))
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.scope()).isEqualTo("one:/dbs/shop");
              assertThat(change.except()).containsExactly("one:/dbs/shop/colls/orders");
            });
  }

  @Test
  void aDenialTakesAndIsNamed() {
    String after =
        TEAM
            + """
              - name: no reading of payments
                effect: deny
                for: { principal: person }
                actions: [items/read]
                scopes: ["one:/dbs/shop/colls/payments"]
                lanes: [proxy]
            """;

    assertThat(changes(TEAM, after))
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.kind()).isEqualTo(Kind.LOSES);
              assertThat(change.scope()).isEqualTo("one:/dbs/shop/colls/payments");
              assertThat(change.actions()).containsExactly(Action.ITEMS_READ);
              assertThat(change.ways()).containsExactly(Way.LEASE_TOKEN, Way.OWN_TOKEN);
              assertThat(change.by()).contains(new RuleName("no reading of payments"));
              assertThat(change.after()).isEmpty();
            });
  }

  @Test
  void otherLimitsAndTimesAreAChange() {
    String after = TEAM + "    limits: { requestBytes: 5 }\n    ttl: { default: 1h, max: 2h }\n";

    assertThat(changes(TEAM, after))
        .filteredOn(change -> change.ways().contains(Way.LEASE_TOKEN))
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.kind()).isEqualTo(Kind.CHANGES);
              assertThat(change.after().orElseThrow().ttl().max()).isEqualTo(Duration.ofHours(2));
              assertThat(limits(change.after()).isNone()).isFalse();
              assertThat(limits(change.before()).isNone()).isTrue();
            });
  }

  @Test
  void whatHoldsAtSomeMomentsOnlyIsToldWithThem() {
    String after =
        TEAM
            + """
                when: { mfa: true }
                limits: { itemsPerPage: 5 }
              - name: anybody reads with a ticket
                for: { principal: person }
                role: data-reader
                scopes: ["one:/"]
                when: { ticket: "OPS-[0-9]+" }
                ttl: { default: 5m, max: 10m }
              - name: not by night
                effect: deny
                for: { groups: [group:default/team] }
                actions: [reads]
                when: { window: { from: "20:00", to: "06:00", zone: UTC } }
            """;

    List<Change> changes =
        diff(TEAM, after).people().stream()
            .filter(affected -> affected.names().contains("group:default/team"))
            .flatMap(affected -> affected.changes().stream())
            .filter(change -> change.ways().contains(Way.LEASE_TOKEN))
            .filter(change -> change.scope().equals("one:/dbs/shop"))
            .toList();

    assertThat(changes)
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.kind()).isEqualTo(Kind.CHANGES);
              assertThat(change.by()).contains(new RuleName("team reads"));
              Way.Given given = change.after().orElseThrow();
              assertThat(given.ttl())
                  .isEqualTo(new Ttl(Duration.ofMinutes(5), Duration.ofMinutes(10)));
              assertThat(given.terms())
                  .extracting(terms -> terms.when().orElse(""))
                  .containsExactly("with a second factor", "with a ticket like OPS-[0-9]+");
              assertThat(given.terms())
                  .extracting(terms -> terms.obligations().limits().itemsPerPage())
                  .containsExactly(Optional.of(5), Optional.empty());
              assertThat(given.unless()).containsExactly("within mon-sun 20:00 to 06:00 UTC");
            });
    assertThat(Way.TOKEN_LANE).hasToString("token-lane");
    assertThat(diff(after, after).isEmpty()).isTrue();
  }

  /** Where nobody looks at requests, nothing is given that holds at some of them only. */
  @Test
  void aConditionTakesFromTheOtherLanes() {
    String after = TEAM + "    when: { reason: '.+' }\n";

    assertThat(changes(TEAM, after))
        .filteredOn(change -> change.ways().contains(Way.TOKEN_LANE))
        .allSatisfy(
            change -> {
              assertThat(change.kind()).isEqualTo(Kind.LOSES);
              assertThat(change.by()).contains(new RuleName("team reads"));
            })
        .isNotEmpty();
  }

  @Test
  void thoseTogetherWhomTheSameHappensTo() {
    Candidate alice =
        new Candidate("user:default/alice", Policies.principal(PrincipalKind.PERSON, "team", "x"));

    PolicyDiff diff =
        Policies.of("rules: []")
            .diff(
                Policies.of(TEAM),
                List.of(MEMBER, STRANGER, alice),
                List.of(new AccountFacts("one", "prod", Set.of(Lane.PROXY))));

    assertThat(diff.people()).hasSize(1);
    assertThat(diff.people().getFirst().names())
        .containsExactly("group:default/team", "user:default/alice");
  }

  @Test
  void saysWhoMayAndWhoIsDenied() {
    Policy policy =
        Policies.of(
            TEAM
                + """
                  - name: no agents
                    effect: deny
                    for: { principal: agent }
                    actions: [reads]
                """);
    Candidate agent = new Candidate("agent", Policies.principal(PrincipalKind.AGENT, "team"));

    WhoCan who =
        policy.whoCan(
            List.of(MEMBER, STRANGER, agent),
            Action.ITEMS_READ,
            Scope.of("one", "shop", "orders"),
            new AccountFacts("one", "prod", Set.of(Lane.PROXY)));

    assertThat(who.allowed())
        .containsExactly(
            new WhoCan.Allowed(
                List.of("group:default/team"),
                new RuleName("team reads"),
                AS_USUAL,
                Set.of(Way.LEASE_TOKEN, Way.OWN_TOKEN)));
    assertThat(who.denied())
        .containsExactly(
            new WhoCan.Denied(List.of("agent"), new RuleName("no agents"), Set.of(Way.values())));
  }
}
