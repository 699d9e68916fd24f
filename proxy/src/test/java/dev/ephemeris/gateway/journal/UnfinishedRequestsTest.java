package dev.ephemeris.gateway.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.GatewayFixture;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        NOW, requestId, "activity-of-" + requestId, 200, 0, 1.0, Optional.empty(), 12, 3.5);
  }

  private static void write(Path file, JournalRecord... records) throws JournalException {
    try (Journal journal = JsonLinesJournal.open(file)) {
      for (JournalRecord record : records) {
        journal.append(record);
      }
    }
  }

  /** Closes what a journal left open, as a start does; what it appended, oldest first. */
  private static List<JournalEntry> closed(Path file) throws JournalException {
    List<JournalEntry> appended = new ArrayList<>();
    try (Journal journal = JsonLinesJournal.open(file)) {
      long before = new JournalReader(file).forEach(entry -> {});
      UnfinishedRequests.in(file).closeIn(journal, NOW.plusSeconds(60));
      new JournalReader(file)
          .forEach(
              entry -> {
                if (entry.sequence() >= before) {
                  appended.add(entry);
                }
              });
    }
    return appended;
  }

  @Test
  void closesIntentsWithoutOutcomeInTheirOrder(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("journal.jsonl");
    write(file, intent("r1"), intent("r2"), outcome("r1"), intent("r3"));

    List<JournalEntry> appended = closed(file);

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
    Path file = folder.resolve("journal.jsonl");
    write(file, intent("r1"));

    assertThat(closed(file)).hasSize(1);
    assertThat(closed(file)).isEmpty();
  }

  @Test
  void addsNothingToAJournalThatIsWhole(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("journal.jsonl");
    write(file, intent("r1"), outcome("r1"));

    assertThat(closed(file)).isEmpty();
  }

  @Test
  void areClosedWhenTheGatewayStartsAgain() throws Exception {
    try (GatewayFixture fixture = new GatewayFixture()) {
      fixture.stopGateway();
      write(fixture.folder().resolve("journal.jsonl"), intent("r1"));

      fixture.restart();

      assertThat(fixture.journal("outcomeUnknown"))
          .singleElement()
          .satisfies(record -> assertThat(record.path("requestId").asText()).isEqualTo("r1"));
    }
  }
}
