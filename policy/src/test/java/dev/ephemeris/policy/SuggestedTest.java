package dev.ephemeris.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SuggestedTest {
  private static final Instant NINE = Instant.parse("2026-11-24T09:00:00Z");
  private static final Instant TEN = Instant.parse("2026-11-24T10:00:00Z");
  private static final Scope ORDERS = Scope.of("orders-prod", "shop", "orders");
  private static final Scope COUNTRIES = Scope.of("orders-prod", "shop", "countries");

  private static final Principal ADA = user("ada", "team", "staff");
  private static final Principal BOB = user("bob", "team", "staff");
  private static final Principal CYD = user("cyd", "team", "staff");
  private static final Principal DOT = user("dot", "staff");
  private static final List<Candidate> CATALOG =
      List.of(ADA, BOB, CYD, DOT, user("eve", "staff"), user("fay", "staff")).stream()
          .map(each -> new Candidate(each.displayName(), each))
          .toList();

  private static Principal user(String name, String... groups) {
    return new Principal(
        new PrincipalId("corp", "sub-" + name),
        PrincipalKind.PERSON,
        name,
        Optional.of(UserRef.parse("user:default/" + name)),
        Arrays.stream(groups)
            .map(group -> new GroupRef("default", group))
            .collect(Collectors.toSet()),
        Set.of(),
        Map.of(),
        Optional.empty());
  }

  private static Principal workload(String subject) {
    return new Principal(
        new PrincipalId("github", subject),
        PrincipalKind.WORKLOAD,
        subject,
        Optional.empty(),
        Set.of(),
        Set.of(),
        Map.of("sub", subject),
        Optional.empty());
  }

  private static Observation seen(Principal by, Scope scope, Action... actions) {
    return new Observation(
        by,
        CredentialForm.LEASE_TOKEN,
        scope,
        Set.of(actions),
        false,
        Optional.empty(),
        2,
        NINE,
        TEN);
  }

  private static Suggested of(Observation... observations) {
    return Suggested.of(List.of(observations), CATALOG, false);
  }

  private static String rules(Suggested suggested) {
    assertThat(Policy.parse(List.of(new PolicySource("p.yaml", suggested.policy())))).isNotNull();
    return suggested.policy().substring(suggested.policy().indexOf("rules:"));
  }

  @Test
  void isForAGroupThatMostOfDidTheSame() {
    Suggested suggested =
        of(
            seen(ADA, ORDERS, Action.ITEMS_READ, Action.READ_METADATA),
            seen(BOB, ORDERS, Action.ITEMS_READ));

    assertThat(suggested.leftOut()).isEmpty();
    assertThat(rules(suggested))
        .isEqualTo(
            """
            rules:
              # 4 times by user:default/ada, user:default/bob, from 2026-11-24T09:00:00Z to 2026-11-24T10:00:00Z
              # 2 of 3 members of group:default/team
              - name: "suggested: group:default/team as person on orders-prod:/dbs/shop/colls/orders"
                for: { groups: ["group:default/team"], principal: person }
                actions: [items/read]
                scopes: ["orders-prod:/dbs/shop/colls/orders"]
                ttl: { default: 15m, max: 1h }
              # 2 times by user:default/ada, from 2026-11-24T09:00:00Z to 2026-11-24T10:00:00Z
              - name: "suggested: user:default/ada as person on orders-prod:/dbs/shop/colls/orders"
                for: { users: ["user:default/ada"], principal: person }
                actions: [readMetadata]
                scopes: ["orders-prod:/dbs/shop/colls/orders"]
                ttl: { default: 15m, max: 1h }
            """);
  }

  @Test
  void isForUsersWhereTheirGroupHasManyOthers() {
    assertThat(
            rules(of(seen(ADA, ORDERS, Action.ITEMS_READ), seen(DOT, ORDERS, Action.ITEMS_READ))))
        .contains("users: [\"user:default/ada\", \"user:default/dot\"]")
        .doesNotContain("groups:");
  }

  @Test
  void joinsScopesWithTheSameActions() {
    assertThat(
            rules(
                of(seen(ADA, ORDERS, Action.ITEMS_READ), seen(ADA, COUNTRIES, Action.ITEMS_READ))))
        .containsOnlyOnce("- name:")
        .contains(
            "scopes: [\"orders-prod:/dbs/shop/colls/countries\","
                + " \"orders-prod:/dbs/shop/colls/orders\"]")
        .contains("countries and 1 more\"");
  }

  @Test
  void saysNothingTwiceThatAWiderScopeHas() {
    assertThat(
            rules(
                of(
                    seen(ADA, Scope.of("orders-prod", "shop"), Action.READ_METADATA),
                    seen(ADA, ORDERS, Action.READ_METADATA))))
        .containsOnlyOnce("- name:")
        .contains("# 4 times by", "scopes: [\"orders-prod:/dbs/shop\"]");
  }

  @Test
  void isForDatabasesIfAskedTo() {
    Suggested merged =
        Suggested.of(
            List.of(
                seen(ADA, ORDERS, Action.ITEMS_READ), seen(ADA, COUNTRIES, Action.ITEMS_DELETE)),
            CATALOG,
            true);

    assertThat(rules(merged))
        .contains("actions: [items/read, items/delete]", "scopes: [\"orders-prod:/dbs/shop\"]");
  }

  @Test
  void namesARoleOfAzuresWhereItIsExactlyThat() {
    Action[] reader = Role.DATA_READER.actions().toArray(Action[]::new);

    assertThat(rules(of(seen(ADA, ORDERS, reader)))).contains("    role: data-reader\n");
  }

  @Test
  void namesWhoIsNotInTheCatalogByTheirSubjectAndNothingMore() {
    Suggested suggested =
        of(
            seen(workload("repo:shop\"\n- name: x"), ORDERS, Action.ITEMS_READ),
            seen(workload("repo:*"), ORDERS, Action.ITEMS_READ));

    assertThat(rules(suggested))
        .contains(
            "for: { issuer: \"github\", claims: { sub: \"repo:shop\\\"\\u000a- name: x\" },"
                + " principal: workload }",
            "# takes “sub” among the claims of issuer “github” in the configuration")
        .doesNotContain("repo:*");
    assertThat(suggested.leftOut())
        .containsExactly(
            "github:repo:*: items/read on orders-prod:/dbs/shop/colls/orders (2 times) is by a"
                + " subject with a *, which rules can't name");
  }

  @Test
  void saysWhatNoRuleThatAllowsCouldChange() {
    Observation denied =
        new Observation(
            ADA,
            CredentialForm.LEASE_TOKEN,
            ORDERS,
            Set.of(Action.ITEMS_DELETE),
            false,
            Optional.of(new RuleName("nobody deletes")),
            1,
            NINE,
            NINE);

    Suggested suggested = of(denied);

    assertThat(rules(suggested)).isEqualTo("rules: []\n");
    assertThat(suggested.leftOut())
        .containsExactly(
            "user:default/ada: items/delete on orders-prod:/dbs/shop/colls/orders (once) is denied"
                + " by rule 'nobody deletes'; no rule that allows changes that");
  }

  @Test
  void tellsWhatWasAskedForAndNotUsed() {
    Observation asked =
        new Observation(
            ADA,
            CredentialForm.LEASE_KEY,
            ORDERS,
            Set.of(Action.ITEMS_READ, Action.ITEMS_DELETE),
            true,
            Optional.empty(),
            1,
            NINE,
            NINE);
    Observation used =
        new Observation(
            ADA,
            CredentialForm.LEASE_KEY,
            ORDERS,
            Set.of(Action.ITEMS_READ),
            false,
            Optional.empty(),
            3,
            TEN,
            TEN);

    assertThat(rules(of(asked, used)))
        .contains(
            "# 4 times by user:default/ada",
            "# asked for with a lease, and not used: items/delete\n",
            "    credentials: [lease-key]\n");
  }

  @Test
  void givesNoTwoRulesOneName() {
    assertThat(
            rules(
                of(
                    seen(workload("a b"), ORDERS, Action.ITEMS_READ),
                    seen(workload("a\nb"), ORDERS, Action.ITEMS_READ))))
        .contains("orders\"\n", "orders (2)\"\n");
  }
}
