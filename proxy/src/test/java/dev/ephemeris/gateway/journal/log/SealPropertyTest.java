package dev.ephemeris.gateway.journal.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** However a log came to its size, it is the same log. */
class SealPropertyTest {

  private static final int WHOLE = 1200;

  @Property(tries = 60)
  void anySequenceOfSealsHasTheRootOfItsEntries(
      @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 0, max = 600) Integer> counts,
      @ForAll @IntRange(min = 1, max = 4) int reopenedEvery)
      throws Exception {
    Path folder = Logs.folder();
    TiledLog log = TiledLog.open(folder, Logs.KEY);
    List<byte[]> all = new ArrayList<>();
    for (int i = 0; i < counts.size(); i++) {
      List<byte[]> entries = Logs.entries(all.size(), Math.min(WHOLE, all.size() + counts.get(i)));
      all.addAll(entries);
      Checkpoint checkpoint = log.seal(entries);
      assertThat(checkpoint.size()).isEqualTo(all.size());
      assertThat(checkpoint.root()).isEqualTo(Logs.root(all));
      if (i % reopenedEvery == 0) {
        log.close();
        log = TiledLog.open(folder, Logs.KEY);
        assertThat(log.checkpoint()).isEqualTo(checkpoint);
      }
    }
    log.close();
    Logs.delete(folder);
  }
}
