package dev.ephemeris.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ConditionsTest {

  private static final List<AccountFacts> ACCOUNTS =
      List.of(new AccountFacts("orders-prod", "prod", Set.of(Lane.values())));
  private static final Scope SCOPE = Scope.of("orders-prod", "shop", "orders");

  private static Grant grant(String rules) {
    return Policies.of("rules:\n" + rules)
        .compile(Policies.principal(PrincipalKind.PERSON), ACCOUNTS);
  }

  private static Circumstances moment(String at, @Nullable String from) {
    return new Circumstances.Given(
        Instant.parse(at), Optional.ofNullable(from).map(InetAddress::ofLiteral));
  }

  private static boolean allows(Grant grant, Circumstances circumstances) {
    return grant.decide(Action.ITEMS_READ, SCOPE, CredentialForm.LEASE_TOKEN, circumstances)
        instanceof Decision.Allow;
  }

  @ParameterizedTest(name = "{0} at {1} from {2}: {3}")
  @CsvFileSource(resources = "moments.csv", delimiter = '|', numLinesToSkip = 1)
  void hold(String when, String at, @Nullable String from, boolean holds) {
    Grant grant =
        grant(
            "- { name: r, for: { principal: person }, role: data-reader, scopes: ['*:/'], when: {"
                + when
                + "} }");

    assertThat(allows(grant, moment(at, from))).isEqualTo(holds);
  }

  /** Who somebody is holds from one request to the next: any lane can see to it. */
  @ParameterizedTest
  @EnumSource(PrincipalKind.class)
  void takeTheKindOfPrincipalForOneOfTheSubjects(PrincipalKind kind) {
    Grant grant =
        Policies.of(
                """
                rules:
                - name: r
                  for: { groups: [group:default/team] }
                  role: data-reader
                  scopes: ["*:/"]
                  when: { principal: workload }
                """)
            .compile(Policies.principal(kind, "team"), ACCOUNTS);

    assertThat(allows(grant, moment("2026-11-24T12:00:00Z", null)))
        .isEqualTo(kind == PrincipalKind.WORKLOAD);
    assertThat(
            grant.leaseTerms(
                    Set.of(Action.ITEMS_READ),
                    SCOPE,
                    Lane.TOKEN,
                    CredentialForm.LEASE_TOKEN,
                    moment("2026-11-24T12:00:00Z", null))
                instanceof LeaseTerms.Granted)
        .isEqualTo(kind == PrincipalKind.WORKLOAD);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-24T12:00:00Z, 10.1.2.3, the office reads",
    "2026-11-24T23:00:00Z, 10.1.2.3, nobody at night",
    "2026-11-24T12:00:00Z, 192.0.2.1, everybody reads"
  })
  void leaveToOtherRulesWhatTheyDoNotDecide(String at, String from, String rule) {
    Grant grant =
        grant(
            """
            - { name: everybody reads, for: { principal: person }, role: data-reader, scopes: ["*:/"] }
            - name: the office reads
              for: { principal: person }
              role: data-reader
              scopes: ["orders-prod:/dbs/shop/colls/orders"]
              when: { network: [10.0.0.0/8] }
            - name: nobody at night
              effect: deny
              for: { principal: person }
              actions: [reads]
              when: { window: { from: "22:00", to: "06:00", zone: UTC } }
            """);
    Decision decision =
        grant.decide(Action.ITEMS_READ, SCOPE, CredentialForm.LEASE_TOKEN, moment(at, from));

    assertThat(
            switch (decision) {
              case Decision.Allow(RuleName by, Obligations obligations) -> by.value();
              case Decision.Deny(Reason reason, Optional<RuleName> by) ->
                  by.map(RuleName::value).orElse(reason.code());
            })
        .isEqualTo(rule);
  }

  /** What Cosmos DB enforces itself knows neither the hour nor the caller's network. */
  @Test
  void areOfTheProxyLaneOnly() {
    Grant grant =
        grant(
            "- { name: r, for: { principal: person }, role: data-reader, scopes: ['*:/'], when: {"
                + " network: [192.0.2.0/24] } }");

    assertThat(terms(grant, Lane.PROXY)).isInstanceOf(LeaseTerms.Granted.class);
    assertThat(terms(grant, Lane.TOKEN))
        .isEqualTo(
            new LeaseTerms.Refused(
                java.util.Map.of(
                    Action.ITEMS_READ,
                    new Decision.Deny(
                        Reason.LANE_CANNOT_ENFORCE, Optional.of(new RuleName("r"))))));
  }

  private static LeaseTerms terms(Grant grant, Lane lane) {
    return grant.leaseTerms(
        Set.of(Action.ITEMS_READ), SCOPE, lane, CredentialForm.LEASE_TOKEN, Policies.NOON);
  }

  @Test
  void areExplained() {
    Policy policy =
        Policies.of(
            """
            rules:
            - name: office hours
              for: { principal: person }
              role: data-reader
              scopes: ["*:/"]
              when:
                network: [10.0.0.0/8, "2001:db8::/32"]
                window: { days: [mon-fri, sun], from: "13:00", to: "18:00", zone: Europe/London }
            """);

    assertThat(
            policy
                .explain(
                    Policies.principal(PrincipalKind.PERSON),
                    Action.ITEMS_READ,
                    SCOPE,
                    ACCOUNTS.getFirst(),
                    Policies.NOON)
                .toText()
                .lines())
        .contains(
            "  near miss  office hours (allow)",
            "             it is for request from 10.0.0.0/8 or 2001:db8::/32, within mon-fri, sun"
                + " 13:00 to 18:00 Europe/London");
  }
}
