package dev.ephemeris.gateway.journal.folder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.SettableClock;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.journal.log.LogReader;
import dev.ephemeris.gateway.journal.log.Verification;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionByAgeTest {

  private final SettableClock clock = new SettableClock();
  private final AtomicLong neededFrom = new AtomicLong(Long.MAX_VALUE);
  private final Path folder;

  RetentionByAgeTest(@TempDir Path within) {
    folder = within.resolve("journal");
  }

  private FolderJournal open() throws JournalException {
    return FolderJournal.open(folder, TestJournals.key(), TestJournals.SETTINGS, clock);
  }

  private RetentionByAge retention(FolderJournal journal) {
    return new RetentionByAge(journal, Duration.ofDays(30), neededFrom::get, clock);
  }

  private void append(FolderJournal journal, int records) throws Exception {
    long size = journal.sealed().size() + records;
    for (int i = 0; i < records; i++) {
      journal.append(
          new JournalRecord.AuthenticationFailed(
              clock.instant(), "api", "127.0.0.1", Optional.empty(), "no " + i));
    }
    while (journal.sealed().size() < size) {
      Thread.sleep(5);
    }
  }

  @Test
  void takesAwayWhatIsOldAndLeavesALogThatIsWhole() throws Exception {
    try (FolderJournal journal = open()) {
      append(journal, 700);
      clock.advance(Duration.ofDays(31));
      append(journal, 100);

      retention(journal).look();

      assertThat(journal.sealed().first()).isEqualTo(512);
      assertThat(new LogReader(folder).first()).isEqualTo(512);
      assertThat(TestJournals.entries(folder)).hasSize(288);
      assertThat(TestJournals.entries(folder).getFirst().sequence()).isEqualTo(512);
    }
    assertIntact();
    try (FolderJournal again = open()) {
      assertThat(again.sealed().first()).isEqualTo(512);
      append(again, 10);
    }
    assertIntact();
  }

  private void assertIntact() throws JournalException {
    assertThat(
            Verification.of(
                folder,
                List.of(TestJournals.verifierKey()),
                Optional.empty(),
                (index, entry) -> {}))
        .isInstanceOfSatisfying(
            Verification.Intact.class, intact -> assertThat(intact.from()).isEqualTo(512));
  }

  @Test
  void leavesWhatIsYoungAndWhatSomebodyHasToRead() throws Exception {
    try (FolderJournal journal = open()) {
      append(journal, 800);
      retention(journal).look();
      assertThat(journal.sealed().first()).isZero();

      clock.advance(Duration.ofDays(31));
      neededFrom.set(511);
      retention(journal).look();
      assertThat(journal.sealed().first()).isEqualTo(256);

      neededFrom.set(0);
      retention(journal).look();
      assertThat(journal.sealed().first()).isEqualTo(256);
      assertThat(TestJournals.entries(folder).getFirst().sequence()).isEqualTo(256);
    }
  }
}
