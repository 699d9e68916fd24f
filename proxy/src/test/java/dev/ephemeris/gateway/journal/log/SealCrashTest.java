package dev.ephemeris.gateway.journal.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process that is killed while it seals, at each step that it takes on disk. */
class SealCrashTest {

  @ParameterizedTest
  @CsvSource({
    "0, 1",
    "0, 300",
    "3, 5",
    "200, 256",
    "255, 257",
    "255, 800",
    "256, 257",
    "300, 301",
    "511, 513"
  })
  void whereverASealIsCutTheLogGoesOn(int before, int after) throws Exception {
    int steps = 0;
    for (boolean done = false; !done; steps++) {
      Path folder = before == 0 ? Logs.folder() : Logs.sealed(before - before / 3, before);
      done = sealKilledAt(folder, steps, after);
      assertGoesOn(folder, before, after);
      Logs.delete(folder);
    }
    assertThat(steps).isGreaterThan(5);
  }

  /** What a process left that was killed is in the way of none that come after it. */
  @Property(tries = 60)
  void killedAgainAndAgainTheLogGoesOn(
      @ForAll List<@IntRange(min = 0, max = 40) Integer> steps,
      @ForAll List<@IntRange(min = 1, max = 700) Integer> counts)
      throws Exception {
    Path folder = Logs.folder();
    long size = 0;
    for (int i = 0; i < Math.min(steps.size(), counts.size()); i++) {
      sealKilledAt(folder, steps.get(i), size + counts.get(i));
      try (TiledLog log = TiledLog.open(folder, Logs.KEY)) {
        assertThat(log.size()).isBetween(size, size + counts.get(i));
        // Others than those of before, if it was cut.
        size = log.seal(Logs.entries(log.size(), log.size() + counts.get(i) % 10)).size();
      }
    }
    if (size > 0) {
      assertGoesOn(folder, size, size + 1);
    }
    Logs.delete(folder);
  }

  private static boolean sealKilledAt(Path folder, int step, long after) throws Exception {
    try (TiledLog log = TiledLog.open(folder, Logs.KEY, new KilledDisk(step))) {
      log.seal(Logs.entries(log.size(), after));
      return true;
    } catch (Killed e) {
      return false;
    }
  }

  private static void assertGoesOn(Path folder, long before, long after) throws Exception {
    try (TiledLog log = TiledLog.open(folder, Logs.KEY)) {
      assertThat(log.size()).isIn(before, after);
      Checkpoint checkpoint = log.seal(Logs.entries(log.size(), after + 2));
      assertThat(checkpoint.size()).isEqualTo(after + 2);
      assertThat(checkpoint.root()).isEqualTo(Logs.root(Logs.entries(0, after + 2)));
    }
  }

  static final class Killed extends RuntimeException {}

  /** Takes that many steps; a file that is written in the last one has half of what it should. */
  private static final class KilledDisk implements Disk {

    private int left;

    KilledDisk(int steps) {
      this.left = steps;
    }

    private void step() {
      if (left == 0) {
        throw new Killed();
      }
      left--;
    }

    @Override
    public void folder(Path folder) throws IOException {
      step();
      Disk.REAL.folder(folder);
    }

    @Override
    public void write(Path file, byte[] content) throws IOException {
      if (left == 0) {
        Disk.REAL.write(file, Arrays.copyOf(content, content.length / 2));
      }
      step();
      Disk.REAL.write(file, content);
    }

    @Override
    public void replace(Path from, Path to) throws IOException {
      step();
      Disk.REAL.replace(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
      if (Files.exists(file)) {
        step();
      }
      Disk.REAL.delete(file);
    }

    @Override
    public void force(Path folder) throws IOException {
      step();
      Disk.REAL.force(folder);
    }
  }
}
