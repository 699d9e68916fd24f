package dev.ephemeris.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.cosmos.PartitionKey.Component;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PartitionKeyPropertyTest {

  @Property
  void readsItsOwnHeaderWhichIsPrintableAscii(@ForAll("keys") PartitionKey key) {
    assertThat(PartitionKey.parse(key.header())).contains(key);
    assertThat(key.header()).matches("[ -~]*");
  }

  @Property
  void isTheSameHoweverItsJsonIsWritten(@ForAll("keys") PartitionKey key, @ForAll Random random) {
    String spelling =
        key.components().stream()
            .map(component -> spelled(component, random) + space(random))
            .collect(Collectors.joining("," + space(random), "[" + space(random), "]"));

    assertThat(PartitionKey.parse(spelling)).contains(key);
  }

  @Property
  void refusesOrRebuildsAnyText(@ForAll("jsonish") String header) {
    Optional<PartitionKey> key = PartitionKey.parse(header);

    assertThat(key.map(PartitionKey::header).flatMap(PartitionKey::parse)).isEqualTo(key);
  }

  private static String spelled(Component component, Random random) {
    return switch (component) {
      case Component.Text(String value) ->
          value
              .chars()
              .mapToObj(c -> String.format(random.nextBoolean() ? "\\u%04x" : "\\u%04X", c))
              .collect(Collectors.joining("", "\"", "\""));
      case Component.Numeric(double value) -> {
        BigDecimal exact = new BigDecimal(value);
        yield random.nextBoolean()
            ? exact.toPlainString()
            : exact.unscaledValue() + "E" + -exact.scale();
      }
      case Component.Bool(boolean value) -> Boolean.toString(value);
      case Component.Null() -> "null";
      case Component.Undefined() -> "{" + space(random) + "}";
    };
  }

  private static String space(Random random) {
    return " \t".repeat(random.nextInt(3));
  }

  @Provide
  Arbitrary<PartitionKey> keys() {
    return Requests.partitionKeys();
  }

  @Provide
  Arbitrary<String> jsonish() {
    return Arbitraries.strings()
        .withChars("[]{}\",:\\u0019.eE+- tfnaluré\ud83c")
        .ofMaxLength(14)
        .map(text -> "[" + text + "]");
  }
}
