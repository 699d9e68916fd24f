package dev.ephemeris.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Set;
import org.junit.jupiter.api.Test;

class ExplanationTest {
  private static final AccountFacts ACCOUNT =
      new AccountFacts("orders-prod", "prod", Set.of(Lane.PROXY));
  private static final Principal ALICE = Policies.principal(PrincipalKind.PERSON, "orders-team");
  private static final Policy POLICY = Policies.resource("decisions.yaml");

  @Test
  void tellsWhatBecameOfEachRuleNearestFirst() {
    Explanation explanation =
        POLICY.explain(
            ALICE,
            Action.ITEMS_READ,
            Scope.of("orders-prod", "shop", "vault"),
            ACCOUNT,
            Policies.NOON);

    assertThat(explanation.toText()).isEqualTo(Policies.text("explanation.txt").strip());
  }

  @Test
  void tellsWhichRuleAllows() {
    Explanation explanation =
        POLICY.explain(
            ALICE,
            Action.ITEMS_READ,
            Scope.of("orders-prod", "shop", "orders"),
            ACCOUNT,
            Policies.NOON);

    assertThat(explanation.toText().lines())
        .startsWith(
            "corp:alice (person), items/read on orders-prod:/dbs/shop/colls/orders:"
                + " allowed by 'orders team reads production'",
            "  matches    orders team operates the shop (allow)",
            "  matches    orders team reads production (allow)");
  }

  @Test
  void tellsThatNoRuleAllows() {
    Explanation explanation =
        POLICY.explain(ALICE, Action.ITEMS_UNMASK, Scope.of("orders-prod"), ACCOUNT, Policies.NOON);

    assertThat(explanation.toText().lines())
        .startsWith("corp:alice (person), items/unmask on orders-prod:/: denied, no-rule");
    assertThat(explanation.rules()).isUnmodifiable().noneMatch(Explanation.RuleTrace::matches);
  }

  @Test
  void refusesAScopeOfAnotherAccount() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                POLICY.explain(
                    ALICE, Action.ITEMS_READ, Scope.of("orders-box"), ACCOUNT, Policies.NOON))
        .withMessage("orders-box:/ is not in orders-prod");
  }
}
