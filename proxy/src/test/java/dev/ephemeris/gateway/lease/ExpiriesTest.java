package dev.ephemeris.gateway.lease;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.gateway.SettableClock;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.LosableJournal;
import dev.ephemeris.gateway.journal.folder.JournalReader;
import dev.ephemeris.gateway.journal.folder.TestJournals;
import dev.ephemeris.policy.Lane;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of a lease's time is on record as its other endings are. */
class ExpiriesTest {

  private static final Duration SHORT = Duration.ofMinutes(10);

  private final Path folder;
  private final SettableClock clock = new SettableClock();
  private final AtomicBoolean lost = new AtomicBoolean();
  private final Journal journal;
  private final ReportingLeases reporting;

  ExpiriesTest(@TempDir Path folder) throws Exception {
    this.folder = folder;
    journal = new LosableJournal(TestJournals.open(folder.resolve("journal")), lost);
    reporting = new ReportingLeases(folder, journal, clock);
    reporting.leases().recordExpired();
  }

  @AfterEach
  void close() throws Exception {
    reporting.close();
    journal.close();
  }

  private Lease lease(Duration ttl) {
    return ((Issuance.Issued) reporting.ask(Lane.PROXY, Optional.of(ttl)).await()).lease();
  }

  private List<ObjectNode> expired() throws Exception {
    List<ObjectNode> expired = new ArrayList<>();
    new JournalReader(folder.resolve("journal"))
        .forEach(
            entry -> {
              if (entry.type().equals("leaseExpired")) {
                expired.add(entry.fields());
              }
            });
    return expired;
  }

  private List<String> leasesOnRecord() throws Exception {
    return expired().stream().map(fields -> fields.path("leaseId").textValue()).toList();
  }

  @Test
  void whatComesToTheEndOfItsTimeIsOnRecordOnce() throws Exception {
    Lease shorter = lease(SHORT);
    Lease longer = lease(SHORT.multipliedBy(3));
    reporting.leases().recordExpired();
    assertThat(expired()).isEmpty();

    clock.advance(SHORT.multipliedBy(2));
    reporting.leases().recordExpired();
    reporting.leases().recordExpired();

    assertThat(leasesOnRecord()).containsExactly(shorter.id().value());
    ObjectNode record = expired().getFirst();
    assertThat(record.path("principal").textValue()).isEqualTo("corp:sub-somebody");
    assertThat(record.path("sessionId").textValue()).isEqualTo("s-1");
    assertThat(record.path("expiresAt").textValue()).isEqualTo(shorter.expiresAt().toString());

    clock.advance(SHORT.multipliedBy(2));
    reporting.leases().recordExpired();

    assertThat(leasesOnRecord()).containsExactly(shorter.id().value(), longer.id().value());
  }

  @Test
  void whatWasEndedBeforeIsNotOnRecordAgain() throws Exception {
    Lease lease = lease(SHORT);
    reporting.leases().revoke(lease.id(), ReportingLeases.SOMEBODY).await();

    clock.advance(SHORT.multipliedBy(2));
    reporting.leases().recordExpired();

    assertThat(expired()).isEmpty();
  }

  @Test
  void whatExpiresWhileNoGatewayRunsIsFoundByTheNext() throws Exception {
    Lease lease = lease(SHORT);
    reporting.close();
    clock.advance(SHORT.multipliedBy(2));

    ReportingLeases next = new ReportingLeases(folder, journal, clock);
    next.leases().recordExpired();
    next.close();

    assertThat(leasesOnRecord()).containsExactly(lease.id().value());
  }

  @Test
  void whatTheJournalDidNotTakeIsFoundAgain() throws Exception {
    Lease lease = lease(SHORT);
    clock.advance(SHORT.multipliedBy(2));
    lost.set(true);

    reporting.leases().recordExpired();
    lost.set(false);
    reporting.leases().recordExpired();

    assertThat(leasesOnRecord()).containsExactly(lease.id().value());
  }

  @Test
  void aRenewalOfTheLastMomentIsWaitedFor() throws Exception {
    Lease lease = lease(SHORT);
    clock.advance(Duration.between(clock.instant(), lease.expiresAt()).plusMillis(10));

    reporting.leases().recordExpired();

    assertThat(expired()).isEmpty();
  }
}
