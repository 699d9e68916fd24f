package dev.ephemeris.gateway.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.SettableClock;
import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.identity.Blocks;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.identity.GroupDirectory;
import dev.ephemeris.gateway.identity.Identity;
import dev.ephemeris.gateway.identity.Session;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.metrics.Metrics;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.policy.AccountFacts;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Delivery;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.PolicySource;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.UserRef;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leases where nobody looks at each request, asked about again. */
class UpheldLeasesTest {

  private static final PrincipalId ALICE = new PrincipalId("corp", "sub-alice");
  private static final GroupRef TEAM = GroupRef.parse("group:default/team");
  private static final Scope ORDERS = Scope.of("orders-prod", "shop", "orders");

  private static final String READS =
      """
      apiVersion: ephemeris.dev/v1
      rules:
        - name: the team reads
          for: { groups: [group:default/team] }
          role: data-reader
          scopes: ["orders-prod:/dbs/shop/colls/orders"]
      """;

  private static final AccountFacts PROD =
      new AccountFacts("orders-prod", "prod", EnumSet.allOf(Lane.class));

  private final SettableClock clock = new SettableClock();
  private final List<JournalRecord> journal = new ArrayList<>();
  private final Database database;
  private final Directory directory = new Directory();
  private final Grants grants;
  private final Leases leases;

  /** Alice's groups, as long as they are known. */
  private static final class Directory implements GroupDirectory {
    private Set<GroupRef> groups = Set.of(TEAM);
    private Optional<String> unavailable = Optional.empty();

    @Override
    public Optional<CatalogUser> find(Identity who) {
      return Optional.of(new CatalogUser(new UserRef("default", "alice"), groups, Set.of()));
    }

    @Override
    public Optional<String> unavailable(Instant now) {
      return unavailable;
    }
  }

  private static final class Given implements DirectLane {
    private final List<Lease> ended = new ArrayList<>();

    @Override
    public Future<Answer<AtAccount>> prepare(Wanted wanted) {
      return Future.succeededFuture(
          new Answer.Given<>(new AtAccount.Assignments("object", List.of("assignment"))));
    }

    @Override
    public Future<Answer<Handed>> open(Lease lease) {
      return Future.succeededFuture(
          new Answer.Given<>(new Handed.Role("https://account", Duration.ofMinutes(5))));
    }

    @Override
    public Future<Answer<Handed>> openAgain(Lease lease) {
      return open(lease);
    }

    @Override
    public void ended(Lease lease) {
      ended.add(lease);
    }
  }

  private final Given lane = new Given();

  UpheldLeasesTest(@TempDir Path folder) {
    database = Database.open(folder.resolve("ephemeris.db"));
    database
        .transaction(
            handle ->
                handle.execute(
                    "INSERT INTO session (id, sign_in, issuer, subject, client, address,"
                        + " started_at, ends_at, kind) VALUES ('s-1', 'x', 'corp', 'sub-alice',"
                        + " 'cli', '127.0.0.1', 0, 0, 'PERSON')"))
        .await();
    Journal records =
        new Journal() {
          @Override
          public void append(JournalRecord record) {
            journal.add(record);
          }

          @Override
          public void check() {}

          @Override
          public void close() {}
        };
    LeaseSecrets secrets =
        new LeaseSecrets(
            List.of(RootKey.parse('a', Base64.getEncoder().encodeToString(new byte[32]))));
    grants =
        new Grants(
            policy(READS),
            directory,
            List.of(PROD, new AccountFacts("another", "prod", EnumSet.allOf(Lane.class))));
    leases =
        Leases.of(
            database,
            secrets,
            Blocks.open(database, secrets, records, clock),
            grants,
            records,
            Notices.NOBODY,
            Metrics.of(List.of()).leases(),
            Map.of(Lane.RBAC, lane),
            clock);
  }

  private static Policy policy(String text) {
    return Policy.parse(List.of(new PolicySource("p.yaml", text)));
  }

  @AfterEach
  void close() {
    database.close();
  }

  private Lease give(Lane lane) {
    Instant now = clock.instant();
    Issuance issued =
        leases
            .issue(
                new Authentication.Accepted(
                    grants.principal(ALICE, PrincipalKind.PERSON, "Alice", Map.of()),
                    new Session(
                        "s-1",
                        ALICE,
                        PrincipalKind.PERSON,
                        "cli",
                        "127.0.0.1",
                        now,
                        now.plusSeconds(36_000),
                        Optional.empty(),
                        Map.of()),
                    "cli",
                    Optional.empty(),
                    Optional.empty()),
                "127.0.0.1",
                new LeaseRequest(
                    ORDERS,
                    Optional.empty(),
                    Optional.empty(),
                    new RoleName("data-reader"),
                    lane,
                    CredentialForm.LEASE_TOKEN,
                    Optional.of(Duration.ofHours(1)),
                    Delivery.TOKEN,
                    Optional.empty(),
                    Optional.empty()))
            .await();
    return switch (issued) {
      case Issuance.IssuedDirect(Lease lease, var handed) -> lease;
      case Issuance.Issued(Lease lease, var token) -> lease;
      default -> throw new AssertionError(issued.toString());
    };
  }

  private List<LeaseId> upheld() {
    return leases.upheld(Lane.RBAC, "orders-prod").await().orElseThrow().stream()
        .map(Lease::id)
        .toList();
  }

  @Test
  void areThoseOfTheLaneAndTheAccountThatAreGoodNow() {
    Lease given = give(Lane.RBAC);
    Lease proxied = give(Lane.PROXY);

    assertThat(upheld()).containsExactly(given.id()).doesNotContain(proxied.id());
    assertThat(leases.upheld(Lane.RBAC, "another").await()).contains(List.of());
    clock.advance(Duration.ofMinutes(61));
    assertThat(upheld()).isEmpty();
    assertThat(lane.ended).isEmpty();
  }

  @Test
  void endWithTheGroup() {
    Lease given = give(Lane.RBAC);
    Directory others = new Directory();
    others.groups = Set.of();
    grants.replace(policy(READS), others);

    assertThat(upheld()).isEmpty();

    assertThat(lane.ended).extracting(Lease::id).containsExactly(given.id());
    assertThat(journal)
        .filteredOn(JournalRecord.LeaseRevoked.class::isInstance)
        .singleElement()
        .isInstanceOfSatisfying(
            JournalRecord.LeaseRevoked.class,
            record -> {
              assertThat(record.leaseId()).isEqualTo(given.id().value());
              assertThat(record.by()).isEqualTo(JournalRecord.LeaseRevoked.BY_GATEWAY);
            });
    grants.replace(policy(READS), directory);
    assertThat(upheld()).isEmpty();
  }

  /** What a rule that came later denies on a part of it, nobody would look at. */
  @Test
  void endWithARuleThatTheLaneCantHoldTo() {
    Lease given = give(Lane.RBAC);
    grants.replace(
        policy(
            READS
                + """
                  - name: only for some
                    for: { groups: [group:default/team] }
                    role: data-reader
                    scopes: ["orders-prod:/dbs/shop/colls/orders"]
                    limits: { requestUnitsPerMinute: 100 }
                """),
        directory);

    assertThat(upheld()).isEmpty();

    assertThat(lane.ended).extracting(Lease::id).containsExactly(given.id());
  }

  @Test
  void areNoneWhileNobodyKnowsTheGroupsAndTheSameAfterwards() {
    Lease given = give(Lane.RBAC);
    directory.unavailable = Optional.of("Backstage hasn't answered");

    assertThat(upheld()).isEmpty();

    assertThat(lane.ended).isEmpty();
    directory.unavailable = Optional.empty();
    assertThat(upheld()).containsExactly(given.id());
  }

  /** As at a gateway's start, and whenever accounts change. */
  @Test
  void areUnknownWhileTheAccountIsBeingPutInForceAndTheSameAfterwards() {
    Lease given = give(Lane.RBAC);
    grants.replace(List.of(), Set.of());

    assertThat(leases.upheld(Lane.RBAC, "orders-prod").await()).isEmpty();

    assertThat(lane.ended).isEmpty();
    grants.replace(List.of(PROD), Set.of());
    assertThat(upheld()).containsExactly(given.id());
  }

  @Test
  void endAtTheStoreThatDidNotTakeTheirEnding() {
    Lease given = give(Lane.RBAC);
    sql("CREATE TRIGGER full BEFORE UPDATE ON lease BEGIN SELECT RAISE(ABORT, 'full'); END");
    assertThat(leases.revoke(given.id(), ALICE).otherwise(false).await()).isFalse();
    sql("DROP TRIGGER full");

    assertThat(upheld()).isEmpty();

    assertThat(leases.find(given.id(), ALICE).await().orElseThrow().revokedAt()).isPresent();
    assertThat(
            database
                .<Integer>transaction(
                    handle ->
                        handle
                            .createQuery("SELECT count(*) FROM lease WHERE revoked_at IS NULL")
                            .mapTo(Integer.class)
                            .one())
                .await())
        .isZero();
  }

  private void sql(String statement) {
    database.transaction(handle -> handle.execute(statement)).await();
  }
}
