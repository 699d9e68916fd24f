package dev.ephemeris.gateway.journal.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** There is one way to write each thing, and what isn't written so isn't read. */
class FormPropertyTest {

  private static final String CHECKPOINT =
      Checkpoint.sign(17, Logs.root(Logs.entries(0, 17)), Logs.KEY).toString();
  private static final String PROOF =
      new InclusionProof(
              3,
              Optional.of(Logs.entry(3)),
              List.of(Hash.EMPTY, Hash.leaf(new byte[0]), Hash.EMPTY),
              Checkpoint.sign(8, Hash.EMPTY, Logs.KEY))
          .toString();

  @Property
  void tilesAreFoundWhereTheyAreWritten(
      @ForAll @IntRange(max = 7) int level,
      @ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 256) long index,
      @ForAll @IntRange(min = 1, max = 256) int width) {
    TilePath tile = new TilePath.Tile(level, index, width);
    TilePath bundle = new TilePath.Bundle(index, width);

    assertThat(TilePath.parse(tile.toString())).contains(tile);
    assertThat(TilePath.parse(bundle.toString())).contains(bundle);
  }

  @Property
  void whatIsNoTileIsNotFound(@ForAll("paths") String text) {
    assertThat(TilePath.parse(text).map(TilePath::toString).orElse(text)).isEqualTo(text);
    assertThat(TilePath.parse(text).filter(path -> path.toString().contains(".."))).isEmpty();
  }

  @Provide
  Arbitrary<String> paths() {
    return Arbitraries.of(
            "tile",
            "/",
            "entries",
            "0",
            "7",
            "8",
            "x",
            "x000",
            "x001",
            "000",
            "001",
            "999",
            ".p/",
            "1",
            "255",
            "256",
            "01",
            "..",
            "%2e",
            "\\",
            "\u0660\u0661\u0662",
            " ",
            "")
        .list()
        .ofMaxSize(9)
        .map(parts -> String.join("", parts));
  }

  @Property
  void bundlesGiveTheirEntriesBack(
      @ForAll @Size(max = 256) List<@Size(max = 300) byte[]> entries, @ForAll byte[] garbage) {
    ByteArrayOutputStream bundle = new ByteArrayOutputStream();
    entries.forEach(entry -> EntryBundle.write(entry, bundle));

    assertThat(EntryBundle.parse(bundle.toByteArray(), entries.size()))
        .hasValueSatisfying(
            read ->
                assertThat(read)
                    .usingElementComparator(java.util.Arrays::compare)
                    .containsExactlyElementsOf(entries));
    assertThat(EntryBundle.parse(bundle.toByteArray(), entries.size() + 1)).isEmpty();
    for (int width = 0; width < 4; width++) {
      EntryBundle.parse(garbage, width)
          .ifPresent(
              read -> {
                ByteArrayOutputStream again = new ByteArrayOutputStream();
                read.forEach(entry -> EntryBundle.write(entry, again));
                assertThat(again.toByteArray()).isEqualTo(garbage);
              });
    }
  }

  @Property
  void keysAreReadAsTheyAreWritten(@ForAll @Size(32) byte[] seed, @ForAll("names") String name) {
    VerifierKey key = LogKey.of(new LogName(name), seed).verifierKey();

    assertThat(VerifierKey.parse(key.toString())).isEqualTo(key).hasToString(key.toString());
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.of("a", "gateway.example.com", "a-b.c/journal/one", "h/A_~-.z", "1/2");
  }

  @Property(tries = 3000)
  void whatIsNoKeyIsNotRead(@ForAll Random random) {
    String text = mutated(Logs.KEY.verifierKey().toString(), random);
    try {
      assertThat(VerifierKey.parse(text)).hasToString(text);
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  @Property
  void whatIsNoNameIsNotRead(@ForAll String text) {
    try {
      assertThat(new LogName(text).text()).doesNotContainAnyWhitespaces().doesNotContain("+");
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).contains("such as gateway.example.com/journal/one");
    }
  }

  @Property
  void checkpointsAreReadAsTheyAreWritten(
      @ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long size, @ForAll byte[] content)
      throws Exception {
    Checkpoint checkpoint = Checkpoint.sign(size, Hash.leaf(content), Logs.KEY);

    Checkpoint read = Checkpoint.open(checkpoint.bytes(), Set.of(Logs.KEY.verifierKey()));

    assertThat(read).isEqualTo(checkpoint);
    assertThat(read.size()).isEqualTo(size);
    assertThat(read.root()).isEqualTo(Hash.leaf(content));
    assertThat(read.origin()).isEqualTo(Logs.NAME);
  }

  @Property(tries = 3000)
  void noOtherTextIsACheckpoint(@ForAll Random random) {
    String text = mutated(CHECKPOINT, random);
    try {
      assertThat(open(text)).hasToString(CHECKPOINT);
      assertThat(text).isEqualTo(CHECKPOINT);
    } catch (CheckpointException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  @Property
  void noBytesAreACheckpoint(@ForAll byte[] bytes) {
    org.assertj.core.api.Assertions.assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> Checkpoint.open(bytes, Set.of(Logs.KEY.verifierKey())));
  }

  @Property(tries = 3000)
  void aProofThatIsReadIsWrittenTheSame(@ForAll Random random) {
    String text = random.nextInt(10) == 0 ? PROOF : mutated(PROOF, random);
    try {
      InclusionProof proof =
          InclusionProof.parse(
              text.getBytes(StandardCharsets.UTF_8), Set.of(Logs.KEY.verifierKey()));
      assertThat(proof).hasToString(text);
    } catch (CheckpointException e) {
      assertThat(e.getMessage()).isNotBlank();
      assertThat(text).isNotEqualTo(PROOF);
    }
  }

  private static Checkpoint open(String text) throws CheckpointException {
    return Checkpoint.open(text.getBytes(StandardCharsets.UTF_8), Set.of(Logs.KEY.verifierKey()));
  }

  /** The text with a change or three. */
  private static String mutated(String text, Random random) {
    StringBuilder other = new StringBuilder(text);
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(other.length());
      switch (random.nextInt(4)) {
        case 0 -> other.deleteCharAt(at);
        case 1 -> other.insert(at, other.charAt(random.nextInt(other.length())));
        case 2 -> other.setCharAt(at, "A0=\n +/z\u2014\r\u0000".charAt(random.nextInt(11)));
        default -> other.setCharAt(at, (char) (other.charAt(at) ^ 1 << random.nextInt(7)));
      }
    }
    return other.toString();
  }
}
