package dev.ephemeris.gateway.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.RuleName;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** However often a lease is renewed, under whatever rules by then. */
class LeaseTimeTest {

  private static final Instant ISSUED = Instant.parse("2026-11-24T09:00:00Z");

  /**
   * One renewal.
   *
   * @param after how long after the one before
   * @param most what the rules give by then
   */
  record Asked(Duration after, Duration wanted, Duration most) {}

  @Provide
  Arbitrary<List<Asked>> renewals() {
    Arbitrary<Duration> time = Arbitraries.longs().between(1, 50_000).map(Duration::ofSeconds);
    return Combinators.combine(time, time, time).as(Asked::new).list().ofMaxSize(12);
  }

  @Property
  void renewalNeverExtendsPastTheMaximum(@ForAll("renewals") List<Asked> renewals) {
    Lease first = lease(Duration.ofHours(1), Duration.ofHours(8));
    Lease lease = first;
    Instant now = ISSUED;
    for (Asked asked : renewals) {
      now = now.plus(asked.after());
      Lease renewed = renewed(lease, now, asked);

      assertThat(renewed.expiresAt())
          .isAfterOrEqualTo(lease.expiresAt())
          .isBeforeOrEqualTo(first.hardEnd())
          .isBeforeOrEqualTo(latest(lease.expiresAt(), ISSUED.plus(asked.most())))
          .isBeforeOrEqualTo(latest(lease.expiresAt(), now.plus(asked.wanted())));
      assertThat(renewed.hardEnd()).isEqualTo(first.hardEnd());
      assertThat(renewed.issuedAt()).isEqualTo(ISSUED);
      assertThat(renewed.revision() == lease.revision())
          .isEqualTo(renewed.expiresAt().equals(lease.expiresAt()));
      lease = renewed;
    }
  }

  /** What the renewed one is good for is what the first was. */
  @Property
  void renewalChangesNothingButTheTimeAndWhatIsKnownOfItsHolder(
      @ForAll("renewals") List<Asked> renewals) {
    Lease first = lease(Duration.ofHours(1), Duration.ofHours(8));
    Lease lease = first;
    for (Asked asked : renewals) {
      lease = renewed(lease, ISSUED.plus(asked.after()), asked);
    }

    assertThat(lease)
        .usingRecursiveComparison()
        .ignoringFields("expiresAt", "claims", "standing", "revision")
        .isEqualTo(first);
  }

  private static Lease renewed(Lease lease, Instant now, Asked asked) {
    return lease.renewed(
        now,
        asked.wanted(),
        asked.most(),
        Map.of("at", now.toString()),
        new Standing(
            Optional.of("cli"), Optional.of(now), Optional.of("a look"), Optional.empty()));
  }

  private static Instant latest(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private static Lease lease(Duration ttl, Duration most) {
    return new Lease(
        LeaseId.random('a'),
        "s-1",
        new PrincipalId("corp", "sub-alice"),
        PrincipalKind.PERSON,
        Map.of(),
        Standing.NONE,
        Optional.empty(),
        CredentialForm.LEASE_TOKEN,
        Scope.of("orders-prod", "shop", "orders"),
        Optional.empty(),
        new RoleName("data-reader"),
        Set.of(Action.ITEMS_READ),
        Lane.PROXY,
        new RuleName("the team reads orders"),
        ISSUED,
        ISSUED.plus(ttl),
        ISSUED.plus(most),
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
