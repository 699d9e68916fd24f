package dev.ephemeris.policy.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

class YamlFileTest {

  @Test
  void readsEveryKindOfValue() {
    Sample sample =
        read(
            """
            name: sample
            port: 1
            size: 5000000000
            for: 90m
            file: keys/a.key
            colour: dark-red
            code: X1
            numbers: [0, 2, 3]
            words: [b, a]
            counts: { X1: 1, X2: 2 }
            address: { host: there, port: 2 }
            """);

    assertThat(sample)
        .isEqualTo(
            new Sample(
                "sample",
                1,
                Optional.of(5_000_000_000L),
                Optional.of(Duration.ofMinutes(90)),
                Optional.of(Path.of("conf/keys/a.key")),
                Optional.of(Colour.DARK_RED),
                Optional.of(new Code("X1")),
                List.of(0, 2, 3),
                Optional.of(Set.of("a", "b")),
                Optional.of(Map.of(new Code("X1"), 1, new Code("X2"), 2)),
                new Address("there", 2)));
  }

  @Test
  void takesDefaultsForWhatIsLeftOut() {
    assertThat(read("name: sample"))
        .isEqualTo(
            new Sample(
                "sample",
                8081,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                new Address("here", 1)));
  }

  @Test
  void fillsWhatASectionLeavesOutFromItsDefault() {
    assertThat(read("{name: sample, address: {port: 7}}").address())
        .isEqualTo(new Address("here", 7));
    assertThat(read("{name: sample, address: {host: there}}").address())
        .isEqualTo(new Address("there", 1));
  }

  @Test
  void takesPathsFromTheFolderOfTheFileUnlessTheyAreAbsolute() {
    assertThat(read("{name: sample, file: /run/a.key}").file()).contains(Path.of("/run/a.key"));
  }

  @Test
  void keepsTheOrderOfTheFile() {
    Sample sample = read("{name: sample, words: [c, a, b], counts: {X3: 1, X1: 2, X2: 3}}");

    assertThat(sample.words().orElseThrow()).containsExactly("c", "a", "b");
    assertThat(sample.counts().orElseThrow().keySet().stream().map(Code::value))
        .containsExactly("X3", "X1", "X2");
  }

  @Test
  void givesCollectionsThatNobodyCanChange() {
    Sample sample = read("{name: sample, numbers: [1], words: [a], counts: {X1: 1}}");

    assertThat(sample.numbers()).isUnmodifiable();
    assertThat(sample.words().orElseThrow()).isUnmodifiable();
    assertThat(sample.counts().orElseThrow()).isUnmodifiable();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvFileSource(resources = "refusals.csv", delimiter = '|', numLinesToSkip = 1)
  void refuses(String what, String yaml, String problem) {
    assertThat(refusal(yaml.replace("\\n", "\n")).problems().getFirst())
        .hasToString("conf/sample.yaml:" + problem);
  }

  @Test
  void tellsEverythingThatIsWrongFromTopToBottom() {
    YamlException refusal = refusal("port: x\nsise: 1\nnumbers: [1, b, c]\n");

    assertThat(refusal)
        .hasMessage(
            """
            conf/sample.yaml:1:1: missing key 'name'
            conf/sample.yaml:1:7: expected a whole number, got text
            conf/sample.yaml:2:1: unknown key 'sise'; expected one of name, port, size, for, file, \
            colour, code, numbers, words, counts, address; did you mean 'size'?
            conf/sample.yaml:3:14: expected a whole number, got text
            conf/sample.yaml:3:17: expected a whole number, got text\
            """);
    assertThat(refusal.problems()).extracting(Problem::line).containsExactly(1, 1, 2, 3, 3);
  }

  @Test
  void refusesWhatIsTooLargeOrTooDeep() {
    assertThat(refusal("name: " + "x".repeat(5_000_000)).problems()).hasSize(1);
    assertThat(refusal("numbers: " + "[".repeat(100) + "]".repeat(100)).problems()).hasSize(1);
  }

  @Test
  void neverExpandsAliasesHoweverManyThereAre() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 40; i++) {
      bomb.append("a%1$d: &a%1$d [*a%2$d, *a%2$d]%n".formatted(i, i - 1));
    }

    assertThat(refusal(bomb.append("numbers: *a39\n").toString()).problems()).isNotEmpty();
  }

  @Test
  void keepsWhatTheFileSaysOutOfMessagesAboutItsSyntax() {
    assertThat(refusal("name: 'hunter2\n").getMessage()).doesNotContain("hunter2");
  }

  @Test
  void pointsAtValuesForThoseWhoFindFaultWithThemLater() {
    YamlFile<Sample> file =
        YamlFile.open(
            "f", "name: sample\nnumbers:\n  - 1\n  - 2\naddress:\n  port: 1\n", Sample.class);

    assertThat(file.problem("a word", "name")).hasToString("f:1:7: a word");
    assertThat(file.problem("an item", "numbers", 1)).hasToString("f:4:5: an item");
    assertThat(file.problem("a section", "address")).hasToString("f:5:1: a section");
    assertThat(file.problem("a key within", "address", "port")).hasToString("f:6:9: a key within");
    assertThat(file.problem("not there", "address", "host")).hasToString("f:5:1: not there");
    assertThat(file.problem("beyond", "numbers", 2)).hasToString("f:2:1: beyond");
    assertThat(file.problem("astray", "name", "first")).hasToString("f:1:7: astray");
  }

  @Property
  void readsOrRefusesWhateverTheText(@ForAll("yamlLike") String text) {
    try {
      assertThat(read(text).name()).isNotNull();
    } catch (YamlException e) {
      assertThat(e.problems()).isNotEmpty().allMatch(problem -> problem.line() > 0);
    }
  }

  @Provide
  Arbitrary<String> yamlLike() {
    Arbitrary<String> fragments =
        Arbitraries.of(
            "name", "port", "numbers", "address", ": ", "- ", "\n", "  ", "{", "}", "[", "]", ",",
            "&a ", "*a", "!x ", "'", "\"", "|\n", "#", "~", "<<", "---\n", "1", "0x1", "true", "\t",
            "%", "@", "\u0000", "\ud800", "\ufeff");
    return Arbitraries.oneOf(
        fragments.list().ofMaxSize(30).map(parts -> String.join("", parts)), Arbitraries.strings());
  }

  private static Sample read(String yaml) {
    return YamlFile.read("conf/sample.yaml", yaml, Sample.class);
  }

  private static YamlException refusal(String yaml) {
    return assertThatExceptionOfType(YamlException.class).isThrownBy(() -> read(yaml)).actual();
  }

  /** Everything that a preset fills in can be said otherwise, in sections within too. */
  @Test
  void fillsInWhatAPresetSays() {
    assertThat(readCar("preset: old-taxi"))
        .isEqualTo(new Car(List.of("yellow"), Map.of("doors", 4, "seats", 5)));
    assertThat(readCar("preset: old-taxi\ncolours: [black]\nparts: { seats: 7, wheels: 4 }"))
        .isEqualTo(new Car(List.of("black"), Map.of("doors", 4, "seats", 7, "wheels", 4)));
    assertThat(readCar("colours: [red]\nparts: {}")).isEqualTo(new Car(List.of("red"), Map.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "preset: old-taxo | 1:9: unknown value 'old-taxo'; expected one of old-taxi; did you mean"
            + " 'old-taxi'?",
        "preset: [old-taxi] | 1:9: expected text, got a list",
        "{ preset: old-taxi, preset: old-taxi } | 1:21: the key 'preset' stands here twice",
        "{ preset: old-taxi, doors: 3 } | 1:21: unknown key 'doors'; expected one of preset,"
            + " colours, parts",
        // What a preset says is at fault where the preset is named.
        "{ preset: old-taxi, parts: { seats: 9 } } | 1:37: expected fewer seats",
        "{ colours: [yellow], preset: old-taxi, parts: { doors: 0 } } | 1:56: expected a door",
        "{ parts: { doors: 2 }, preset: old-taxi, colours: [] } | 1:42: expected colours",
      },
      quoteCharacter = '"')
  void refusesAPreset(String text, String problem) {
    assertThatExceptionOfType(YamlException.class)
        .isThrownBy(() -> readCar(text))
        .withMessage("car.yaml:" + problem);
  }

  /** An author who takes a preset whose answer isn't good enough is shown the preset. */
  @Test
  void pointsAtThePresetThatSaysWhatIsWrong() {
    assertThatExceptionOfType(YamlException.class)
        .isThrownBy(() -> YamlFile.read("car.yaml", "\n  preset: unpainted", PickyCar.class))
        .withMessage("car.yaml:2:11: expected colours");
  }

  private static Car readCar(String text) {
    return YamlFile.read("car.yaml", text, Car.class);
  }

  @Presets(CarPreset.class)
  record Car(List<String> colours, Map<String, Integer> parts) {
    Car {
      if (colours.isEmpty()) {
        throw new InvalidField("expected colours", "colours");
      }
      if (parts.getOrDefault("seats", 0) > 8) {
        throw new InvalidField("expected fewer seats", "parts", "seats");
      }
      if (parts.getOrDefault("doors", 1) < 1) {
        throw new InvalidField("expected a door", "parts", "doors");
      }
    }
  }

  enum CarPreset implements Presets.Preset {
    OLD_TAXI;

    @Override
    public String yaml() {
      return "colours: [yellow]\nparts: { doors: 4, seats: 5 }";
    }
  }

  @Presets(EmptyPreset.class)
  record PickyCar(List<String> colours) {
    PickyCar {
      if (colours.isEmpty()) {
        throw new InvalidField("expected colours", "colours");
      }
    }
  }

  enum EmptyPreset implements Presets.Preset {
    UNPAINTED;

    @Override
    public String yaml() {
      return "# nothing\n\n\n\ncolours: []";
    }
  }

  record Sample(
      String name,
      @Default("8081") int port,
      Optional<Long> size,
      @Key("for") Optional<Duration> span,
      Optional<Path> file,
      Optional<Colour> colour,
      Optional<Code> code,
      @Default("[]") List<Integer> numbers,
      Optional<Set<String>> words,
      Optional<Map<Code, Integer>> counts,
      @Default("{host: here, port: 1}") Address address) {}

  record Address(String host, int port) {
    Address {
      if (port < 1) {
        throw new InvalidField("expected a port", "port");
      }
      if (host.equals("nowhere")) {
        throw new IllegalArgumentException("no such place");
      }
    }
  }

  record Code(String value) {
    static Code parse(String value) {
      if (!value.startsWith("X")) {
        throw new IllegalArgumentException("expected an X in front");
      }
      return new Code(value);
    }
  }

  enum Colour {
    RED,
    DARK_RED
  }
}
