package dev.ephemeris.gateway.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.folder.TestJournals;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.Reason;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Leases on an account in report mode that no rule gives. */
class ReportedLeasesTest {

  private final Path file;
  private final Journal journal;
  private final ReportingLeases reporting;

  ReportedLeasesTest(@TempDir Path folder) throws Exception {
    file = folder.resolve("journal");
    journal = TestJournals.open(file);
    reporting = new ReportingLeases(folder, journal);
  }

  @AfterEach
  void close() throws Exception {
    reporting.close();
    journal.close();
  }

  private Issuance ask(Lane lane) {
    return reporting.ask(lane, Optional.empty()).await();
  }

  /** Nobody would see what is done with them, so that there were nothing to report. */
  @ParameterizedTest
  @EnumSource(
      value = Lane.class,
      names = {"TOKEN", "RBAC"})
  void arentGivenInLanesWhereNobodyLooksAtRequests(Lane lane) throws Exception {
    assertThat(ask(lane)).isInstanceOf(Issuance.Refused.class);
    assertThat(TestJournals.text(file)).contains("\"deny\"").doesNotContain("\"report\"");
  }

  @Test
  void areGivenInTheLaneThatDecidesEachRequest() throws Exception {
    assertThat(ask(Lane.PROXY)).isInstanceOf(Issuance.Issued.class);
    assertThat(TestJournals.text(file)).contains("\"report\"").doesNotContain("\"deny\"");
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void areForWhatRulesRefuseAndNoLane(Reason reason) {
    assertThat(reporting.grants().passes("orders-prod", reason))
        .isEqualTo(
            reason == Reason.NO_RULE
                || reason == Reason.ACTED_FOR_MAY_NOT
                || reason == Reason.DENIED_BY_RULE);
    assertThat(reporting.grants().passes("orders-eu", reason)).isFalse();
  }
}
