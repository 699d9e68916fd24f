package dev.ephemeris.gateway.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.identity.Blocks;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.identity.Session;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.journal.JsonLinesJournal;
import dev.ephemeris.gateway.metrics.Metrics;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.policy.AccountFacts;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Delivery;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.PolicySource;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.Scope;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An ending that comes between what the store has of a renewal and what the gateway hears of it.
 */
class RenewalAndEndingTest {

  private static final PrincipalId ALICE = new PrincipalId("corp", "sub-alice");

  private final Vertx vertx = Vertx.vertx();
  private final Context caller = vertx.getOrCreateContext();
  private final Journal file;
  private final Database database;
  private final LeaseSecrets secrets =
      new LeaseSecrets(
          List.of(RootKey.parse('a', Base64.getEncoder().encodeToString(new byte[32]))));
  private final Leases leases;

  RenewalAndEndingTest(@TempDir Path folder) throws Exception {
    file = JsonLinesJournal.open(folder.resolve("journal.jsonl"));
    database = Database.open(folder.resolve("ephemeris.db"));
    database
        .transaction(
            handle ->
                handle.execute(
                    "INSERT INTO session VALUES ('s-1', 'x', 'corp', 'sub-alice', 'cli',"
                        + " '127.0.0.1', 0, 0, 'PERSON', NULL, NULL)"))
        .await();
    Grants grants =
        new Grants(
            Policy.parse(
                List.of(new PolicySource("p.yaml", "apiVersion: ephemeris.dev/v1\nrules: []\n"))),
            who -> Optional.empty(),
            List.of(new AccountFacts("orders-prod", "prod", EnumSet.allOf(Lane.class))),
            Set.of("orders-prod"));
    leases =
        Leases.of(
            database,
            secrets,
            Blocks.open(database, secrets, file, InstantSource.system()),
            grants,
            new Interrupted(),
            Metrics.of(List.of()).leases(),
            InstantSource.system());
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await();
    database.close();
    file.close();
  }

  /** Has the caller wait for the whole of an ending before it hears of its renewal. */
  private final class Interrupted implements Journal {

    @Override
    public void append(JournalRecord record) throws JournalException {
      file.append(record);
      if (record instanceof JournalRecord.LeaseRenewed renewed) {
        caller.runOnContext(
            here ->
                CompletableFuture.runAsync(
                        () -> leases.revoke(new LeaseId(renewed.leaseId()), ALICE).await())
                    .join());
      }
    }

    @Override
    public void check() throws JournalException {
      file.check();
    }

    @Override
    public void close() {}
  }

  @Test
  void theEndingStays() {
    Lease lease = ((Issuance.Issued) issue().await()).lease();
    Promise<Renewal> renewal = Promise.promise();

    caller.runOnContext(
        here ->
            leases
                .renew(alice(), "127.0.0.1", lease.id(), Optional.of(Duration.ofHours(2)))
                .onComplete(renewal));

    assertThat(renewal.future().await())
        .isInstanceOfSatisfying(
            Renewal.Over.class, over -> assertThat(over.message()).contains("was revoked at"));
    assertThat(leases.find(lease.id(), ALICE).await().flatMap(Lease::revokedAt)).isPresent();
    String token = secrets.token(lease.id()).reveal();
    assertThat(leases.authenticate(token.substring(token.indexOf("sig=") + 4)).await())
        .isInstanceOf(Credential.Ended.class);
  }

  private static Authentication.Accepted alice() {
    Instant now = Instant.now();
    return new Authentication.Accepted(
        new Principal(ALICE, PrincipalKind.PERSON, "Alice", Set.of()),
        new Session(
            "s-1",
            ALICE,
            PrincipalKind.PERSON,
            "cli",
            "127.0.0.1",
            now,
            now.plusSeconds(36_000),
            Optional.empty()),
        "cli",
        Optional.empty(),
        Optional.empty());
  }

  private Future<Issuance> issue() {
    return leases.issue(
        alice(),
        "127.0.0.1",
        new LeaseRequest(
            Scope.of("orders-prod"),
            Optional.empty(),
            new RoleName("data-reader"),
            Lane.PROXY,
            CredentialForm.LEASE_TOKEN,
            Optional.of(Duration.ofMinutes(5)),
            Delivery.TOKEN,
            Optional.empty(),
            Optional.empty()));
  }
}
