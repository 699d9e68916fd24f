package dev.ephemeris.gateway.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonLinesJournalTest {

  private final Path file;

  JsonLinesJournalTest(@TempDir Path folder) {
    file = folder.resolve("journal.jsonl");
  }

  private static JournalRecord failure(String reason) {
    return new JournalRecord.AuthenticationFailed(
        Instant.parse("2026-11-24T09:00:00Z"), "api", "127.0.0.1", Optional.empty(), reason);
  }

  private List<JournalEntry> entries() throws JournalException {
    List<JournalEntry> entries = new ArrayList<>();
    new JournalReader(file).forEach(entries::add);
    return entries;
  }

  @Test
  void keepsRecordsInTheirOrderAcrossRestarts() throws Exception {
    try (Journal journal = JsonLinesJournal.open(file)) {
      journal.append(failure("one"));
      journal.append(failure("two"));
    }
    try (Journal journal = JsonLinesJournal.open(file)) {
      journal.append(failure("three"));
    }

    assertThat(entries()).extracting(JournalEntry::sequence).containsExactly(0L, 1L, 2L);
    assertThat(entries())
        .extracting(entry -> entry.fields().path("reason").asText())
        .containsExactly("one", "two", "three");
    assertThat(entries().getFirst().type()).isEqualTo("authenticationFailed");
    assertThat(entries().getFirst().fields().path("at").asText()).isEqualTo("2026-11-24T09:00:00Z");
  }

  @Test
  void isReadableByItsOwnerOnly() throws Exception {
    JsonLinesJournal.open(file).close();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void isInTheFileWhenAppendReturns() throws Exception {
    try (Journal journal = JsonLinesJournal.open(file)) {
      journal.append(failure("now"));

      assertThat(entries()).hasSize(1);
    }
  }

  @Test
  void aCheckLeavesNothingBehind() throws Exception {
    try (Journal journal = JsonLinesJournal.open(file)) {
      journal.append(failure("one"));
      long length = Files.size(file);

      journal.check();

      assertThat(Files.size(file)).isEqualTo(length);
      journal.append(failure("two"));
      assertThat(entries()).hasSize(2);
    }
  }

  @Test
  void aCheckFailsWhereARecordWould() throws Exception {
    Journal journal = JsonLinesJournal.open(file);
    journal.close();

    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(journal::check)
        .withMessage("The journal " + file + " can't be written: ClosedChannelException");
  }

  @Test
  void keepsRecordsApartWhateverIsInThem() throws Exception {
    String nasty = "a\n{\"sequence\":1,\"type\":\"leaseIssued\"}\r\u2028\u0000\"\\";
    try (Journal journal = JsonLinesJournal.open(file)) {
      journal.append(failure(nasty));
      journal.append(failure("next"));
    }

    assertThat(Files.readAllLines(file)).hasSize(2);
    assertThat(entries().getFirst().fields().path("reason").asText()).isEqualTo(nasty);
  }

  @Test
  void takesRecordsOfManyThreadsOneByOne() throws Exception {
    try (Journal journal = JsonLinesJournal.open(file);
        var threads = Executors.newFixedThreadPool(8)) {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        String reason = "r".repeat(i) + i;
        done.add(
            threads.submit(
                () -> {
                  journal.append(failure(reason));
                  return null;
                }));
      }
      for (Future<?> each : done) {
        each.get();
      }
    }

    assertThat(entries()).hasSize(400);
    assertThat(entries().stream().map(entry -> entry.fields().path("reason")).distinct())
        .hasSize(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "{\"sequence\":1,\"type\":\"lease", "\u0000\u0000"})
  void cutsOffWhatAKilledProcessLeftUnfinished(String torn) throws Exception {
    try (Journal journal = JsonLinesJournal.open(file)) {
      journal.append(failure("whole"));
    }
    Files.writeString(file, torn, StandardOpenOption.APPEND);
    assertThat(entries()).hasSize(1);

    try (Journal journal = JsonLinesJournal.open(file)) {
      journal.append(failure("after"));
    }

    assertThat(entries())
        .extracting(entry -> entry.fields().path("reason").asText())
        .containsExactly("whole", "after");
  }

  /** Half of a letter is no damage where the writer was killed; anywhere else it is. */
  @Test
  void isTornInTheMiddleOfALetter() throws Exception {
    try (Journal journal = JsonLinesJournal.open(file)) {
      journal.append(failure("whole"));
    }
    byte[] whole = Files.readAllBytes(file);
    byte[] torn = RecordJson.line(1, failure("“"));
    int halfALetter = new String(torn, StandardCharsets.ISO_8859_1).indexOf('\u00e2') + 1;
    Files.write(file, Arrays.copyOf(torn, halfALetter), StandardOpenOption.APPEND);

    assertThat(entries()).hasSize(1);

    byte[] ended = Arrays.copyOf(torn, halfALetter + 3);
    ended[halfALetter] = '"';
    ended[halfALetter + 1] = '}';
    ended[halfALetter + 2] = '\n';
    Files.write(file, whole);
    Files.write(file, ended, StandardOpenOption.APPEND);
    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(this::entries)
        .withMessageContaining(":2: not UTF-8");
  }

  /** Until its line has ended it isn't in the journal: the writer cuts it off at its next start. */
  @Test
  void hasNoRecordWhoseLineHasNotEnded() throws Exception {
    byte[] line = RecordJson.line(0, failure("whole but for its end"));
    Files.write(file, Arrays.copyOf(line, line.length - 1));

    assertThat(entries()).isEmpty();
    JsonLinesJournal.open(file).close();
    assertThat(file).isEmptyFile();
  }

  @Test
  void isWrittenByOneAtATime() throws Exception {
    try (Journal journal = JsonLinesJournal.open(file)) {
      journal.append(failure("mine"));

      assertThatExceptionOfType(JournalException.class)
          .isThrownBy(() -> JsonLinesJournal.open(file))
          .withMessageContaining("is in use by another gateway");
    }
    JsonLinesJournal.open(file).close();
  }

  @Test
  void refusesAfterItWasClosed() throws Exception {
    Journal journal = JsonLinesJournal.open(file);
    journal.close();

    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(() -> journal.append(failure("late")))
        .withMessageContaining("can't be written");
  }

  @Test
  void saysWhyItCannotBeOpened() {
    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(() -> JsonLinesJournal.open(file.resolveSibling("no").resolve("j")))
        .withMessageContaining("can't be opened: NoSuchFile");
  }

  @Test
  void readsNothingOutOfOrder() throws Exception {
    try (Journal journal = JsonLinesJournal.open(file)) {
      for (int i = 0; i < 3; i++) {
        journal.append(failure("r" + i));
      }
    }
    List<String> lines = Files.readAllLines(file);

    rewrite(List.of(lines.get(0), lines.get(2)));
    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(this::entries)
        .withMessageContaining(":2: entry 1 is missing or out of order");
    rewrite(List.of(lines.get(0), "{}", lines.get(2)));
    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(this::entries)
        .withMessageContaining(":2: not a record");
  }

  private void rewrite(List<String> lines) throws IOException {
    Files.writeString(file, String.join("\n", lines) + "\n");
  }
}
