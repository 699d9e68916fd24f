package dev.ephemeris.gateway.journal.sink;

import static dev.ephemeris.gateway.journal.sink.SinkFixture.await;
import static dev.ephemeris.gateway.journal.sink.SinkFixture.awaitShipped;
import static dev.ephemeris.gateway.journal.sink.SinkFixture.lines;
import static dev.ephemeris.gateway.journal.sink.SinkFixture.sequences;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.journal.JournalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SinksTest {

  private static final String ARCHIVE = "name: archive, file: { folder: archive }";

  private final Path folder;
  private final SinkFixture fixture;

  SinksTest(@TempDir Path folder) {
    this.folder = folder;
    this.fixture = new SinkFixture(folder);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void shipsWhatThereIsAndWhatComes() throws Exception {
    fixture.log.add(300);
    Sinks sinks = fixture.start(ARCHIVE);
    awaitShipped(sinks, 300);
    fixture.log.add(7);
    sinks.sealed();
    awaitShipped(sinks, 307);
    sinks.close();

    assertThat(sequences(archive())).isEqualTo(upTo(307));
    assertThat(archive())
        .filteredOn(line -> line.path("sequence").asLong(-1) == 5)
        .allMatch(line -> line.path("log").asText().equals(GrowingLog.NAME))
        .allMatch(line -> line.path("requestId").asText().equals("r5"));
  }

  @Test
  void publishesTheCheckpointAfterWhatItVouchesFor() throws Exception {
    fixture.log.add(3);
    Sinks sinks = fixture.start(ARCHIVE);
    awaitShipped(sinks, 3);
    fixture.log.add(2);
    sinks.close();

    List<JsonNode> lines = archive();
    assertThat(lines).extracting(line -> line.path("type").asText()).last().isEqualTo("checkpoint");
    assertThat(lines.getLast().path("size").asLong()).isEqualTo(5);
    assertThat(lines.getLast().path("checkpoint").asText()).isEqualTo(fixture.log.checkpoint());
  }

  @Test
  void publishesCheckpointsNoMoreOftenThanItSays() throws Exception {
    fixture.log.add(1);
    Sinks sinks = fixture.start(ARCHIVE);
    for (int size = 2; size <= 5; size++) {
      fixture.log.add(1);
      sinks.sealed();
      awaitShipped(sinks, size);
    }
    fixture.clock.advance(Duration.ofMinutes(2));
    fixture.log.add(1);
    sinks.sealed();
    await("the last checkpoint", () -> checkpoints().contains(6L));

    assertThat(checkpoints().size()).isLessThanOrEqualTo(3);
  }

  private List<Long> checkpoints() throws IOException {
    return archive().stream()
        .filter(line -> line.path("type").asText().equals("checkpoint"))
        .map(line -> line.path("size").asLong())
        .toList();
  }

  @Test
  void goesOnWhereItWas() throws Exception {
    fixture.log.add(10);
    Sinks before = fixture.start(ARCHIVE);
    awaitShipped(before, 10);
    before.close();
    fixture.log.add(10);

    Sinks after = fixture.start(ARCHIVE);
    awaitShipped(after, 20);
    after.close();

    assertThat(sequences(archive())).isEqualTo(upTo(20));
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(fixture.positions().resolve("archive.json"))))
        .isEqualTo("rw-------");
  }

  @Test
  void shipsOnceMoreWhatItDoesNotRemember() throws Exception {
    fixture.log.add(10);
    Sinks before = fixture.start(ARCHIVE);
    awaitShipped(before, 10);
    before.close();
    Files.delete(fixture.positions().resolve("archive.json"));

    Sinks after = fixture.start(ARCHIVE);
    awaitShipped(after, 10);
    after.close();

    assertThat(sequences(archive())).hasSize(20).containsAll(upTo(10));
  }

  @Test
  void refusesAPositionOfAnotherLog() throws Exception {
    Path file = position("{'log':'other.example.com','next':1,'checkpoint':0,'memory':{}}");
    fixture.log.add(5);

    assertThat(refusal()).contains("“archive”", "another log, other.example.com", "delete " + file);
  }

  @Test
  void refusesAPositionBeyondTheLog() throws Exception {
    position("{'log':'LOG','next':6,'checkpoint':0,'memory':{}}");
    fixture.log.add(5);

    assertThat(refusal()).contains("up to 6, and the journal has 5");
  }

  @Test
  void refusesAPositionThatTheLogKeepsNoMore() throws Exception {
    position("{'log':'LOG','next':2,'checkpoint':0,'memory':{}}");
    fixture.log.add(5);
    fixture.log.forget(4);

    assertThat(refusal()).contains("hasn't had entries 2 to 3");
  }

  @Test
  void refusesAPositionThatIsNone() throws Exception {
    position("{'log':'LOG'}");

    assertThat(refusal()).contains("can't be read", "it is no position", "begins anew");
  }

  @Test
  void refusesATypeOfRecordThatThereIsNot() {
    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(() -> fixture.open("name: console, stdout: {}, except: [leaseIsued]"))
        .withMessageContaining("“console”")
        .withMessageContaining("did you mean 'leaseIssued'?");
  }

  @Test
  void stopsAtAnEntryThatIsNoRecord() throws Exception {
    fixture.log.add(2);
    fixture.log.add("no record");
    fixture.log.add(1);

    Sinks sinks = fixture.start(ARCHIVE + ", ships: [entries]");
    await("failures", () -> sinks.state().getFirst().failures() > 1);

    assertThat(sequences(archive())).containsExactly(0L, 1L);
    assertThat(sinks.neededFrom()).isEqualTo(2);
    assertThat(sinks.state().getFirst().failure().orElseThrow())
        .contains("entry 2 of the journal is not a JSON record", "audit verify");
  }

  private Path position(String json) throws IOException {
    Files.createDirectories(fixture.positions());
    return Files.writeString(
        fixture.positions().resolve("archive.json"),
        json.replace('\'', '"').replace("LOG", GrowingLog.NAME));
  }

  private String refusal() {
    return String.valueOf(
        assertThatExceptionOfType(JournalException.class)
            .isThrownBy(() -> fixture.open(ARCHIVE))
            .actual()
            .getMessage());
  }

  @Test
  void beginsWithTheOldestThatThereStillIs() throws Exception {
    fixture.log.add(5);
    fixture.log.forget(3);

    Sinks sinks = fixture.start(ARCHIVE);
    awaitShipped(sinks, 5);

    assertThat(sequences(archive())).containsExactly(3L, 4L);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          only: [leaseIssued] | leaseIssued
          except: [leaseIssued] | requestIntent,decision
          format: record | requestIntent,leaseIssued,decision
          """)
  void shipsOnlyTypesThatAreForIt(String setting, String types) throws Exception {
    fixture.log.add("{\"type\":\"requestIntent\",\"version\":1}");
    fixture.log.add("{\"type\":\"leaseIssued\",\"version\":1}");
    fixture.log.add("{\"type\":\"decision\",\"version\":1}");

    Sinks sinks = fixture.start(ARCHIVE + ", ships: [entries], " + setting);
    awaitShipped(sinks, 3);

    assertThat(archive())
        .extracting(line -> line.path("type").asText())
        .containsExactly(types.split(","));
    assertThat(sinks.neededFrom()).isEqualTo(3);
  }

  @Test
  void keepsWhatIsRedactedToItself() throws Exception {
    fixture.log.add(
        "{\"type\":\"decision\",\"version\":1,\"principal\":\"corp:alice\",\"statusCode\":200,"
            + "\"context\":{\"principal\":\"corp:bob\",\"more\":[{\"principal\":\"corp:carol\"}]}}");

    Sinks sinks = fixture.start(ARCHIVE + ", redact: [principal, statusCode]");
    awaitShipped(sinks, 1);
    sinks.close();

    assertThat(archive().getFirst().toString())
        .doesNotContain("alice", "bob", "carol", "200")
        .contains("\"principal\":\"redacted\"");
  }

  @Test
  void shipsEventsOfOcsfWithWhatTellsThemApart() throws Exception {
    fixture.log.add(1);
    fixture.log.add("{\"type\":\"unsayable\",\"version\":1,\"leaseId\":\"l7\"}");

    Sinks sinks = fixture.start(ARCHIVE + ", ships: [entries], format: ocsf, redact: [principal]");
    awaitShipped(sinks, 2);

    List<JsonNode> lines = archive();
    assertThat(lines.getFirst().path("class_uid").asInt()).isEqualTo(6003);
    assertThat(lines.getFirst().path("actor").asText()).isEqualTo("redacted");
    assertThat(lines.getFirst().at("/metadata/log_name").asText()).isEqualTo(GrowingLog.NAME);
    assertThat(lines.getFirst().at("/metadata/sequence").asLong(-1)).isZero();
    assertThat(lines.getLast().path("leaseId").asText()).isEqualTo("l7");
    assertThat(lines.getLast().path("withheld").asText()).contains("can't be said in OCSF");
    assertThat(sinks.state().getFirst().withheld()).isEqualTo(1);
  }

  @Test
  void writesToTheStandardOutput() throws Exception {
    fixture.log.add(4);

    Sinks sinks = fixture.start("name: console, stdout: {}");
    awaitShipped(sinks, 4);
    sinks.close();

    assertThat(sequences(lines(fixture.stdout.toByteArray()))).isEqualTo(upTo(4));
  }

  /** Whoever holds a pipe may go away. */
  @Test
  void waitsForFilesThatItCanNotWrite() throws Exception {
    fixture.log.add(2);
    Path taken = Files.writeString(folder.resolve("archive"), "no folder");

    Sinks sinks = fixture.start(ARCHIVE);
    await("a failure", () -> sinks.state().getFirst().failures() > 2);
    assertThat(sinks.state().getFirst().notice().orElseThrow())
        .contains("“archive” (file)", "can't be written");
    assertThat(sinks.neededFrom()).isZero();
    Files.delete(taken);
    awaitShipped(sinks, 2);
    sinks.close();

    assertThat(sequences(archive())).isEqualTo(upTo(2));
    assertThat(sinks.state().getFirst().notice()).isEmpty();
  }

  @Test
  void accessEndsWhileARequiredSinkLags() throws Exception {
    Path taken = Files.writeString(folder.resolve("archive"), "no folder");
    Sinks sinks = fixture.start(ARCHIVE + ", required: true, maxLag: 2m");
    assertThat(sinks.mayAppend()).isTrue();
    fixture.log.add(2);
    sinks.sealed();
    await("a failure", () -> sinks.state().getFirst().failures() > 0);
    assertThat(sinks.mayAppend()).isTrue();

    fixture.clock.advance(Duration.ofMinutes(3));

    assertThat(sinks.mayAppend()).isFalse();
    assertThat(sinks.refusal().orElseThrow())
        .contains("“archive” (file) lags by 2 entries and 18", "can't be written");
    Files.delete(taken);
    awaitShipped(sinks, 2);
    await("access", sinks::mayAppend);
    assertThat(sinks.refusal()).isEmpty();
  }

  @Test
  void accessEndsWhileTooManyEntriesWait() throws Exception {
    Path taken = Files.writeString(folder.resolve("archive"), "no folder");
    Sinks sinks = fixture.start(ARCHIVE + ", required: true, maxLagEntries: 10");
    fixture.log.add(10);
    assertThat(sinks.mayAppend()).isTrue();

    fixture.log.add(1);

    assertThat(sinks.mayAppend()).isFalse();
    Files.delete(taken);
    await("access", sinks::mayAppend);
  }

  @Test
  void accessGoesOnWhileASinkLagsThatIsNotRequired() throws Exception {
    Path unused = Files.writeString(folder.resolve("archive"), "no folder");
    Sinks sinks = fixture.start(ARCHIVE + ", maxLagEntries: 10");
    fixture.log.add(11);

    assertThat(sinks.mayAppend()).isTrue();
    assertThat(sinks.refusal()).isEmpty();
    assertThat(sinks.state().getFirst().overdue()).isTrue();
  }

  @Test
  void neverGivesUpWhatItHasToReadYet() throws Exception {
    Path unused = Files.writeString(folder.resolve("archive"), "no folder");
    fixture.log.add(5);

    Sinks sinks = fixture.start(ARCHIVE, "name: console, stdout: {}");
    await("the console", () -> sinks.state().getLast().next() == 5);

    assertThat(sinks.neededFrom()).isZero();
    assertThat(fixture.open("name: other, stdout: {}, ships: [checkpoints]").neededFrom())
        .isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void beginsAnotherFileWhenOneIsLongOrOld() throws Exception {
    String small = "name: archive, file: { folder: archive, maxBytes: 1000, maxAge: 1h, keep: 3 }";
    Sinks sinks = fixture.start(small);
    for (int size = 10; size <= 60; size += 10) {
      fixture.log.add(10);
      sinks.sealed();
      awaitShipped(sinks, size);
      fixture.clock.advance(Duration.ofHours(2));
    }
    sinks.close();

    assertThat(files()).hasSize(4);
    assertThat(sequences(archive())).contains(59L).doesNotContain(0L).isSorted();
  }

  @Test
  void cutsOffALineThatAKilledProcessLeft() throws Exception {
    fixture.log.add(3);
    Sinks before = fixture.start(ARCHIVE);
    awaitShipped(before, 3);
    before.close();
    Path file = files().getFirst();
    Files.writeString(file, "{\"log\":\"gate", java.nio.file.StandardOpenOption.APPEND);
    fixture.log.add(3);

    Sinks after = fixture.start(ARCHIVE);
    awaitShipped(after, 6);
    after.close();

    assertThat(sequences(archive())).isEqualTo(upTo(6));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("archive"))) {
      return files.sorted().toList();
    }
  }

  private List<JsonNode> archive() throws IOException {
    StringBuilder text = new StringBuilder();
    for (Path file : files()) {
      text.append(Files.readString(file));
    }
    return lines(text.toString().lines());
  }

  private static List<Long> upTo(long end) {
    return LongStream.range(0, end).boxed().toList();
  }
}
