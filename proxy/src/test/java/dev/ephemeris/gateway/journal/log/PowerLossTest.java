package dev.ephemeris.gateway.journal.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** A disk that forgets what wasn't forced: which files there are in a folder, until that is. */
class PowerLossTest {

  @Property(tries = 100)
  void whatASealHasReturnedIsStillThere(
      @ForAll @IntRange(max = 600) int before,
      @ForAll @IntRange(min = 1, max = 600) int more,
      @ForAll @IntRange(max = 60) int steps,
      @ForAll Random random)
      throws Exception {
    Path folder = before == 0 ? Logs.folder() : Logs.sealed(before / 2, before);
    ForgetfulDisk disk = new ForgetfulDisk(steps);
    boolean sealed = false;
    try (TiledLog log = TiledLog.open(folder, Logs.KEY, disk)) {
      log.seal(Logs.entries(before, before + more));
      sealed = true;
    } catch (SealCrashTest.Killed e) {
      // Before it was done.
    }

    disk.forget(random);

    try (TiledLog log = TiledLog.open(folder, Logs.KEY)) {
      long after = (long) before + more;
      assertThat(log.size()).isIn(sealed ? after : (long) before, after);
      log.seal(Logs.entries(log.size(), before + more + 3));
    }
    Verification result =
        Verification.of(
            folder,
            Set.of(Logs.KEY.verifierKey()),
            Optional.empty(),
            (index, entry) -> assertThat(entry).isEqualTo(Logs.entry(index)));
    assertThat(result).isInstanceOf(Verification.Intact.class);
    Logs.delete(folder);
  }

  private static final class ForgetfulDisk implements Disk {

    /** Brings back what was. */
    private interface Undo {
      void run() throws IOException;
    }

    private final Map<Path, Deque<Undo>> unforced = new LinkedHashMap<>();
    private int left;

    ForgetfulDisk(int steps) {
      this.left = steps;
    }

    private void step() {
      if (left == 0) {
        throw new SealCrashTest.Killed();
      }
      left--;
    }

    private void change(Path file, Undo undo) {
      unforced.computeIfAbsent(parent(file), folder -> new ArrayDeque<>()).push(undo);
    }

    private static Path parent(Path file) {
      return Objects.requireNonNull(file.toAbsolutePath().getParent());
    }

    /** What the file is now, to be so again. */
    private static Undo restore(Path file) throws IOException {
      if (!Files.exists(file)) {
        return () -> {
          if (Files.exists(file)) {
            Logs.delete(file);
          }
        };
      }
      if (Files.isDirectory(file)) {
        return () -> Files.createDirectories(file);
      }
      byte[] content = Files.readAllBytes(file);
      return () -> {
        // Its folder may be forgotten itself.
        if (Files.isDirectory(parent(file))) {
          Files.write(file, content);
        }
      };
    }

    @Override
    public void folder(Path folder) throws IOException {
      step();
      change(folder, restore(folder));
      Disk.REAL.folder(folder);
    }

    @Override
    public void write(Path file, byte[] content) throws IOException {
      step();
      if (!Files.exists(file)) {
        change(file, restore(file));
      }
      Disk.REAL.write(file, content);
    }

    @Override
    public void replace(Path from, Path to) throws IOException {
      step();
      change(to, restore(to));
      Disk.REAL.replace(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
      step();
      if (Files.exists(file)) {
        change(file, restore(file));
      }
      Disk.REAL.delete(file);
    }

    @Override
    public void force(Path folder) throws IOException {
      step();
      unforced.remove(folder.toAbsolutePath());
      Disk.REAL.force(folder);
    }

    /** Of some folders; others were written by chance. */
    void forget(Random random) throws IOException {
      for (Deque<Undo> changes : unforced.values()) {
        if (random.nextBoolean()) {
          for (Undo undo : changes) {
            undo.run();
          }
        }
      }
    }
  }
}
