package dev.ephemeris.gateway.journal.sink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.config.JournalSink;
import dev.ephemeris.gateway.custody.GatewaySinkAccess;
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

  /** A gateway's life, in which so much happens. */
  private void run(int from, int to) throws Exception {
    FolderJournal journal =
        FolderJournal.open(
            folder.resolve("journal"),
            JournalKey.parse(NAME, Base64.getEncoder().encodeToString(SEED)),
            Settings.of(Durability.PROCESS),
            InstantSource.system());
    JournalSink archive =
        YamlFile.read(
            folder.resolve("e.yaml").toString(),
            "{ name: archive, file: { folder: archive } }",
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
    for (int i = from; i < to; i++) {
      journal.append(
          new JournalRecord.AuthenticationFailed(
              Instant.now(), "api", "127.0.0.1", Optional.empty(), "failure " + i));
    }
    journal.close();
    sinks.close();
    assertThat(sinks.state().getFirst().notice()).isEmpty();
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
