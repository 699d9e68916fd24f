package dev.ephemeris.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EffectivePartitionKeyTest {

  /** What azure-cosmos for Java sent for this prefix (4.81, 2026-11-24). */
  @Test
  void liesWhereTheJavaSdkLooksForAPrefix() {
    assertThat(EffectivePartitionKey.multiHash(key("[\"tenantA\"]")))
        .isEqualTo("189401DADD8E01A377D5054C37EABF4F");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[\"tenantA\"] | [\"tenantA\", \"u1\"]",
        "[\"tenantA\", \"u1\"] | [\"tenantA\", \"u1\", 5]",
      })
  void ofSeveralLevelsBeginsWithThatOfItsPrefix(String prefix, String longer) {
    assertThat(EffectivePartitionKey.multiHash(key(longer)))
        .startsWith(EffectivePartitionKey.multiHash(key(prefix)))
        .hasSize(EffectivePartitionKey.multiHash(key(prefix)).length() + 32);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[\"a\"] | [\"b\"]",
        "[\"1\"] | [1]",
        "[true] | [false]",
        "[null] | [{}]",
        "[0] | [1]",
        "[\"\"] | [null]",
      })
  void isAnotherForAnotherKey(String one, String other) {
    assertThat(EffectivePartitionKey.hash(key(one)))
        .hasSize(32)
        .isNotEqualTo(EffectivePartitionKey.hash(key(other)));
  }

  @Test
  void isTheSameForTheSameKeyHoweverItIsWritten() {
    assertThat(EffectivePartitionKey.hash(key("[1.0]")))
        .isEqualTo(EffectivePartitionKey.hash(key("[1]")));
    assertThat(EffectivePartitionKey.hash(key("[-0.0]")))
        .isEqualTo(EffectivePartitionKey.hash(key("[0]")));
  }

  private static PartitionKey key(String header) {
    return PartitionKey.parse(header).orElseThrow();
  }
}
