package dev.ephemeris.gateway.journal.folder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was about to happen when a gateway was killed has an end on record too. */
class UnfinishedRequestsTest {

  private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");

  private static JournalRecord intent(String requestId) {
    return new JournalRecord.RequestIntent(
        NOW,
        requestId,
        "a-lease",
        "s-1",
        "corp:sub-alice",
        Optional.empty(),
        "orders-prod",
        "READ_ITEM",
        List.of("items/read"),
        GatewayFixture.ORDERS,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "the team reads orders",
        "activity-of-" + requestId);
  }

  private static JournalRecord outcome(String requestId) {
    return new JournalRecord.RequestOutcome(
        NOW,
        requestId,
        "activity-of-" + requestId,
        200,
        0,
        1.0,
        Optional.empty(),
        Optional.empty(),
        12,
        3.5);
  }

  private static void write(Path folder, JournalRecord... records) throws JournalException {
    try (Journal journal = TestJournals.open(folder)) {
      for (JournalRecord record : records) {
        journal.append(record);
      }
    }
  }

  /** Opens a journal again, as a start does; what that appended, oldest first. */
  private static List<JournalEntry> closed(Path folder) throws JournalException {
    int before = TestJournals.entries(folder).size();
    FolderJournal.open(
            folder,
            TestJournals.key(),
            TestJournals.SETTINGS,
            InstantSource.fixed(NOW.plusSeconds(60)))
        .close();
    List<JournalEntry> entries = TestJournals.entries(folder);
    return entries.subList(before, entries.size());
  }

  @Test
  void closesIntentsWithoutOutcomeInTheirOrder(@TempDir Path folder) throws Exception {
    Path journal = folder.resolve("journal");
    write(journal, intent("r1"), intent("r2"), outcome("r1"), intent("r3"));

    List<JournalEntry> appended = closed(journal);

    assertThat(appended).extracting(JournalEntry::type).containsOnly("outcomeUnknown");
    assertThat(appended)
        .extracting(entry -> entry.fields().path("requestId").asText())
        .containsExactly("r2", "r3");
    assertThat(appended.getFirst().fields().path("activityId").asText())
        .isEqualTo("activity-of-r2");
    assertThat(appended.getFirst().fields().path("at").asText()).isEqualTo("2026-11-24T09:01:00Z");
  }

  @Test
  void closesEachOnce(@TempDir Path folder) throws Exception {
    Path journal = folder.resolve("journal");
    write(journal, intent("r1"));

    assertThat(closed(journal)).hasSize(1);
    assertThat(closed(journal)).isEmpty();
  }

  @Test
  void addsNothingToAJournalThatIsWhole(@TempDir Path folder) throws Exception {
    Path journal = folder.resolve("journal");
    write(journal, intent("r1"), outcome("r1"));

    assertThat(closed(journal)).isEmpty();
  }

  /** What it says of where they begin is worth something only if it is right. */
  @ParameterizedTest
  @ValueSource(strings = {"0", "1", "", "many", "-1", "99", "9999999999999999999"})
  void areFoundWhateverWasWrittenDown(String from, @TempDir Path folder) throws Exception {
    Path journal = folder.resolve("journal");
    write(journal, outcome("r0"), intent("r1"), intent("r2"), outcome("r2"));
    assertThat(Files.readString(journal.resolve("unfinished-from"))).isEqualTo("1\n");
    Files.writeString(journal.resolve("unfinished-from"), from);

    assertThat(closed(journal))
        .extracting(entry -> entry.fields().path("requestId").asText())
        .containsExactly("r1");
    assertThat(Files.readString(journal.resolve("unfinished-from"))).isEqualTo("5\n");
  }

  @Test
  void areClosedWhenTheGatewayStartsAgain() throws Exception {
    try (GatewayFixture fixture = new GatewayFixture()) {
      fixture.stopGateway();
      write(fixture.folder().resolve("journal"), intent("r1"));

      fixture.restart();

      assertThat(fixture.journal("outcomeUnknown"))
          .singleElement()
          .satisfies(record -> assertThat(record.path("requestId").asText()).isEqualTo("r1"));
    }
  }
}
