package dev.ephemeris.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

class ConfigurationPropertyTest {
  private static final Path REFERENCE = Path.of("reference", "ephemeris.yaml");
  private static @Nullable Path file;

  @BeforeContainer
  static void makeFile() throws IOException {
    file = Files.createTempFile("ephemeris", ".yaml");
  }

  @AfterContainer
  static void deleteFile() throws IOException {
    Files.delete(file());
  }

  @Property(tries = 500)
  void readsOrRefusesAReferenceWithASlipInIt(
      @ForAll @IntRange(max = 4_000) int place, @ForAll @StringLength(max = 3) String slip)
      throws IOException {
    StringBuilder text = new StringBuilder(Files.readString(REFERENCE));
    text.insert(place % text.length(), slip);

    readsOrRefuses(text.toString());
  }

  @Property(tries = 300)
  void readsOrRefusesAnything(@ForAll String text) throws IOException {
    readsOrRefuses(text);
  }

  private static void readsOrRefuses(String text) throws IOException {
    try {
      Files.writeString(file(), text);
    } catch (CharacterCodingException aHalfOfASurrogatePair) {
      return;
    }
    try {
      assertThat(Configuration.read(file()).hostNames()).isNotEmpty();
    } catch (ConfigurationException e) {
      assertThat(String.valueOf(e.getMessage()).lines())
          .isNotEmpty()
          .allMatch(line -> line.startsWith(file().toString()));
    }
  }

  private static Path file() {
    Path made = file;
    if (made == null) {
      throw new IllegalStateException("before the first test");
    }
    return made;
  }
}
