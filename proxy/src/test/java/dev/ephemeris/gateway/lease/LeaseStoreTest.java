package dev.ephemeris.gateway.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.gateway.identity.ActedFor;
import dev.ephemeris.gateway.identity.Block;
import dev.ephemeris.gateway.identity.BlockTarget;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.PageWanted;
import dev.ephemeris.gateway.store.StoreException;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.RuleName;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.Standing;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseStoreTest {

  private static final PageWanted NEWEST = new PageWanted(Optional.empty(), 10);

  private static final PrincipalId ALICE = new PrincipalId("corp", "sub-alice");
  private static final Instant NOW = Instant.parse("2026-11-24T09:00:00.123456Z");

  private final Path file;
  private final Database database;
  private final LeaseSecrets secrets =
      new LeaseSecrets(
          List.of(RootKey.parse('a', Base64.getEncoder().encodeToString(new byte[32]))));
  private final LeaseStore store;

  LeaseStoreTest(@TempDir Path folder) throws Exception {
    file = folder.resolve("ephemeris.db");
    database = Database.open(file);
    store = new LeaseStore(database, secrets);
    session("s-1", "sub-alice");
    session("s-2", "sub-bob");
  }

  private void session(String id, String subject) throws Exception {
    sql(
        """
        INSERT INTO session (id, sign_in, issuer, subject, client, address, started_at, ends_at, kind)
        VALUES ('%s', '%s', 'corp', '%s', 'cli', '127.0.0.1', 0, 0, 'PERSON')\
        """
            .formatted(id, id, subject));
  }

  @AfterEach
  void close() {
    database.close();
  }

  private Lease lease(String sessionId, PrincipalId principal, Instant issuedAt) {
    return new Lease(
        secrets.newId(),
        sessionId,
        principal,
        PrincipalKind.PERSON,
        Map.of("tenant", "acme", "ref", "a \"b\" ü"),
        new Standing(
            Optional.of("cli"),
            Optional.of(issuedAt.plusSeconds(900)),
            Optional.of("a look"),
            Optional.of("OPS-1")),
        Optional.empty(),
        CredentialForm.LEASE_TOKEN,
        Scope.of("orders-prod", "shop", "orders"),
        PartitionKey.parse("[\"tenantA\"]"),
        new RoleName("data-reader"),
        Set.of(Action.ITEMS_READ, Action.READ_METADATA),
        Lane.PROXY,
        new RuleName("the team reads orders"),
        issuedAt,
        issuedAt.plusSeconds(3600),
        issuedAt.plusSeconds(7200),
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private Lease kept(Lease lease) {
    store.insert(lease, LeaseStore.Taking.NOTHING, Optional::empty, recorded -> {}).await();
    return lease;
  }

  private void sql(String statement) throws Exception {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statements = connection.createStatement()) {
      assertThat(statements.executeUpdate(statement)).isPositive();
    }
  }

  @Test
  void givesBackWhatItWasGiven() {
    Lease lease = kept(lease("s-1", ALICE, NOW));

    assertThat(store.find(lease.id()).await()).contains(lease);
    assertThat(store.find(secrets.newId()).await()).isEmpty();
  }

  /** An agent's, in a session of its own. */
  private Lease agents(Lease own) {
    return new Lease(
        own.id(),
        own.sessionId(),
        own.principal(),
        PrincipalKind.AGENT,
        own.claims(),
        own.standing(),
        Optional.of(
            new Lease.ActsFor(
                new ActedFor(ALICE, PrincipalKind.PERSON, Map.of("tenant", "acme")),
                new Standing(
                    Optional.of("cli"),
                    Optional.of(own.issuedAt()),
                    own.standing().reason(),
                    own.standing().ticket()),
                "s-1",
                "s-2")),
        own.form(),
        own.scope(),
        own.partitionKey(),
        own.role(),
        own.actions(),
        own.lane(),
        own.rule(),
        own.issuedAt(),
        own.expiresAt(),
        own.hardEnd(),
        own.revision(),
        own.revokedAt(),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void givesBackAnAgentsWithWhomItActsFor() throws Exception {
    session("s-3", "sub-copilot");
    Lease lease = kept(agents(lease("s-3", new PrincipalId("ci", "copilot"), NOW)));

    assertThat(store.find(lease.id()).await()).contains(lease);
    assertThat(store.of(ALICE, NEWEST).await().entries()).containsExactly(lease);
    assertThat(store.of(lease.principal(), NEWEST).await().entries()).containsExactly(lease);
  }

  /** The bytes under the MAC of those that act for nobody are what they were before. */
  @Test
  void keepsRowsOfBeforeThereWereAgents() {
    Lease own = lease("s-1", ALICE, NOW);
    byte[] alone = LeaseRow.canonical(own);
    byte[] agents = LeaseRow.canonical(agents(own));

    assertThat(alone).hasSize(323);
    assertThat(agents).hasSizeGreaterThan(alone.length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"s-1", "s-2", "s-3"})
  void keepsNoneOfAnAgentsOnceOneOfItsSessionsHasEnded(String ended) throws Exception {
    session("s-3", "sub-copilot");
    sql("UPDATE session SET ended_at = 1 WHERE id = '" + ended + "'");
    Lease lease = agents(lease("s-3", new PrincipalId("ci", "copilot"), NOW));

    assertThat(
            store
                .insert(
                    lease, LeaseStore.Taking.NOTHING, Optional::empty, recorded -> fail("recorded"))
                .await())
        .isEqualTo(new LeaseStore.Opened.SessionEnded());
  }

  @Test
  void keepsNoneForWhomABlockKeepsOut() {
    Lease lease = lease("s-1", ALICE, NOW);
    Block block =
        new Block(
            "b-1",
            new BlockTarget.OfPrincipal(ALICE),
            Optional.empty(),
            NOW,
            false,
            ALICE,
            Optional.empty());

    LeaseStore.Opened opened =
        store
            .insert(
                lease,
                LeaseStore.Taking.NOTHING,
                () -> Optional.of(block),
                recorded -> fail("recorded"))
            .await();

    assertThat(opened).isEqualTo(new LeaseStore.Opened.Blocked(block));
    assertThat(store.find(lease.id()).await()).isEmpty();
  }

  /** Whoever ends a session ends the leases that there are; none comes after. */
  @Test
  void keepsNoneOfASessionThatHasEnded() throws Exception {
    Lease lease = lease("s-1", ALICE, NOW);
    sql("UPDATE session SET ended_at = 1 WHERE id = 's-1'");

    LeaseStore.Opened opened =
        store
            .insert(lease, LeaseStore.Taking.NOTHING, Optional::empty, recorded -> fail("recorded"))
            .await();

    assertThat(opened).isEqualTo(new LeaseStore.Opened.SessionEnded());
    assertThat(store.find(lease.id()).await()).isEmpty();
  }

  @Test
  void listsAPrincipalsOwnNewestFirst() {
    Lease older = kept(lease("s-1", ALICE, NOW));
    Lease newer = kept(lease("s-1", ALICE, NOW.plusSeconds(1)));
    kept(lease("s-2", new PrincipalId("corp", "sub-bob"), NOW));
    kept(lease("s-1", new PrincipalId("other", "sub-alice"), NOW));

    assertThat(store.of(ALICE, NEWEST).await().entries()).containsExactly(newer, older);
  }

  @Test
  void endsALeaseOnce() {
    Lease lease = kept(lease("s-1", ALICE, NOW));
    Lease revoked = lease.revoked(NOW.plusSeconds(5));

    store.revoke(lease.id(), NOW.plusSeconds(5), left -> {}).await();
    store.revoke(lease.id(), NOW.plusSeconds(9), left -> {}).await();

    assertThat(store.find(lease.id()).await()).contains(revoked);
  }

  @Test
  void endsALeaseThatWasRenewedMeanwhile() {
    Lease lease = kept(lease("s-1", ALICE, NOW));
    Lease renewed = renewed(lease);

    assertThat(store.renew(lease.id(), kept -> renewed, recorded -> {}).await()).contains(renewed);
    store.revoke(lease.id(), NOW.plusSeconds(5), left -> {}).await();

    assertThat(store.find(lease.id()).await()).contains(renewed.revoked(NOW.plusSeconds(5)));
  }

  @Test
  void renewsWithAllThatIsNewOrNotAtAll() {
    Lease lease = kept(lease("s-1", ALICE, NOW));
    Lease renewed = renewed(lease);
    List<Lease> recorded = new ArrayList<>();

    Future<Optional<Lease>> unrecorded =
        store.renew(
            lease.id(),
            kept -> renewed,
            record -> {
              throw new IllegalStateException("no journal");
            });

    assertThatThrownBy(unrecorded::await).isInstanceOf(StoreException.class);
    assertThat(store.find(lease.id()).await()).contains(lease);
    assertThat(store.renew(lease.id(), kept -> kept, recorded::add).await()).contains(lease);
    assertThat(recorded).isEmpty();
    store.renew(lease.id(), kept -> renewed, recorded::add).await();
    assertThat(recorded).containsExactly(renewed);
    assertThat(store.find(lease.id()).await()).contains(renewed);
  }

  private static Lease renewed(Lease lease) {
    return lease.renewed(
        NOW.plusSeconds(3000),
        Duration.ofHours(1),
        Duration.ofHours(4),
        Map.of("tenant", "other"),
        new Standing(
            Optional.of("portal"), Optional.empty(), Optional.of("a look"), Optional.of("OPS-1")));
  }

  @Test
  void renewsNothingThatIsNotThere() throws Exception {
    Lease lease = kept(lease("s-1", ALICE, NOW));
    sql("UPDATE lease SET hard_end = hard_end + 1 WHERE id = '" + lease.id() + "'");

    for (LeaseId id : List.of(lease.id(), secrets.newId())) {
      assertThat(store.renew(id, LeaseStoreTest::renewed, recorded -> {}).await()).isEmpty();
    }
  }

  /** Whoever can write to the database can't widen a lease, revive it or give it to another. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "session_id, 's-2'",
        "issuer, 'other'",
        "subject, 'sub-bob'",
        "kind, 'WORKLOAD'",
        "scope, 'orders-prod:/'",
        "role, 'data-contributor'",
        "actions, 'readMetadata items/read executeQuery readChangeFeed items/delete'",
        "actions, 'nonsense'",
        "lane, 'TOKEN'",
        "rule, 'another rule'",
        "issued_at, issued_at - 1",
        "expires_at, expires_at + 1",
        "hard_end, hard_end + 1",
        "revision, 7",
        "revoked_at, 1",
        "mac, x'00'",
        "mac, (SELECT mac FROM lease ORDER BY issued_at LIMIT 1)",
      })
  void takesNoRowForALeaseThatItDidNotWrite(String column, String value) throws Exception {
    kept(lease("s-1", ALICE, NOW.minusSeconds(60)));
    Lease lease = kept(lease("s-1", ALICE, NOW));

    sql("UPDATE lease SET " + column + " = " + value + " WHERE id = '" + lease.id() + "'");

    assertThat(store.find(lease.id()).await()).isEmpty();
    assertThat(store.of(ALICE, NEWEST).await().entries()).doesNotContain(lease).hasSizeLessThan(2);
  }

  @Test
  void takesNoRowOfAnEarlierTimeForALeaseThatHasEnded() throws Exception {
    Lease lease = kept(lease("s-1", ALICE, NOW));
    store.revoke(lease.id(), NOW.plusSeconds(5), left -> {}).await();

    sql("UPDATE lease SET revoked_at = NULL, revision = 0 WHERE id = '" + lease.id() + "'");

    assertThat(store.find(lease.id()).await()).isEmpty();
  }
}
