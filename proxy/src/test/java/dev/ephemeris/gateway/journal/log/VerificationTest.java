package dev.ephemeris.gateway.journal.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.journal.log.Verification.BadEntry;
import dev.ephemeris.gateway.journal.log.Verification.BadTile;
import dev.ephemeris.gateway.journal.log.Verification.Consistency;
import dev.ephemeris.gateway.journal.log.Verification.Inconsistent;
import dev.ephemeris.gateway.journal.log.Verification.Intact;
import dev.ephemeris.gateway.journal.log.Verification.Unsigned;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerificationTest {

  private static final Set<VerifierKey> KEYS = Set.of(Logs.KEY.verifierKey());

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 255, 256, 257, 512, 700, 65_536, 65_537, 66_000})
  void anIntactLogIsIntactAndGivesItsEntries(long size) throws Exception {
    Path folder = Logs.sealed(size / 3, size / 2, size);
    List<byte[]> entries = new ArrayList<>();

    Verification result =
        Verification.of(
            folder,
            KEYS,
            Optional.empty(),
            (index, entry) -> {
              assertThat(index).isEqualTo(entries.size());
              entries.add(entry);
            });

    assertThat(result).isInstanceOf(Intact.class);
    Intact intact = (Intact) result;
    assertThat(intact.checkpoint().size()).isEqualTo(size);
    assertThat(intact.from()).isZero();
    assertThat(intact.beyond()).isZero();
    assertThat(intact.consistency()).isInstanceOf(Consistency.Unproven.class);
    assertThat(entries)
        .usingElementComparator(java.util.Arrays::compare)
        .containsExactlyElementsOf(Logs.entries(0, size));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 100, 256, 300, 699, 700})
  void aLogThatHasGrownIsConsistentWithWhatWasKept(long size) throws Exception {
    Path folder = Logs.sealed(size);
    Checkpoint kept = checkpoint(folder);
    grow(folder, 700, Logs.KEY);

    assertThat(verify(folder, kept))
        .isInstanceOfSatisfying(
            Intact.class,
            intact -> assertThat(intact.consistency()).isEqualTo(new Consistency.Since(kept)));
  }

  /** A log that was made anew goes on from nothing, too. */
  @Test
  void aCheckpointOfNothingProvesNothing() throws Exception {
    Path folder = Logs.sealed(0);
    Checkpoint kept = checkpoint(folder);
    grow(folder, 700, Logs.KEY);

    assertThat(verify(folder, kept))
        .isInstanceOfSatisfying(
            Intact.class,
            intact -> assertThat(intact.consistency()).isEqualTo(new Consistency.Unproven()));
  }

  @Test
  void namesTheFirstEntryThatWasChanged() throws Exception {
    Path folder = Logs.sealed(700);
    replace(folder.resolve("tile/entries/001"), "\"number\":300}", "\"number\":399}");
    replace(folder.resolve("tile/entries/001"), "\"number\":310}", "\"number\":399}");

    assertThat(verify(folder)).isInstanceOfSatisfying(BadEntry.class, isEntry(300));
  }

  @Test
  void namesAnEntryThatWasChangedWithItsHash() throws Exception {
    Path folder = Logs.sealed(700);
    byte[] other = "other".getBytes(StandardCharsets.UTF_8);
    rewrite(folder, 300, other);

    // Its tile goes with it; which of the tile's entries it is, is only known to be one of them.
    assertThat(verify(folder)).isInstanceOfSatisfying(BadEntry.class, isEntry(256));
  }

  @Test
  void namesTheTileIfOnlyThatWasChanged() throws Exception {
    for (String name : List.of("tile/0/001", "tile/0/002.p/188", "tile/1/000.p/2")) {
      Path folder = Logs.sealed(700);
      byte[] content = Files.readAllBytes(folder.resolve(name));
      content[32] ^= 1;
      Files.write(folder.resolve(name), content);

      assertThat(verify(folder))
          .isInstanceOfSatisfying(
              BadTile.class,
              bad -> {
                assertThat(bad.tile()).hasToString(name);
                assertThat(bad.why()).contains("hash 1 ");
              });
    }
  }

  @Test
  void findsAllOfItMadeAnewWithoutTheKey() throws Exception {
    Path folder = Logs.sealed(700);
    byte[] signed = Files.readAllBytes(folder.resolve("checkpoint"));
    Checkpoint kept = checkpoint(Logs.sealed(600));
    List<byte[]> entries = new ArrayList<>(Logs.entries(0, 700));
    entries.set(650, "other".getBytes(StandardCharsets.UTF_8));
    Path other = Logs.folder();
    try (TiledLog log = TiledLog.open(other, Logs.KEY)) {
      log.seal(entries);
    }
    Files.write(other.resolve("checkpoint"), signed);

    assertThat(verify(other)).isInstanceOfSatisfying(BadEntry.class, isEntry(0));
    assertThat(verify(other, kept)).isInstanceOfSatisfying(BadEntry.class, isEntry(600));
  }

  @Test
  void findsWhatWasSignedForAgainByTheCheckpointThatWasKept() throws Exception {
    Checkpoint kept = checkpoint(Logs.sealed(300));
    List<byte[]> entries = new ArrayList<>(Logs.entries(0, 700));
    entries.remove(17);
    Path other = Logs.folder();
    try (TiledLog log = TiledLog.open(other, Logs.KEY)) {
      log.seal(entries);
    }

    assertThat(verify(other)).isInstanceOf(Intact.class);
    assertThat(verify(other, kept))
        .isInstanceOfSatisfying(
            Inconsistent.class, bad -> assertThat(bad.why()).contains("signed for again"));
  }

  @Test
  void findsThatTheEndWasTakenAwayByTheCheckpointThatWasKept() throws Exception {
    Path folder = Logs.sealed(200);
    Path older = Logs.sealed(200);
    grow(folder, 700, Logs.KEY);

    assertThat(verify(older)).isInstanceOf(Intact.class);
    assertThat(verify(older, checkpoint(folder)))
        .isInstanceOfSatisfying(
            Inconsistent.class, bad -> assertThat(bad.why()).contains("taken away"));
  }

  @Test
  void saysWhatIsLeftIfOnlyTheCheckpointWasPutBack() throws Exception {
    Path folder = Logs.sealed(256);
    byte[] older = Files.readAllBytes(folder.resolve("checkpoint"));
    grow(folder, 700, Logs.KEY);
    Files.write(folder.resolve("checkpoint"), older);
    // What it says of tiles at that size has been replaced by full ones, or is still there.
    assertThat(verify(folder))
        .isInstanceOfSatisfying(Intact.class, intact -> assertThat(intact.beyond()).isPositive());
  }

  @Test
  void aCheckpointOfAnotherLogIsNotConsistent() throws Exception {
    LogKey other = Logs.key(new LogName("gateway.example.com/journal/two"), 2);
    Path folder = Logs.sealed(3);
    Path others = Logs.folder();
    try (TiledLog log = TiledLog.open(others, other)) {
      log.seal(Logs.entries(0, 3));
    }
    Set<VerifierKey> both = Set.of(Logs.KEY.verifierKey(), other.verifierKey());
    Checkpoint kept = new LogFiles(others).checkpoint(both);

    assertThat(Verification.of(folder, both, Optional.of(kept), (index, entry) -> {}))
        .isInstanceOfSatisfying(
            Inconsistent.class, bad -> assertThat(bad.why()).contains("another log"));
  }

  @Test
  void provesNothingWithoutTheKeyThatSigned() throws Exception {
    Path folder = Logs.sealed(3);
    VerifierKey other = Logs.key(Logs.NAME, 2).verifierKey();

    assertThat(Verification.of(folder, Set.of(other), Optional.empty(), (index, entry) -> {}))
        .isInstanceOf(Unsigned.class);
    Files.delete(folder.resolve("checkpoint"));
    assertThat(verify(folder)).isInstanceOf(Unsigned.class);
  }

  @Test
  void entriesThatWereRemovedAsTheirTimeWasOverLeaveATreeThatHolds() throws Exception {
    Path folder = Logs.sealed(300);
    Checkpoint kept = checkpoint(folder);
    grow(folder, 1000, Logs.KEY);
    Files.delete(folder.resolve("tile/entries/000"));
    Files.delete(folder.resolve("tile/entries/001"));

    assertThat(verify(folder, kept))
        .isInstanceOfSatisfying(Intact.class, intact -> assertThat(intact.from()).isEqualTo(512));
    assertThat(new LogReader(folder).first()).isEqualTo(512);
  }

  @Test
  void entriesThatAreMissingInBetweenWereNotRemovedByTime() throws Exception {
    Path folder = Logs.sealed(1000);
    Files.delete(folder.resolve("tile/entries/001"));

    assertThat(verify(folder)).isInstanceOfSatisfying(BadEntry.class, isEntry(256));
  }

  @Test
  void whatAKilledWriterLeftIsNoEntry() throws Exception {
    Path folder = Logs.sealed(300);
    Path longer = Logs.sealed(300, 600);
    Files.copy(longer.resolve("tile/0/001"), folder.resolve("tile/0/001"));
    Files.copy(longer.resolve("tile/entries/001"), folder.resolve("tile/entries/001"));

    assertThat(verify(folder))
        .isInstanceOfSatisfying(
            Intact.class,
            intact -> {
              assertThat(intact.checkpoint().size()).isEqualTo(300);
              assertThat(intact.beyond()).isEqualTo(2);
            });
  }

  private static java.util.function.Consumer<BadEntry> isEntry(long index) {
    return bad -> assertThat(bad.index()).as(bad.why()).isEqualTo(index);
  }

  /** With another entry, and another hash of it in its tile. */
  private static void rewrite(Path folder, int index, byte[] other) throws Exception {
    List<byte[]> entries = new ArrayList<>(Logs.entries(0, 512));
    entries.set(index, other);
    RightEdge edge = new RightEdge();
    for (Resource resource : edge.append(entries)) {
      String name = resource.path().toString();
      if (name.equals("tile/0/001") || name.equals("tile/entries/001")) {
        Files.write(folder.resolve(name), resource.content());
      }
    }
  }

  private static void replace(Path file, String old, String other) throws Exception {
    String content = Files.readString(file, StandardCharsets.ISO_8859_1);
    assertThat(content).contains(old);
    Files.writeString(file, content.replace(old, other), StandardCharsets.ISO_8859_1);
  }

  private static void grow(Path folder, long size, LogKey key) throws Exception {
    try (TiledLog log = TiledLog.open(folder, key)) {
      log.seal(Logs.entries(log.size(), size));
    }
  }

  private static Checkpoint checkpoint(Path folder) throws Exception {
    return new LogFiles(folder).checkpoint(KEYS);
  }

  private static Verification verify(Path folder) throws Exception {
    return Verification.of(folder, KEYS, Optional.empty(), (index, entry) -> {});
  }

  private static Verification verify(Path folder, Checkpoint kept) throws Exception {
    return Verification.of(folder, KEYS, Optional.of(kept), (index, entry) -> {});
  }
}
