package dev.ephemeris.gateway.journal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ephemeris.gateway.journal.JournalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TiledLogTest {

  private final Path temporary;

  TiledLogTest(@TempDir Path temporary) {
    this.temporary = temporary;
  }

  @Test
  void hasACheckpointFromTheStart() throws Exception {
    Path folder = temporary.resolve("journal");

    try (TiledLog log = TiledLog.open(folder, Logs.KEY)) {
      assertThat(log.size()).isZero();
    }

    Checkpoint checkpoint = checkpoint(folder);
    assertThat(checkpoint.size()).isZero();
    assertThat(checkpoint.root()).hasToString("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  }

  @Test
  void whatIsSealedIsInTheFilesThatTheSpecificationNames() throws Exception {
    Path folder = temporary.resolve("journal");

    try (TiledLog log = TiledLog.open(folder, Logs.KEY)) {
      log.seal(Logs.entries(0, 70_000));
    }

    // The example of tlog-tiles: a tree of 70,000.
    List<String> files = Logs.files(folder).stream().map(Path::toString).toList();
    assertThat(files)
        .hasSize(2 + 2 * 274 + 2 + 1)
        .contains(
            "checkpoint",
            "tile/0/000",
            "tile/0/272",
            "tile/0/273.p/112",
            "tile/1/000",
            "tile/1/001.p/17",
            "tile/2/000.p/1",
            "tile/entries/000",
            "tile/entries/272",
            "tile/entries/273.p/112");
    assertThat(checkpoint(folder).root()).isEqualTo(Logs.root(Logs.entries(0, 70_000)));
  }

  @Test
  void isReadableByItsOwnerOnly() throws Exception {
    Path folder = temporary.resolve("journal");

    try (TiledLog log = TiledLog.open(folder, Logs.KEY)) {
      log.seal(Logs.entries(0, 3));
    }

    try (var all = Files.walk(folder)) {
      assertThat(all)
          .allSatisfy(
              path ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                      .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------"));
    }
  }

  @Test
  void partialTilesGoOnceTheFullOneIsThere() throws Exception {
    Path folder = temporary.resolve("journal");

    try (TiledLog log = TiledLog.open(folder, Logs.KEY)) {
      log.seal(Logs.entries(0, 100));
      log.seal(Logs.entries(100, 255));
      assertThat(folder.resolve("tile/0/000.p/100")).exists();
      log.seal(Logs.entries(255, 257));
    }

    assertThat(folder.resolve("tile/0/000.p")).doesNotExist();
    assertThat(folder.resolve("tile/entries/000.p")).doesNotExist();
    assertThat(folder.resolve("tile/0/000")).exists();
  }

  @Test
  void twoCannotWriteOneLog() throws Exception {
    Path folder = temporary.resolve("journal");
    try (TiledLog first = TiledLog.open(folder, Logs.KEY)) {
      assertThat(first.size()).isZero();
      assertThatThrownBy(() -> TiledLog.open(folder, Logs.KEY))
          .isInstanceOf(JournalException.class)
          .hasMessageContaining("in use");
    }
    TiledLog.open(folder, Logs.KEY).close();
  }

  @Test
  void anEntryThatIsTooLongChangesNothing() throws Exception {
    try (TiledLog log = TiledLog.open(temporary.resolve("journal"), Logs.KEY)) {
      log.seal(List.of(new byte[65_535]));
      assertThatThrownBy(() -> log.seal(List.of(new byte[1], new byte[65_536])))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(log.seal(List.of(new byte[1])).size()).isEqualTo(2);
    }
  }

  @Test
  void refusesALogOfAnotherName() throws Exception {
    Path folder = Logs.sealed(3);
    LogKey other = Logs.key(new LogName("gateway.example.com/journal/two"), 1);
    assertRefused(folder, other, "none of the given keys");
  }

  @Test
  void refusesALogOfAnotherKey() throws Exception {
    assertRefused(Logs.sealed(3), Logs.key(Logs.NAME, 2), "none of the given keys");
  }

  @Test
  void refusesTilesWithoutACheckpoint() throws Exception {
    Path folder = Logs.sealed(3);
    Files.delete(folder.resolve("checkpoint"));
    assertRefused(folder, Logs.KEY, "has entries and no checkpoint");
  }

  @Test
  void refusesACheckpointThatWasChanged() throws Exception {
    Path folder = Logs.sealed(3);
    Path file = folder.resolve("checkpoint");
    Files.writeString(file, Files.readString(file).replace("\n3\n", "\n2\n"));
    assertRefused(folder, Logs.KEY, "signature");
  }

  @Test
  void refusesAnEdgeThatWasChanged() throws Exception {
    for (String name :
        List.of("tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44", "tile/0/001.p")) {
      Path folder = Logs.sealed(300);
      Path file = folder.resolve(name);
      if (Files.isDirectory(file)) {
        Logs.delete(file);
      } else {
        byte[] content = Files.readAllBytes(file);
        content[content.length - 1] ^= 1;
        Files.write(file, content);
      }
      assertRefused(folder, Logs.KEY, "isn't what its checkpoint says");
    }
  }

  @Test
  void anEmptySealWritesNothing() throws Exception {
    Path folder = temporary.resolve("journal");
    try (TiledLog log = TiledLog.open(folder, Logs.KEY)) {
      Checkpoint before = log.seal(Logs.entries(0, 3));
      assertThat(log.seal(List.of())).isEqualTo(before);
    }
  }

  @Test
  void removesWholeBundlesOfEntriesAndNoHash() throws Exception {
    Path folder = temporary.resolve("journal");
    LogReader reader = new LogReader(folder);
    try (TiledLog log = TiledLog.open(folder, Logs.KEY)) {
      log.seal(Logs.entries(0, 1100));
      Retention.removeBefore(folder, 255);
      assertThat(reader.first()).isZero();
      Retention.removeBefore(folder, 800);
      assertThat(reader.first()).isEqualTo(768);
      Retention.removeBefore(folder, 300);
      Retention.removeBefore(folder, 1100);
      assertThat(reader.first()).isEqualTo(1024);
      log.seal(Logs.entries(1100, 1300));
    }

    try (TiledLog log = TiledLog.open(folder, Logs.KEY)) {
      assertThat(log.checkpoint().root()).isEqualTo(Logs.root(Logs.entries(0, 1300)));
      assertThatThrownBy(() -> Retention.removeBefore(folder, 1301))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    List<Long> read = new ArrayList<>();
    reader.forEach(1024, 1300, (index, entry) -> read.add(index));
    assertThat(read).hasSize(276);
    assertThatThrownBy(() -> reader.forEach(1000, 1300, (index, entry) -> read.add(index)))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("Entries before 1024 were removed");
    assertThat(folder.resolve("tile/0/000")).exists();
  }

  @Test
  void theKeyIsNotPrinted() {
    assertThat(Logs.KEY).hasToString("LogKey[gateway.example.com/journal/one]");
  }

  private static void assertRefused(Path folder, LogKey key, String why) throws IOException {
    List<Path> before = Logs.files(folder);
    assertThatThrownBy(() -> TiledLog.open(folder, key))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining(why);
    assertThat(Logs.files(folder)).isEqualTo(before);
  }

  private static Checkpoint checkpoint(Path folder) throws Exception {
    return new LogFiles(folder).checkpoint(Set.of(Logs.KEY.verifierKey()));
  }
}
