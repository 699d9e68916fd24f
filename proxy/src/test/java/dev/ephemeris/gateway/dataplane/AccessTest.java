package dev.ephemeris.gateway.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.identity.GroupDirectory;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.folder.TestJournals;
import dev.ephemeris.gateway.lease.Approved;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.gateway.lease.LeaseId;
import dev.ephemeris.gateway.lease.LeaseSecrets;
import dev.ephemeris.gateway.lease.Refusals;
import dev.ephemeris.gateway.lease.RootKey;
import dev.ephemeris.gateway.metrics.Disposition;
import dev.ephemeris.policy.AccountFacts;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Approval;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.PolicySource;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.RuleName;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.Standing;
import dev.ephemeris.policy.UserRef;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {

  private static final Refusals NO_REFUSALS =
      new Refusals(
          new LeaseSecrets(List.of(RootKey.parse('a', GatewayFixture.ROOT_KEY))).refusals(),
          InstantSource.system());

  private static final Scope ORDERS = Scope.of("orders-prod", "shop", "orders");
  private static final Set<Action> BOTH = EnumSet.of(Action.ITEMS_READ, Action.ITEMS_DELETE);

  private static Policy policy(String action) {
    return Policy.parse(
        List.of(
            new PolicySource(
                "policy.yaml",
                """
                apiVersion: ephemeris.dev/v1
                rules:
                  - name: the team
                    for: { groups: [group:default/team] }
                    actions: [%s]
                    scopes: ["orders-prod:/dbs/shop/colls/orders"]
                """
                    .formatted(action))));
  }

  /** Neither of two policies gives both actions; they are replaced while the first is asked. */
  @Test
  void oneRequestIsDecidedByOnePolicy(@TempDir Path folder) throws Exception {
    GroupDirectory team =
        who ->
            Optional.of(
                new GroupDirectory.CatalogUser(
                    UserRef.parse("user:default/alice"),
                    Set.of(GroupRef.parse("group:default/team")),
                    Set.of()));
    List<Grants> replaced = new ArrayList<>();
    GroupDirectory replacing =
        who -> {
          replaced.forEach(each -> each.replace(policy("items/delete"), team));
          return team.find(who);
        };
    Grants grants =
        new Grants(
            policy("items/read"),
            replacing,
            List.of(new AccountFacts("orders-prod", "prod", Set.of(Lane.PROXY))));
    replaced.add(grants);
    try (Journal journal = TestJournals.open(folder.resolve("journal"))) {
      Access access = new Access(grants, NO_REFUSALS, journal, InstantSource.system());

      Access.Answer first =
          access.toAll(new Access.Shown(lease(), () -> "127.0.0.1"), BOTH, ORDERS);
      Access.Answer next =
          access.toAll(
              new Access.Shown(lease(), () -> "127.0.0.1"), Set.of(Action.ITEMS_DELETE), ORDERS);

      assertThat(first).isInstanceOf(Access.Answer.No.class);
      assertThat(next).isInstanceOf(Access.Answer.Yes.class);
    }
  }

  /** Such a policy isn't put in force; were it, it would give nothing. */
  @ParameterizedTest
  @ValueSource(strings = {"mask: [/email]", "onStoreLoss: deny"})
  void nothingIsAllowedUnderAnObligationThatNobodySeesTo(String obligation, @TempDir Path folder)
      throws Exception {
    Policy policy =
        Policy.parse(
            List.of(
                new PolicySource(
                    "policy.yaml",
                    """
                    apiVersion: ephemeris.dev/v1
                    rules:
                      - name: obliged
                        for: { principal: person }
                        actions: [items/read]
                        scopes: ["orders-prod:/"]
                        %s
                    """
                        .formatted(obligation))));
    Grants grants =
        new Grants(
            policy,
            who -> Optional.empty(),
            List.of(new AccountFacts("orders-prod", "prod", Set.of(Lane.PROXY))));
    try (Journal journal = TestJournals.open(folder.resolve("journal"))) {
      Access access = new Access(grants, NO_REFUSALS, journal, InstantSource.system());

      Access.Answer answer =
          access.toAll(
              new Access.Shown(lease(), () -> "127.0.0.1"), Set.of(Action.ITEMS_READ), ORDERS);

      assertThat(answer)
          .isEqualTo(
              new Access.Answer.No(
                  Action.ITEMS_READ,
                  ORDERS,
                  Disposition.LANE_CANNOT_ENFORCE,
                  Optional.of(new RuleName("obliged"))));
    }
  }

  @ParameterizedTest
  @CsvSource({"1h, 1, true", "1h, 2, false", "2h, 1, false"})
  void whatWantsAnApprovalIsForLeasesThatHaveThatOne(
      String expires, int count, boolean allowed, @TempDir Path folder) throws Exception {
    Policy policy =
        Policy.parse(
            List.of(
                new PolicySource(
                    "policy.yaml",
                    """
                    apiVersion: ephemeris.dev/v1
                    rules:
                      - name: approved
                        for: { principal: person }
                        actions: [items/read]
                        scopes: ["orders-prod:/"]
                        approval: { from: [group:default/team], count: %d, expires: %s }
                    """
                        .formatted(count, expires))));
    Grants grants =
        new Grants(
            policy,
            who -> Optional.empty(),
            List.of(new AccountFacts("orders-prod", "prod", Set.of(Lane.PROXY))));
    Approved approved =
        new Approved(
            "ar-1",
            Set.of(
                new Approval(
                    Set.of(GroupRef.parse("group:default/team")),
                    1,
                    Duration.ofHours(1),
                    Optional.empty())));
    try (Journal journal = TestJournals.open(folder.resolve("journal"))) {
      Access access = new Access(grants, NO_REFUSALS, journal, InstantSource.system());

      assertThat(to(access, lease(Optional.of(approved))) instanceof Access.Answer.Yes)
          .isEqualTo(allowed);
      assertThat(to(access, lease()))
          .isEqualTo(
              new Access.Answer.No(
                  Action.ITEMS_READ,
                  ORDERS,
                  Disposition.NEEDS_APPROVAL,
                  Optional.of(new RuleName("approved"))));
    }
  }

  private static Access.Answer to(Access access, Lease lease) {
    return access.toAll(
        new Access.Shown(lease, () -> "127.0.0.1"), Set.of(Action.ITEMS_READ), ORDERS);
  }

  private static Lease lease() {
    return lease(Optional.empty());
  }

  private static Lease lease(Optional<Approved> approved) {
    Instant now = Instant.now();
    return new Lease(
        new LeaseId("a".repeat(27)),
        "s-1",
        new PrincipalId("corp", "sub-alice"),
        PrincipalKind.PERSON,
        Map.of(),
        Standing.NONE,
        Optional.empty(),
        CredentialForm.LEASE_TOKEN,
        ORDERS,
        Optional.empty(),
        new RoleName("both"),
        BOTH,
        Lane.PROXY,
        new RuleName("the team"),
        now,
        now.plus(Duration.ofHours(1)),
        now.plus(Duration.ofHours(1)),
        0,
        Optional.empty(),
        Optional.empty(),
        approved);
  }
}
