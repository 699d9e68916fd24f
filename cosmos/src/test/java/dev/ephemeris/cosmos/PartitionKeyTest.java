package dev.ephemeris.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ephemeris.cosmos.PartitionKey.Component;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionKeyTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ["a"]                     | ["a"]
          ["\\u0061"]                | ["a"]
          [ "a"\t]                   | ["a"]
          ["é"]                     | ["\\u00E9"]
          ["\\u00e9"]                | ["\\u00E9"]
          ["\\ud83c\\udf4b"]          | ["\\uD83C\\uDF4B"]
          ["a\\/b\\"c\\\\\\n\\u007f"]     | ["a/b\\"c\\\\\\n\\u007F"]
          [1]                       | [1]
          [1.0]                     | [1]
          [10e-1]                   | [1]
          [-0]                      | [0]
          [-0.0]                    | [0]
          [0.5]                     | [0.5]
          [-7]                      | [-7]
          [999999999999999]         | [999999999999999]
          [1000000000000000]        | [1.0E15]
          [9007199254740993]        | [9.007199254740992E15]
          [true]                    | [true]
          [false]                   | [false]
          [null]                    | [null]
          [{}]                      | [{}]
          [{ }]                     | [{}]
          []                        | []
          ["T","U"]                 | ["T","U"]
          ["T", 1, null]            | ["T",1,null]
          """)
  void readsEverySpellingOfOneKeyAsOne(String header, String canonical) {
    // When
    PartitionKey key = PartitionKey.parse(header).orElseThrow();

    // Then
    assertThat(key.header()).isEqualTo(canonical);
    assertThat(PartitionKey.parse(canonical)).contains(key);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[\"a\"] | [\"a\"] | true",
        "[\"a\", 1] | [\"a\"] | true",
        "[\"a\", 1] | [\"a\", 1.0] | true",
        "[\"a\"] | [\"a\", 1] | false",
        "[1, \"a\"] | [\"a\"] | false",
        "[\"ab\"] | [\"a\"] | false",
        "[] | [\"a\"] | false",
        "[{}] | [null] | false",
      })
  void beginsWithItsLevels(String key, String prefix, boolean begins) {
    assertThat(
            PartitionKey.parse(key)
                .orElseThrow()
                .startsWith(PartitionKey.parse(prefix).orElseThrow()))
        .isEqualTo(begins);
  }

  @Test
  void tellsKeysOfDifferentTypesApart() {
    assertThat(List.of("[1]", "[\"1\"]", "[true]", "[\"true\"]", "[null]", "[{}]", "[]", "[\"\"]"))
        .extracting(PartitionKey::parse)
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "\"a\"",
        "{}",
        "[",
        "[\"a\"",
        "[\"a\",]",
        "[,\"a\"]",
        "['a']",
        "[a]",
        "[NaN]",
        "[01]",
        "[1e400]",
        "[-1e400]",
        "[[]]",
        "[[\"a\"]]",
        "[{\"a\":1}]",
        "[{}",
        "[{",
        "[1,2,3,4]",
        "[\"a\"]x",
        "[\"a\"][\"b\"]",
        "[\"a\"],[\"b\"]",
        "[\"\u0000\"]",
      })
  void refusesWhatIsNotAnArrayOfAtMostThreeScalars(String header) {
    assertThat(PartitionKey.parse(header)).isEmpty();
  }

  @Test
  void canNotBeBuiltFromWhatHasNoSpelling() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Component.Numeric(Double.NaN));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Component.Numeric(Double.NEGATIVE_INFINITY));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PartitionKey(Collections.nCopies(4, new Component.Null())));
  }

  @Test
  void printsHowManyComponentsItHasAndNotWhich() {
    assertThat(new PartitionKey(List.of(new Component.Text("tenant-7"))))
        .hasToString("PartitionKey[1 components]");
  }
}
