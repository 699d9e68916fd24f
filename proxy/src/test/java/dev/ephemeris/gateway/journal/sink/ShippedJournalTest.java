package dev.ephemeris.gateway.journal.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.config.JournalSink;
import dev.ephemeris.gateway.custody.GatewaySinkAccess;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.journal.folder.FolderJournal;
import dev.ephemeris.gateway.journal.folder.FolderJournal.Durability;
import dev.ephemeris.gateway.journal.folder.FolderJournal.Settings;
import dev.ephemeris.gateway.journal.folder.JournalKey;
import dev.ephemeris.gateway.journal.log.Checkpoint;
import dev.ephemeris.gateway.journal.log.LogKey;
import dev.ephemeris.gateway.journal.log.LogName;
import dev.ephemeris.gateway.journal.sink.Sinks.Surroundings;
import dev.ephemeris.policy.yaml.YamlFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway's own journal, from append to where it is shipped. */
class ShippedJournalTest {

  private static final LogName NAME = new LogName("gateway.example.com/journal/one");
  private static final byte[] SEED = new byte[32];

  private final Path folder;

  ShippedJournalTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void isThereWholeWithCheckpointsThatItsKeySigned() throws Exception {
    run(0, 700);
    run(700, 1000);

    List<JsonNode> lines = archive();
    assertThat(SinkFixture.sequences(lines)).isEqualTo(LongStream.range(0, 1000).boxed().toList());
    assertThat(lines)
        .filteredOn(line -> line.path("sequence").asLong(-1) == 812)
        .singleElement()
        .satisfies(line -> assertThat(line.path("reason").asText()).isEqualTo("failure 812"));
    String note =
        lines.stream()
            .filter(line -> line.path("size").asLong() == 1000)
            .findFirst()
            .orElseThrow()
            .path("checkpoint")
            .asText();
    Checkpoint checkpoint =
        Checkpoint.open(
            note.getBytes(StandardCharsets.UTF_8), List.of(LogKey.of(NAME, SEED).verifierKey()));
    assertThat(checkpoint.size()).isEqualTo(1000);
  }

  @Test
  void opensNothingWhileARequiredSinkLags() throws Exception {
    Path unused = Files.writeString(folder.resolve("archive"), "no folder");
    try (FolderJournal journal = open();
        Sinks sinks = sinks(journal, ", required: true, maxLagEntries: 1");
        ShippedJournal shipped = new ShippedJournal(journal, sinks)) {
      shipped.append(failed(0));
      shipped.append(failed(1));
      SinkFixture.await("a lag", () -> !sinks.mayAppend());
      // While a gateway starts.
      shipped.append(lifted());
      shipped.require();

      assertThatExceptionOfType(JournalException.class)
          .isThrownBy(() -> shipped.append(lifted()))
          .withMessageContaining("“archive” (file) lags by");
      assertThatExceptionOfType(JournalException.class)
          .isThrownBy(shipped::check)
          .withMessageContaining("“archive” (file) lags by");
      shipped.append(failed(2));

      Files.delete(folder.resolve("archive"));
      SinkFixture.await("it has caught up", sinks::mayAppend);
      shipped.append(lifted());
      shipped.check();
    }
  }

  private static JournalRecord failed(int number) {
    return new JournalRecord.AuthenticationFailed(
        Instant.now(), "api", "127.0.0.1", Optional.empty(), "failure " + number);
  }

  private static JournalRecord lifted() {
    return new JournalRecord.BlockLifted(
        Instant.now(), "b1", "corp:alice", Optional.empty(), "corp:bob");
  }

  /** A gateway's life, in which so much happens. */
  private void run(int from, int to) throws Exception {
    FolderJournal journal = open();
    Sinks sinks = sinks(journal, "");
    for (int i = from; i < to; i++) {
      journal.append(failed(i));
    }
    journal.close();
    sinks.close();
    assertThat(sinks.state().getFirst().notice()).isEmpty();
  }

  private FolderJournal open() throws JournalException {
    return FolderJournal.open(
        folder.resolve("journal"),
        JournalKey.parse(NAME, Base64.getEncoder().encodeToString(SEED)),
        Settings.of(Durability.PROCESS),
        InstantSource.system());
  }

  private Sinks sinks(FolderJournal journal, String more) throws JournalException {
    JournalSink archive =
        YamlFile.read(
            folder.resolve("e.yaml").toString(),
            "{ name: archive, file: { folder: archive }" + more + " }",
            JournalSink.class);
    Sinks sinks =
        Sinks.open(
            NAME.text(),
            List.of(archive),
            journal.sealed(),
            folder.resolve("journal").resolve("sinks"),
            new Surroundings(
                new GatewaySinkAccess(Optional.empty()),
                entry -> entry.fields(),
                System.out,
                InstantSource.system()));
    sinks.start();
    journal.onSealed(sinks::sealed);
    return sinks;
  }

  private List<JsonNode> archive() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve("archive"))) {
      for (Path file : files.sorted().toList()) {
        lines.addAll(SinkFixture.lines(Files.readAllBytes(file)));
      }
    }
    return lines;
  }
}
