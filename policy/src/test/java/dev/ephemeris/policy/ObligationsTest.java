package dev.ephemeris.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObligationsTest {
  private static final Scope ORDERS = Scope.of("shop", "web", "orders");
  private static final String WIDE =
      """
      rules:
        - name: wide
          for: { principal: person }
          actions: [items/read, items/replace]
          scopes: ["shop:/"]
      """;

  private static Grant grant(String rules) {
    return Policies.of(rules)
        .compile(
            Policies.principal(PrincipalKind.PERSON),
            List.of(new AccountFacts("shop", "prod", Set.of(Lane.values()))));
  }

  private static LeaseTerms terms(Grant grant, Lane lane, Action... actions) {
    return grant.leaseTerms(
        Set.of(actions), ORDERS, lane, CredentialForm.LEASE_TOKEN, Policies.NOON);
  }

  private static LeaseTerms.Granted granted(Grant grant, Lane lane, Action... actions) {
    return (LeaseTerms.Granted) terms(grant, lane, actions);
  }

  private static String narrow(String obligations) {
    return WIDE
        + """
          - name: narrow
            for: { principal: person }
            actions: [items/read]
            scopes: ["shop:/dbs/web/colls/orders"]
        """
            .indent(0)
        + "    "
        + obligations
        + "\n";
  }

  @Test
  void areThoseOfTheRuleThatAllows() {
    Grant grant = grant(narrow("mask: [/email]"));

    Decision read =
        grant.decide(Action.ITEMS_READ, ORDERS, CredentialForm.LEASE_TOKEN, Policies.NOON);
    Decision replace =
        grant.decide(Action.ITEMS_REPLACE, ORDERS, CredentialForm.LEASE_TOKEN, Policies.NOON);

    assertThat(((Decision.Allow) read).obligations().mask())
        .containsExactly(new FieldPath("/email"));
    assertThat(((Decision.Allow) replace).obligations()).isEqualTo(Obligations.NONE);
  }

  @Test
  void ofALeaseAreThoseOfAllItsActions() {
    Grant grant =
        grant(narrow("approval: { from: [group:dba], expires: 2h }\n    deliver: [env, token]"));

    LeaseTerms.Granted both = granted(grant, Lane.PROXY, Action.ITEMS_READ, Action.ITEMS_REPLACE);

    assertThat(both.approvals())
        .extracting(Approval::toString)
        .containsExactly("1 of group:default/dba");
    assertThat(both.deliver()).containsExactly(Delivery.TOKEN, Delivery.ENV);
    assertThat(granted(grant, Lane.PROXY, Action.ITEMS_REPLACE).approvals()).isEmpty();
    assertThat(granted(grant, Lane.PROXY, Action.ITEMS_REPLACE).deliver())
        .containsExactly(Delivery.values());
  }

  /** Nobody approves what a token of one's own opens. */
  @Test
  void aTokenOfOnesOwnGetsNothingThatNeedsApproval() {
    String all = WIDE + "    approval: { from: [group:dba], expires: 2h }\n";

    assertThat(grant(all).implicitTerms("shop")).isEmpty();
    assertThat(grant(narrow("approval: { from: [group:dba], expires: 2h }")).implicitTerms("shop"))
        .map(terms -> terms.granted().by())
        .hasValueSatisfying(by -> assertThat(by).containsExactly(new RuleName("wide")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          mask: [/email]                                | false
          onStoreLoss: deny                             | false
          limits: { itemsPerPage: 5 }                   | false
          approval: { from: [group:dba], expires: 2h }  | true
          notify: [ops]                                 | true
          deliver: [env]                                | true
          """)
  void thatBindRequestsKeepALaneOutWhereNobodyLooksAtThem(String obligations, boolean given) {
    LeaseTerms terms = terms(grant(narrow(obligations)), Lane.TOKEN, Action.ITEMS_READ);

    assertThat(terms instanceof LeaseTerms.Granted).isEqualTo(given);
    if (!given) {
      assertThat(((LeaseTerms.Refused) terms).reasons())
          .isEqualTo(
              Map.of(
                  Action.ITEMS_READ,
                  new Decision.Deny(
                      Reason.LANE_CANNOT_ENFORCE, Optional.of(new RuleName("narrow")))));
    }
  }

  /** A lease of that lane on all of it would go past them in a part of it. */
  @Test
  void thatBindRequestsOnAPartOfAScopeKeepALaneOutOfAll() {
    Grant grant = grant(narrow("mask: [/email]"));
    Scope whole = Scope.of("shop", "web");

    assertThat(
            grant.leaseTerms(
                Set.of(Action.ITEMS_READ),
                whole,
                Lane.TOKEN,
                CredentialForm.LEASE_TOKEN,
                Policies.NOON))
        .isEqualTo(
            new LeaseTerms.Refused(
                Map.of(
                    Action.ITEMS_READ,
                    new Decision.Deny(
                        Reason.LANE_CANNOT_ENFORCE, Optional.of(new RuleName("narrow"))))));
    assertThat(
            grant.leaseTerms(
                Set.of(Action.ITEMS_REPLACE),
                whole,
                Lane.TOKEN,
                CredentialForm.LEASE_TOKEN,
                Policies.NOON))
        .isInstanceOf(LeaseTerms.Granted.class);
  }

  @Test
  void areToldInWords() {
    Policy policy =
        Policies.of(
            narrow(
                """
                mask: [/b, /a]
                    approval: { from: [group:dba, group:a], count: 2, expires: 2h }
                    notify: [ops]
                    deliver: [file]
                    onStoreLoss: deny\
                """));

    assertThat(
            policy
                .explain(
                    Policies.principal(PrincipalKind.PERSON),
                    Action.ITEMS_READ,
                    ORDERS,
                    new AccountFacts("shop", "prod", Set.of(Lane.PROXY)),
                    Policies.NOON)
                .toText()
                .lines()
                .findFirst())
        .hasValueSatisfying(
            line ->
                assertThat(line)
                    .endsWith(
                        "allowed by 'narrow', masks /a and /b, after approval by 2 of"
                            + " group:default/a or group:default/dba, tells ops, handed over as"
                            + " file, not while the store is lost"));
    assertThat(policy.obligations()).containsOnlyKeys(new RuleName("narrow"));
  }

  @ParameterizedTest
  @CsvSource({
    "/id, true",
    "/customer, false",
    "/identity, false",
    "/tenant, true",
    "/tenant/id, false",
    "/region, true"
  })
  void lintFindsMaskedKeys(String field, boolean found) {
    PolicyText policy =
        PolicyText.parse(
            List.of(
                new PolicySource(
                    "policy.yaml",
                    "apiVersion: ephemeris.dev/v1\n"
                        + narrow("ttl: { default: 1h, max: 2h }\n    mask: [" + field + "]"))));

    assertThat(
            Lint.of(
                policy,
                Optional.empty(),
                List.of(),
                List.of(new FieldPath("/tenant"), new FieldPath("/region/name"))))
        .filteredOn(finding -> finding.code() == Finding.Code.MASKED_KEY)
        .hasSize(found ? 1 : 0);
  }
}
