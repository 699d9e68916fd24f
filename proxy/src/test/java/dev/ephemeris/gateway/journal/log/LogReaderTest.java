package dev.ephemeris.gateway.journal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ephemeris.gateway.journal.JournalException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogReaderTest {

  @ParameterizedTest
  @CsvSource({"0, 0", "0, 700", "0, 1", "255, 257", "256, 512", "699, 700", "700, 700", "3, 600"})
  void givesTheEntriesOfARange(long from, long to) throws Exception {
    LogReader reader = new LogReader(Logs.sealed(300, 700));
    List<Long> indexes = new ArrayList<>();

    reader.forEach(
        from,
        to,
        (index, entry) -> {
          assertThat(entry).isEqualTo(Logs.entry(index));
          assertThat(index).isEqualTo(from + indexes.size());
          indexes.add(index);
        });

    assertThat(indexes).hasSize((int) (to - from));
  }

  @ParameterizedTest
  @CsvSource({"-1, 3", "0, 701", "4, 3", "701, 702"})
  void hasNoOthers(long from, long to) throws Exception {
    LogReader reader = new LogReader(Logs.sealed(700));

    assertThatThrownBy(() -> reader.forEach(from, to, (index, entry) -> {}))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void sinksMayStop() throws Exception {
    LogReader reader = new LogReader(Logs.sealed(10));

    assertThatThrownBy(
            () ->
                reader.forEach(
                    0,
                    10,
                    (index, entry) -> {
                      throw new JournalException("enough of " + index);
                    }))
        .hasMessage("enough of 0");
  }

  @Test
  void saysThatThereIsNoJournal() {
    assertThatThrownBy(() -> new LogReader(Path.of("none")).size())
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("no checkpoint");
  }

  @Test
  void doesNotReadADamagedBundle() throws Exception {
    Path folder = Logs.sealed(300);
    Path bundle = folder.resolve("tile/entries/001.p/44");
    Files.write(bundle, new byte[] {1});

    assertThatThrownBy(() -> new LogReader(folder).forEach(0, 300, (index, entry) -> {}))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("001.p/44")
        .hasMessageContaining("audit verify");
  }

  @Test
  void readsAndVerifiesWhileTheWriterWrites() throws Exception {
    Path folder = Logs.sealed(1);
    try (ExecutorService writing = Executors.newSingleThreadExecutor();
        TiledLog log = TiledLog.open(folder, Logs.KEY)) {
      Callable<Long> write =
          () -> {
            while (log.size() < 2000) {
              log.seal(Logs.entries(log.size(), log.size() + 1 + log.size() % 60));
            }
            return log.size();
          };
      Future<Long> written = writing.submit(write);
      LogReader reader = new LogReader(folder);
      long before = 0;
      while (!written.isDone()) {
        long size = reader.size();
        assertThat(size).isGreaterThanOrEqualTo(before);
        reader.forEach(
            before / 2, size, (index, entry) -> assertThat(entry).isEqualTo(Logs.entry(index)));
        before = size;
        assertThat(
                Verification.of(
                    folder,
                    java.util.Set.of(Logs.KEY.verifierKey()),
                    java.util.Optional.empty(),
                    (index, entry) -> {}))
            .isInstanceOf(Verification.Intact.class);
      }
      assertThat(reader.size()).isEqualTo(written.get());
    }
  }
}
