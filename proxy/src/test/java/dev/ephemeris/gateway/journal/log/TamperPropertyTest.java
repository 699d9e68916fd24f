package dev.ephemeris.gateway.journal.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.journal.log.Verification.Intact;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever is done to any file of a log shows. */
class TamperPropertyTest {

  private static final Set<VerifierKey> KEYS = Set.of(Logs.KEY.verifierKey());

  private static Path small;
  private static Path large;

  @BeforeContainer
  static void seal() throws Exception {
    small = Logs.sealed(520, 560, 600, 700);
    large = Logs.sealed(65_536, 66_000);
  }

  @AfterContainer
  static void delete() throws Exception {
    Logs.delete(small);
    Logs.delete(large);
  }

  /** What somebody does who can write the files, and doesn't have the key. */
  enum Tampering {
    FLIP {
      @Override
      Optional<byte[]> of(TilePath unused, byte[] content, Random random) {
        byte[] other = content.clone();
        other[random.nextInt(other.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        return Optional.of(other);
      }
    },
    TRUNCATE {
      @Override
      Optional<byte[]> of(TilePath unused, byte[] content, Random random) {
        return Optional.of(Arrays.copyOf(content, random.nextInt(content.length)));
      }
    },
    EXTEND {
      @Override
      Optional<byte[]> of(TilePath unused, byte[] content, Random random) {
        byte[] other = Arrays.copyOf(content, content.length + 1 + random.nextInt(40));
        other[content.length] = (byte) random.nextInt();
        return Optional.of(other);
      }
    },
    DROP_FILE {
      @Override
      Optional<byte[]> of(TilePath unused, byte[] content, Random random) {
        return Optional.empty();
      }
    },
    DROP {
      @Override
      Optional<byte[]> of(TilePath path, byte[] content, Random random) {
        List<byte[]> parts = parts(path, content);
        parts.remove(random.nextInt(parts.size()));
        return Optional.of(join(path, parts));
      }
    },
    REORDER {
      @Override
      Optional<byte[]> of(TilePath path, byte[] content, Random random) {
        List<byte[]> parts = parts(path, content);
        Collections.swap(parts, random.nextInt(parts.size()), random.nextInt(parts.size()));
        return Optional.of(join(path, parts));
      }
    },
    REPLACE {
      @Override
      Optional<byte[]> of(TilePath path, byte[] content, Random random) {
        List<byte[]> parts = parts(path, content);
        byte[] other = new byte[path instanceof TilePath.Tile ? Hash.LENGTH : random.nextInt(90)];
        random.nextBytes(other);
        parts.set(random.nextInt(parts.size()), other);
        return Optional.of(join(path, parts));
      }
    },
    REPEAT {
      @Override
      Optional<byte[]> of(TilePath path, byte[] content, Random random) {
        List<byte[]> parts = parts(path, content);
        parts.set(random.nextInt(parts.size()), parts.get(random.nextInt(parts.size())));
        return Optional.of(join(path, parts));
      }
    };

    /** What the file is from then on, or that it is gone. */
    abstract Optional<byte[]> of(TilePath path, byte[] content, Random random);

    static List<byte[]> parts(TilePath path, byte[] content) {
      return new ArrayList<>(
          switch (path) {
            case TilePath.Tile tile ->
                Hashes.parse(content, tile.width()).orElseThrow().stream()
                    .map(Hash::bytes)
                    .toList();
            case TilePath.Bundle bundle -> EntryBundle.parse(content, bundle.width()).orElseThrow();
          });
    }

    static byte[] join(TilePath path, List<byte[]> parts) {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      for (byte[] part : parts) {
        if (path instanceof TilePath.Tile) {
          content.writeBytes(part);
        } else {
          EntryBundle.write(part, content);
        }
      }
      return content.toByteArray();
    }
  }

  @Property(tries = 1500)
  void whateverIsDoneToAFileShows(@ForAll Tampering tampering, @ForAll Random random)
      throws Exception {
    assertShows(small, tampering, random);
  }

  @Property(tries = 60)
  void alsoInALogOfThreeLevels(@ForAll Tampering tampering, @ForAll Random random)
      throws Exception {
    assertShows(large, tampering, random);
  }

  private static void assertShows(Path folder, Tampering tampering, Random random)
      throws Exception {
    List<Path> tiles = Logs.files(folder.resolve(TilePath.FOLDER));
    Path file = folder.resolve(TilePath.FOLDER).resolve(tiles.get(random.nextInt(tiles.size())));
    TilePath path = TilePath.parse(folder.relativize(file).toString()).orElseThrow();
    byte[] content = Files.readAllBytes(file);
    Optional<byte[]> other = tampering.of(path, content, random);
    boolean same = other.isPresent() && Arrays.equals(content, other.get());
    try {
      write(file, other);
      assertThat(isUntouched(folder))
          .as("%s of %s", tampering, path)
          .isEqualTo(same || (other.isEmpty() && isSuperseded(folder, path)));
    } finally {
      Files.write(file, content);
    }
  }

  @Property(tries = 1500)
  void whateverIsDoneToTheCheckpointShows(@ForAll Random random) throws Exception {
    Path file = small.resolve("checkpoint");
    byte[] content = Files.readAllBytes(file);
    List<Tampering> all =
        List.of(Tampering.FLIP, Tampering.TRUNCATE, Tampering.EXTEND, Tampering.DROP_FILE);
    TilePath unused = new TilePath.Bundle(0, 1);
    try {
      write(file, all.get(random.nextInt(all.size())).of(unused, content, random));
      assertThat(isUntouched(small)).isFalse();
    } finally {
      Files.write(file, content);
    }
  }

  @Property(tries = 300)
  void filesThatAreSwappedShow(@ForAll Random random) throws Exception {
    List<Path> tiles = new ArrayList<>(Logs.files(small.resolve(TilePath.FOLDER)));
    Collections.shuffle(tiles, random);
    Path one = small.resolve(TilePath.FOLDER).resolve(tiles.get(0));
    Path two = small.resolve(TilePath.FOLDER).resolve(tiles.get(1));
    byte[] first = Files.readAllBytes(one);
    byte[] second = Files.readAllBytes(two);
    try {
      Files.write(one, second);
      Files.write(two, first);
      assertThat(isUntouched(small)).as("%s and %s", one, two).isFalse();
    } finally {
      Files.write(one, first);
      Files.write(two, second);
    }
  }

  /**
   * An older state with all that belongs to it is one; who kept a later checkpoint knows better.
   */
  @Property(tries = 40)
  void anOlderStateAndOneSignedForAgainShowToWhoeverKeptACheckpoint(@ForAll Random random)
      throws Exception {
    Checkpoint kept = new LogFiles(small).checkpoint(KEYS);
    List<byte[]> entries = new ArrayList<>(Logs.entries(0, 700 + random.nextInt(100)));
    if (random.nextBoolean()) {
      entries.subList(random.nextInt(700), entries.size()).clear();
    } else {
      entries.set(random.nextInt(700), "other".getBytes(StandardCharsets.UTF_8));
    }
    Path folder = Logs.folder();
    try (TiledLog log = TiledLog.open(folder, Logs.KEY)) {
      log.seal(entries);
    }

    assertThat(isUntouched(folder)).isTrue();
    assertThat(Verification.of(folder, KEYS, Optional.of(kept), (index, entry) -> {}))
        .isInstanceOf(Verification.Inconsistent.class);
    Logs.delete(folder);
  }

  private static void write(Path file, Optional<byte[]> content) throws Exception {
    if (content.isPresent()) {
      Files.write(file, content.get());
    } else {
      Files.delete(file);
    }
  }

  /** A partial tile for which there is a wider one now may go at any time. */
  private static boolean isSuperseded(Path folder, TilePath path) throws Exception {
    long size = new LogReader(folder).size();
    return path.width() < TilePath.FULL
        && switch (path) {
          case TilePath.Tile tile -> !tile.equals(TilePath.Tile.last(tile.level(), size));
          case TilePath.Bundle bundle -> !bundle.equals(TilePath.Bundle.last(size));
        };
  }

  /** Whether verification says that all that there was is there, as it was. */
  private static boolean isUntouched(Path folder) throws Exception {
    return Verification.of(folder, KEYS, Optional.empty(), (index, entry) -> {})
            instanceof Intact intact
        && intact.from() == 0
        && intact.beyond() == 0;
  }
}
