package dev.ephemeris.gateway.lease;

import static dev.ephemeris.gateway.lease.ReportingLeases.SOMEBODY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.journal.folder.TestJournals;
import dev.ephemeris.policy.Lane;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An ending that comes between what the store has of a renewal and what the gateway hears of it.
 */
class RenewalAndEndingTest {

  private final Vertx vertx = Vertx.vertx();
  private final Context caller = vertx.getOrCreateContext();
  private final Journal file;
  private final ReportingLeases reporting;

  RenewalAndEndingTest(@TempDir Path folder) throws Exception {
    file = TestJournals.open(folder.resolve("journal"));
    reporting = new ReportingLeases(folder, new Interrupted());
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await();
    reporting.close();
    file.close();
  }

  /** Has the caller wait for the whole of an ending before it hears of its renewal. */
  private final class Interrupted implements Journal {

    @Override
    public void append(JournalRecord record) throws JournalException {
      file.append(record);
      if (record instanceof JournalRecord.LeaseRenewed renewed) {
        LeaseId id = new LeaseId(renewed.leaseId());
        caller.runOnContext(
            here ->
                CompletableFuture.runAsync(() -> reporting.leases().revoke(id, SOMEBODY).await())
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
    Issuance issued = reporting.ask(Lane.PROXY, Optional.of(Duration.ofMinutes(5))).await();
    Lease lease = ((Issuance.Issued) issued).lease();
    Promise<Renewal> renewal = Promise.promise();

    caller.runOnContext(
        here ->
            reporting
                .leases()
                .renew(
                    ReportingLeases.somebody(),
                    "127.0.0.1",
                    lease.id(),
                    Optional.of(Duration.ofHours(2)))
                .onComplete(renewal));

    assertThat(renewal.future().await())
        .isInstanceOfSatisfying(
            Renewal.Over.class, over -> assertThat(over.message()).contains("was revoked at"));
    assertThat(reporting.leases().find(lease.id(), SOMEBODY).await().flatMap(Lease::revokedAt))
        .isPresent();
    String token = reporting.secrets().token(lease.id()).reveal();
    assertThat(reporting.leases().authenticate(token.substring(token.indexOf("sig=") + 4)).await())
        .isInstanceOf(Credential.Ended.class);
  }
}
