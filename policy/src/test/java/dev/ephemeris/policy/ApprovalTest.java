package dev.ephemeris.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApprovalTest {
  private static final Scope ORDERS = Scope.of("shop", "web", "orders");
  private static final Approval BY_DBA =
      new Approval(Set.of(GroupRef.parse("group:dba")), 1, Duration.ofHours(2), Optional.empty());

  private static Grant grant(String rules) {
    return Policies.of("rules:\n" + rules)
        .compile(
            Policies.principal(PrincipalKind.PERSON),
            List.of(new AccountFacts("shop", "prod", Set.of(Lane.values()))));
  }

  private static String rule(String name, String actions, String scope, String more) {
    return """
      - name: %s
        for: { principal: person }
        actions: [%s]
        scopes: ["%s"]
        %s
    """
        .formatted(name, actions, scope, more);
  }

  private static String plain(String name) {
    return rule(name, "items/read", "shop:/dbs/web/colls/orders", "mask: [/email]");
  }

  private static String approved(String name) {
    return rule(
        name,
        "items/read, items/replace",
        "shop:/dbs/web/colls/orders",
        "approval: { from: [group:dba], expires: 2h }");
  }

  private static String by(Grant grant, Action action, Circumstances circumstances) {
    return switch (grant.decide(action, ORDERS, CredentialForm.LEASE_TOKEN, circumstances)) {
      case Decision.Allow(RuleName rule, Obligations obligations) ->
          rule + (obligations.approvals().isEmpty() ? "" : " after approval");
      case Decision.Deny deny -> deny.reason().code();
    };
  }

  /** Those of a lease that was given after these agreed. */
  private record Approved(Set<Approval> approvals) implements Circumstances {
    @Override
    public Instant at() {
      return Policies.NOON.at();
    }

    @Override
    public Optional<InetAddress> from() {
      return Policies.NOON.from();
    }

    @Override
    public Standing standing() {
      return Standing.NONE;
    }

    @Override
    public boolean isWithinKey(List<String> key) {
      return key.isEmpty();
    }

    @Override
    public boolean isApproved(Approval approval) {
      return approvals.contains(approval);
    }
  }

  /** A rule that somebody adds for more than what everybody has takes nothing from anybody. */
  @ParameterizedTest
  @ValueSource(strings = {"aardvark", "zebra"})
  void isNeededOnlyForWhatNoRuleOfTheSameScopeGivesWithoutIt(String name) {
    Grant grant = grant(plain("monkey") + approved(name));

    assertThat(by(grant, Action.ITEMS_READ, Policies.NOON)).isEqualTo("monkey");
    assertThat(by(grant, Action.ITEMS_REPLACE, Policies.NOON)).isEqualTo(name + " after approval");
  }

  /** It may give more, such as what is masked for others. */
  @ParameterizedTest
  @ValueSource(strings = {"aardvark", "zebra"})
  void onceGivenItsRuleComesFirst(String name) {
    Grant grant = grant(plain("monkey") + approved(name));

    assertThat(by(grant, Action.ITEMS_READ, new Approved(Set.of(BY_DBA))))
        .isEqualTo(name + " after approval");
  }

  @ParameterizedTest
  @CsvSource({"2, 2h, dba", "1, 3h, dba", "1, 2h, other"})
  void givenAsTheRuleHadItOnceIsNoneOfWhatItHasNow(int count, String expires, String group) {
    Grant grant = grant(plain("monkey") + approved("zebra"));
    Approval another =
        new Approval(
            Set.of(GroupRef.parse("group:" + group)),
            count,
            Duration.parse("PT" + expires),
            Optional.empty());

    assertThat(by(grant, Action.ITEMS_READ, new Approved(Set.of(another)))).isEqualTo("monkey");
  }

  /** A wider rule doesn't give what a narrower one wants approved. */
  @Test
  void ofANarrowScopeStandsBeforeWhatAWideOneGives() {
    Grant grant = grant(rule("wide", "reads", "shop:/", "") + approved("narrow"));

    assertThat(by(grant, Action.ITEMS_READ, Policies.NOON)).isEqualTo("narrow after approval");
  }

  @Test
  void givesNothingThatIsDenied() {
    Grant grant = grant(approved("a") + rule("denial", "items/replace", "shop:/", "effect: deny"));

    assertThat(by(grant, Action.ITEMS_REPLACE, new Approved(Set.of(BY_DBA))))
        .isEqualTo("denied-by-rule");
  }

  /** A rule that doesn't speak doesn't shorten what others give. */
  @Test
  void shortensNoLeaseThatIsGivenWithoutIt() {
    Grant grant =
        grant(
            rule("plain", "items/read", "shop:/", "ttl: { default: 1h, max: 8h }")
                + rule(
                    "approved",
                    "items/read, items/replace",
                    "shop:/",
                    "ttl: { default: 5m, max: 10m }\n"
                        + "    approval: { from: [group:dba], expires: 2h }"));

    assertThat(terms(grant, Action.ITEMS_READ).ttl().max()).isEqualTo(Duration.ofHours(8));
    assertThat(terms(grant, Action.ITEMS_READ).approvals()).isEmpty();
    assertThat(terms(grant, Action.ITEMS_READ, Action.ITEMS_REPLACE).ttl().max())
        .isEqualTo(Duration.ofMinutes(10));
    assertThat(terms(grant, Action.ITEMS_READ, Action.ITEMS_REPLACE).approvals())
        .containsExactly(BY_DBA);
  }

  private static LeaseTerms.Granted terms(Grant grant, Action... actions) {
    return (LeaseTerms.Granted)
        grant.leaseTerms(
            Set.of(actions), ORDERS, Lane.PROXY, CredentialForm.LEASE_TOKEN, Policies.NOON);
  }

  /** Where nobody looks at each request it is asked for once, when the lease is. */
  @Test
  void isToBeHadInEveryLane() {
    Grant grant =
        grant(rule("plain", "items/read", "shop:/dbs/web/colls/orders", "") + approved("approved"));
    LeaseTerms terms =
        grant.leaseTerms(
            Set.of(Action.ITEMS_READ, Action.ITEMS_REPLACE),
            ORDERS,
            Lane.RBAC,
            CredentialForm.LEASE_TOKEN,
            Policies.NOON);

    assertThat(((LeaseTerms.Granted) terms).approvals()).containsExactly(BY_DBA);
  }

  /** A lease of that lane on all of it would go past the approval in a part of it. */
  @ParameterizedTest
  @EnumSource(
      value = Lane.class,
      names = {"TOKEN", "RBAC"})
  void ofAPartKeepsALaneOutOfAllWhereNobodyLooksAtRequests(Lane lane) {
    Grant grant = grant(rule("wide", "reads", "shop:/", "") + approved("narrow"));
    LeaseTerms terms =
        grant.leaseTerms(
            Set.of(Action.ITEMS_READ),
            Scope.of("shop", "web"),
            lane,
            CredentialForm.LEASE_TOKEN,
            Policies.NOON);

    assertThat(terms)
        .isEqualTo(
            new LeaseTerms.Refused(
                Map.of(
                    Action.ITEMS_READ,
                    new Decision.Deny(
                        Reason.LANE_CANNOT_ENFORCE, Optional.of(new RuleName("narrow"))))));
  }

  @ParameterizedTest
  @CsvSource({"PT0S, PT1H", "P31D, PT1H", "PT1H, PT0S", "PT1H, P31D"})
  void hasTimesThatSomebodyCanWaitFor(Duration expires, Duration breakGlass) {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> new Approval(BY_DBA.from(), 1, expires, Optional.of(breakGlass)))
        .withMessageContaining("at most 30d");
  }

  /** What leases get is what is told beforehand. */
  @Test
  void shortensNothingThatIsToldBeforehand() {
    Grant grant =
        grant(
            rule("plain", "items/read", "shop:/", "ttl: { default: 1h, max: 8h }")
                + rule(
                    "approved",
                    "items/read",
                    "shop:/",
                    "ttl: { default: 5m, max: 10m }\n"
                        + "    approval: { from: [group:dba], expires: 2h }"));

    assertThat(grant.shortest(Action.ITEMS_READ, ORDERS, Lane.PROXY, CredentialForm.LEASE_TOKEN))
        .map(Ttl::max)
        .contains(Duration.ofHours(8));
  }

  @Test
  void saysForHowLongTheGlassMayBeBroken() {
    assertThat(
            new Approval(BY_DBA.from(), 2, BY_DBA.expires(), Optional.of(Duration.ofMinutes(30))))
        .hasToString("2 of group:default/dba, or at once for 30m");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(
            () -> new Approval(BY_DBA.from(), 1, BY_DBA.expires(), Optional.of(Duration.ZERO)));
  }
}
