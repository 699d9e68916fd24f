package dev.ephemeris.gateway.journal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ephemeris.gateway.journal.JournalException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.Test;

class InclusionProofTest {

  private static final Set<VerifierKey> KEYS = Set.of(Logs.KEY.verifierKey());

  /** Proofs are by its tiles, of smaller trees too. */
  private static Path folder;

  @BeforeContainer
  static void seal() throws Exception {
    folder = Logs.sealed(66_000);
  }

  @AfterContainer
  static void delete() throws Exception {
    Logs.delete(folder);
  }

  @Property(tries = 300)
  void provesThatEntryAndNoOther(
      @ForAll @IntRange(max = 65_999) int index, @ForAll @IntRange(max = 65_999) int other)
      throws Exception {
    InclusionProof proof = InclusionProof.of(folder, KEYS, index);
    InclusionProof read =
        InclusionProof.parse(proof.toString().getBytes(StandardCharsets.UTF_8), KEYS);

    assertThat(read.index()).isEqualTo(index);
    assertThat(read.entry()).hasValueSatisfying(e -> assertThat(e).isEqualTo(Logs.entry(index)));
    assertThat(read.proves(Logs.entry(index))).isTrue();
    assertThat(read.proves(Logs.entry(other))).isEqualTo(index == other);
    InclusionProof moved = new InclusionProof(other, read.entry(), read.path(), read.checkpoint());
    assertThat(moved.proves(Logs.entry(index))).isEqualTo(index == other);
    for (int i = 0; i < read.path().size(); i++) {
      List<Hash> path = new ArrayList<>(read.path());
      path.set(i, Hash.EMPTY);
      assertThat(
              new InclusionProof(index, read.entry(), path, read.checkpoint())
                  .proves(Logs.entry(index)))
          .isFalse();
      path.remove(i);
      assertThat(
              new InclusionProof(index, read.entry(), path, read.checkpoint())
                  .proves(Logs.entry(index)))
          .isFalse();
    }
  }

  @Property(tries = 300)
  void everyTreeOnTheWayHasItsRootInTheTilesOfNow(@ForAll @IntRange(max = 3000) int size)
      throws Exception {
    assertThat(new Tree(new LogFiles(folder), 66_000).root(size))
        .isEqualTo(Logs.root(Logs.entries(0, size)));
  }

  @Test
  void doesNotProveByAChangedLog() throws Exception {
    Path changed = Logs.sealed(300);
    Path bundle = changed.resolve("tile/entries/000");
    byte[] content = Files.readAllBytes(bundle);
    content[20] ^= 1;
    Files.write(bundle, content);

    assertThatThrownBy(() -> InclusionProof.of(changed, KEYS, 0))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("audit verify");
    assertThat(InclusionProof.of(changed, KEYS, 299).proves(Logs.entry(299))).isTrue();
    assertThatThrownBy(() -> InclusionProof.of(changed, KEYS, 300))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void theOnlyEntryNeedsNoPath() throws Exception {
    Path one = Logs.sealed(1);
    InclusionProof proof = InclusionProof.of(one, KEYS, 0);

    assertThat(proof.path()).isEmpty();
    assertThat(proof.proves(Logs.entry(0))).isTrue();
    assertThat(
            new InclusionProof(1, Optional.empty(), List.of(), proof.checkpoint())
                .proves(Logs.entry(0)))
        .isFalse();
  }
}
