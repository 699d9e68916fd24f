package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.journal.folder.TestJournals;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** {@code ephemeris audit} over a journal of ten records, a minute apart. */
class AuditTest {

  private static final Instant START = Instant.parse("2026-11-24T09:00:00Z");
  private static final String ORDERS = "orders-prod:/dbs/shop/colls/orders";
  private static final String PAYMENTS = "orders-prod:/dbs/shop/colls/payments";
  private static final String ALICE = "corp:sub-alice";
  private static final String BOB = "corp:sub-bob";

  private Path journal = Path.of("");
  private Terminal terminal = new Terminal(() -> START, Path.of(""));

  @BeforeEach
  void write(@TempDir Path folder) throws JournalException {
    journal = folder.resolve("journal");
    terminal = new Terminal(() -> at(11), folder);
    try (Journal records = TestJournals.open(journal)) {
      for (JournalRecord record : records()) {
        records.append(record);
      }
    }
  }

  private static List<JournalRecord> records() {
    return List.of(
        new JournalRecord.SessionStarted(
            at(0), "s-1", ALICE, Optional.empty(), "person", "ephemeris-cli", "127.0.0.1", at(600)),
        new JournalRecord.AuthenticationFailed(
            at(1), "dataPlane", "127.0.0.1", Optional.of("abc"), "a forged secret"),
        issued(at(2), "abc", ALICE, ORDERS),
        new JournalRecord.RequestIntent(
            at(3),
            "r-1",
            "abc",
            "s-1",
            ALICE,
            Optional.empty(),
            "orders-prod",
            "readItem",
            List.of("items/read"),
            ORDERS,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            "the team reads",
            "act-1"),
        new JournalRecord.RequestOutcome(
            at(4), "r-1", "act-1", 200, 0, 1.0, Optional.empty(), Optional.empty(), 240, 3.5),
        denied(at(5), Optional.of("abc"), ALICE, List.of("items/delete"), ORDERS),
        denied(at(6), Optional.empty(), ALICE, List.of("items/replace"), ORDERS),
        new JournalRecord.LeaseRevoked(
            at(7), "abc", "s-1", ALICE, Optional.empty(), ALICE, Optional.empty()),
        issued(at(8), "xyz", BOB, PAYMENTS),
        denied(at(9), Optional.of("xyz"), BOB, List.of("items/upsert"), PAYMENTS));
  }

  private static JournalRecord issued(Instant at, String lease, String principal, String scope) {
    return new JournalRecord.LeaseIssued(
        at,
        lease,
        "s-1",
        principal,
        Optional.empty(),
        scope,
        Optional.empty(),
        "data-reader",
        List.of("items/read"),
        "proxy",
        "lease-token",
        "the team reads",
        Optional.empty(),
        Optional.empty(),
        at(300));
  }

  private static JournalRecord denied(
      Instant at, Optional<String> lease, String principal, List<String> actions, String scope) {
    return new JournalRecord.Decision(
        at,
        lease,
        "s-1",
        principal,
        Optional.empty(),
        actions,
        scope,
        "deny",
        "denied-by-rule",
        Optional.of("nobody changes “orders”"),
        Optional.empty());
  }

  private static Instant at(int minute) {
    return START.plus(Duration.ofMinutes(minute));
  }

  @ParameterizedTest
  @CsvFileSource(resources = "audit-search.csv", useHeadersInDisplayName = true, numLinesToSkip = 1)
  void searchPrintsTheRecordsThatFitAllOptions(@Nullable String options, @Nullable String sequences)
      throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of("audit", "search", "--journal", journal.toString(), "--output", "json"));
    words(options).forEach(arguments::add);

    Screen screen = terminal.run(arguments.toArray(String[]::new));

    assertThat(screen.exitCode()).as(screen.err()).isZero();
    assertThat(sequences(screen)).containsExactlyElementsOf(words(sequences).toList());
  }

  /** Whoever looks for somebody finds what agents did for them. */
  @Test
  void searchFindsAnAgentsRecordsByWhomItActsForToo() throws Exception {
    try (Journal records = TestJournals.open(journal)) {
      records.append(
          new JournalRecord.LeaseRevoked(
              at(10), "opq", "s-2", "ci:copilot", Optional.of(BOB), BOB, Optional.empty()));
    }
    for (String principal : List.of("ci:copilot", BOB)) {
      Screen screen =
          terminal.run(
              "audit", "search", "--journal", journal.toString(), "--principal", principal);

      assertThat(screen.out()).contains("ci:copilot", "actsFor=" + BOB);
    }
  }

  /** A role is for the leases that hold it. */
  @Test
  void searchFindsTheRolesOfALease() throws Exception {
    try (Journal records = TestJournals.open(journal)) {
      records.append(
          new JournalRecord.RoleAssigned(
              at(10),
              List.of("first", "second"),
              ALICE,
              "object",
              "orders-prod",
              ORDERS,
              "role",
              List.of("items/read"),
              "assignment"));
    }
    for (String lease : List.of("first", "second", "third")) {
      Screen screen =
          terminal.run("audit", "search", "--journal", journal.toString(), "--lease", lease);

      assertThat(screen.out()).hasLineCount(lease.equals("third") ? 0 : 1);
    }
  }

  @Test
  void searchPrintsALineForPeople() {
    Screen screen =
        terminal.run(
            "audit", "search", "--journal", journal.toString(), "--action", "items/delete");

    assertThat(screen.out())
        .isEqualTo(
            "2026-11-24T09:05:00Z decision corp:sub-alice leaseId=abc sessionId=s-1"
                + " actions=items/delete scope="
                + ORDERS
                + " decision=deny reason=denied-by-rule rule=\"nobody changes “orders”\"\n");
  }

  @Test
  void tailPrintsTheLastRecords() throws Exception {
    assertThat(sequences(tail("-n", "3"))).containsExactly("7", "8", "9");
    assertThat(sequences(tail())).hasSize(10);
    assertThat(sequences(tail("-n", "0"))).isEmpty();
  }

  @Test
  void tailPrintsTwentyUnlessToldOtherwise() throws Exception {
    append(15);

    assertThat(sequences(tail()))
        .containsExactlyElementsOf(IntStream.range(5, 25).mapToObj(Integer::toString).toList());
  }

  @Test
  void anEntryThatIsNoRecordIsDamage() throws Exception {
    TestJournals.seal(journal, "half a record".getBytes(StandardCharsets.UTF_8));

    Screen screen = tail();

    assertThat(screen.exitCode()).isEqualTo(5);
    assertThat(screen.err())
        .isEqualTo(
            "ephemeris: Entry 10 of the journal "
                + journal
                + " is of no use: not a JSON record.\n");
  }

  @Test
  void aJournalThatIsntThereIsToldInALine() {
    Path missing = journal.resolveSibling("missing");

    Screen screen = terminal.run("audit", "tail", "--journal", missing.toString());

    assertThat(screen.exitCode()).isEqualTo(5);
    assertThat(screen.out()).isEmpty();
    assertThat(screen.err())
        .isEqualTo(
            "ephemeris: The journal " + missing + " can't be read: there is no such folder.\n");
  }

  @Test
  void followGoesOnWithWhatIsWritten() throws Exception {
    terminal.meanwhile(
        time -> {
          switch (terminal.pauses().size()) {
            case 1 -> append(1);
            case 2 -> {} // nothing is written, and nothing is printed again
            default -> throw new InterruptedException("Ctrl-C");
          }
        });

    Screen screen = tail("-n", "1", "--follow");

    assertThat(Thread.interrupted()).isTrue();
    assertThat(screen.exitCode()).isZero();
    assertThat(sequences(screen)).containsExactly("9", "10");
  }

  @Test
  void aTerminalIsNotMovedByWhatARecordHolds() throws Exception {
    append(denied(at(12), Optional.empty(), "\u001b[2J\r\nforged", List.of("items/read"), ORDERS));

    Screen screen = terminal.run("audit", "tail", "--journal", journal.toString(), "-n", "1");

    assertThat(screen.out()).hasLineCount(1).doesNotContain("\u001b").doesNotContain("\r");
  }

  private Screen tail(String... options) {
    return terminal.run(
        Stream.concat(
                Stream.of("audit", "tail", "--journal", journal.toString(), "-o", "json"),
                Stream.of(options))
            .toArray(String[]::new));
  }

  private void append(int records) {
    for (int i = 0; i < records; i++) {
      append(
          new JournalRecord.LeaseRevoked(
              at(12), "ba3q7", "s-1", ALICE, Optional.empty(), ALICE, Optional.empty()));
    }
  }

  private void append(JournalRecord record) {
    try (Journal records = TestJournals.open(journal)) {
      records.append(record);
    } catch (JournalException e) {
      throw new AssertionError(e);
    }
  }

  private static Stream<String> words(@Nullable String text) {
    return text == null ? Stream.empty() : Stream.of(text.split(" ", -1));
  }

  private static List<String> sequences(Screen screen) throws IOException {
    List<String> sequences = new ArrayList<>();
    for (String line : screen.out().lines().toList()) {
      JsonNode record = new ObjectMapper().readTree(line);
      sequences.add(record.path("sequence").asText());
    }
    return sequences;
  }
}
