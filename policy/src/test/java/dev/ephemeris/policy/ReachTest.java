package dev.ephemeris.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Where rules let somebody reach. */
class ReachTest {
  private static final AccountFacts SHOP =
      new AccountFacts("shop", "prod", Set.of(Lane.PROXY, Lane.TOKEN));
  private static final AccountFacts STAGING =
      new AccountFacts("staging", "staging", Set.of(Lane.PROXY));
  private static final List<AccountFacts> BOTH = List.of(SHOP, STAGING);
  private static final Principal ALICE = Policies.principal(PrincipalKind.PERSON, "team");
  private static final Principal COPILOT = Policies.agentOf(ALICE, "copilots");

  @Test
  void isWhatRulesAllowOfEachAccount() {
    Policy policy =
        Policies.of(
            """
            rules:
              - name: reads
                for: { groups: [group:team] }
                actions: [items/read, executeQuery]
                scopes: ["*:/dbs/web/colls/orders", "shop:/dbs/*"]
                when: { mfa: true }
                lanes: [proxy]
                ttl: { default: 10m, max: 20m }
                approval: { from: [group:dba], expires: 1h }
              - { name: others, for: { groups: [group:others] }, actions: [items/read], scopes: ["shop:/"] }
            """);

    List<Reach> reach = policy.reach(ALICE, BOTH);

    assertThat(reach)
        .extracting(Reach::scope)
        .containsExactly(
            "shop:/dbs/*", "shop:/dbs/web/colls/orders", "staging:/dbs/web/colls/orders");
    assertThat(reach.getFirst())
        .satisfies(
            first -> {
              assertThat(first.isNamed()).isFalse();
              assertThat(first.by()).containsExactly(new RuleName("reads"));
              assertThat(first.account()).isEqualTo("shop");
              assertThat(first.actions())
                  .containsExactlyInAnyOrder(Action.ITEMS_READ, Action.EXECUTE_QUERY);
              assertThat(first.lanes()).containsExactly(Lane.PROXY);
              assertThat(first.ttl().standard()).isEqualTo(Duration.ofMinutes(10));
              assertThat(first.conditions()).singleElement().asString().contains("second factor");
              assertThat(first.obligations().approvals()).hasSize(1);
            });
    assertThat(reach.getLast().isNamed()).isTrue();
    assertThat(policy.reach(Policies.principal(PrincipalKind.PERSON, "nobody"), BOTH)).isEmpty();
  }

  @Test
  void isWithoutWhatIsDeniedOfAllOfIt() {
    Policy policy =
        Policies.of(
            """
            rules:
              - { name: all, for: { groups: [group:team] }, actions: [items/read, items/delete], scopes: ["*:/dbs/web"] }
              - { name: no deletes, effect: deny, for: { groups: [group:team] }, actions: [items/delete], environments: [prod] }
              - { name: no part, effect: deny, for: { groups: [group:team] }, actions: [items/read], scopes: ["shop:/dbs/web/colls/cards"] }
              - { name: no staging, effect: deny, for: { groups: [group:team] }, actions: [items/read, items/delete], environments: [staging] }
            """);

    assertThat(policy.reach(ALICE, BOTH))
        .singleElement()
        .satisfies(
            only -> {
              assertThat(only.scope()).isEqualTo("shop:/dbs/web");
              assertThat(only.actions()).containsExactly(Action.ITEMS_READ);
            });
  }

  /** Where a lane is permitted by one side alone, nothing is to be had by it. */
  @Test
  void isOfAnAgentWhatBothMay() {
    Policy policy =
        Policies.of(
            """
            rules:
              - name: agents
                for: { groups: [group:copilots] }
                actions: [items/read, executeQuery]
                scopes: ["*:/dbs/*/colls/orders"]
                limits: { itemsPerPage: 5 }
                ttl: { default: 10m, max: 20m }
              - name: people
                for: { groups: [group:team] }
                actions: [items/read, items/delete]
                scopes: ["shop:/dbs/web", "shop:/dbs/other/colls/cards"]
                when: { mfa: true }
                limits: { itemsPerPage: 9 }
                lanes: [proxy]
            """);

    assertThat(policy.reach(COPILOT, BOTH))
        .singleElement()
        .satisfies(
            only -> {
              assertThat(only.scope()).isEqualTo("shop:/dbs/web/colls/orders");
              assertThat(only.actions()).containsExactly(Action.ITEMS_READ);
              assertThat(only.by()).containsExactly(new RuleName("agents"), new RuleName("people"));
              assertThat(only.obligations().limits().itemsPerPage()).contains(5);
              assertThat(only.lanes()).containsExactly(Lane.PROXY);
              assertThat(only.ttl().max()).isEqualTo(Duration.ofMinutes(20));
              assertThat(only.conditions())
                  .singleElement()
                  .asString()
                  .endsWith(", of whom it acts for");
            });
  }

  @Test
  void whatCanBeHadAsItIsMakesTheSameAfterApprovalNeedless() {
    Policy policy =
        Policies.of(
            """
            rules:
              - name: reads
                for: { groups: [group:team] }
                actions: [items/read, executeQuery]
                scopes: ["shop:/dbs/web"]
              - name: reads again
                for: { groups: [group:team] }
                actions: [items/read]
                scopes: ["shop:/dbs/web/colls/orders"]
                approval: { from: [group:dba], expires: 1h }
              - name: deletes
                for: { groups: [group:team] }
                actions: [items/read, items/delete]
                scopes: ["shop:/dbs/web/colls/orders"]
                approval: { from: [group:dba], expires: 1h }
            """);
    Map<String, Reach> all = new HashMap<>();
    policy.reach(ALICE, BOTH).forEach(reach -> all.put(reach.by().getFirst().value(), reach));
    Reach reads = Objects.requireNonNull(all.get("reads"));
    Reach again = Objects.requireNonNull(all.get("reads again"));
    Reach deletes = Objects.requireNonNull(all.get("deletes"));

    assertThat(reads.makesNeedless(again)).isTrue();
    assertThat(again.makesNeedless(reads)).as("less of it, and after approval").isFalse();
    assertThat(reads.makesNeedless(deletes)).isFalse();
    assertThat(deletes.makesNeedless(again)).as("the same approval").isTrue();
  }

  private record Written(boolean deny, boolean agents, String scope, Action action) {
    String rule(int number) {
      return """
        - { name: r%d, effect: %s, for: { groups: [group:%s] }, actions: [%s], scopes: ["%s"] }
      """
          .formatted(
              number,
              deny ? "deny" : "allow",
              agents ? "copilots" : "team",
              action.shortName(),
              scope);
    }
  }

  @Provide
  Arbitrary<Written> rules() {
    return Combinators.combine(
            Arbitraries.frequency(
                net.jqwik.api.Tuple.of(4, false), net.jqwik.api.Tuple.of(1, true)),
            Arbitraries.of(true, false),
            Arbitraries.of(
                "*:/",
                "shop:/",
                "shop:/dbs/web",
                "*:/dbs/*/colls/orders",
                "shop:/dbs/web/colls/*",
                "staging:/dbs/web/colls/orders",
                "shop:/dbs/web/colls/cards"),
            Arbitraries.of(Action.ITEMS_READ, Action.ITEMS_DELETE))
        .as(Written::new);
  }

  /** Nothing that is allowed is left out, and nothing that is allowed nowhere within is named. */
  @Property(tries = 200)
  void hasAllThatIsAllowed(@ForAll @Size(max = 8) List<@From("rules") Written> written) {
    StringBuilder text = new StringBuilder("rules:\n");
    for (int i = 0; i < written.size(); i++) {
      text.append(written.get(i).rule(i));
    }
    Policy policy = Policies.of(written.isEmpty() ? "rules: []\n" : text.toString());
    for (Principal who : List.of(ALICE, COPILOT)) {
      Grant grant = policy.compile(who, BOTH);
      List<Reach> reach = policy.reach(who, BOTH);
      for (Scope scope : places()) {
        for (Action action : List.of(Action.ITEMS_READ, Action.ITEMS_DELETE)) {
          boolean allowed =
              grant.decide(action, scope, CredentialForm.LEASE_TOKEN, Policies.NOON)
                  instanceof Decision.Allow;
          boolean reached =
              reach.stream()
                  .anyMatch(
                      each ->
                          each.actions().contains(action)
                              && ScopePattern.parse(each.scope()).covers(scope));
          assertThat(reached || !allowed).as("%s on %s of %s", action, scope, text).isTrue();
        }
      }
      for (Reach each : reach) {
        Optional<String> named = Optional.of(each.scope()).filter(scope -> each.isNamed());
        named
            .filter(scope -> scope.contains("/colls/"))
            .ifPresent(
                scope ->
                    each.actions()
                        .forEach(
                            action ->
                                assertThat(
                                        grant.decide(
                                            action,
                                            Scope.parse(scope),
                                            CredentialForm.LEASE_TOKEN,
                                            Policies.NOON))
                                    .as("%s on %s of %s", action, scope, text)
                                    .isInstanceOf(Decision.Allow.class)));
      }
    }
  }

  private static List<Scope> places() {
    return Stream.of("shop", "staging")
        .flatMap(
            account ->
                Stream.of("web", "other")
                    .flatMap(
                        database ->
                            Stream.of("orders", "cards")
                                .map(container -> Scope.of(account, database, container))))
        .toList();
  }
}
