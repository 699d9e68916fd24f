package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.implementation.routing.PartitionKeyInternal;
import com.azure.cosmos.implementation.routing.PartitionKeyInternalHelper;
import com.azure.cosmos.models.PartitionKeyDefinition;
import com.azure.cosmos.models.PartitionKeyDefinitionVersion;
import com.azure.cosmos.models.PartitionKind;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.cosmos.EffectivePartitionKey;
import dev.ephemeris.cosmos.PartitionKey;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class EpkTest {

  @Test
  void hashesAKeyAsTheSdkDoesOnTheWire() {
    assertThat(EffectivePartitionKey.hash(PartitionKey.parse("[\"tenantA\"]").orElseThrow()))
        .isEqualTo("189401DADD8E01A377D5054C37EABF4F");
  }

  @Property
  void hashesTextsAsTheSdkDoes(@ForAll @StringLength(max = 200) String text) {
    assertAgrees(text.replaceAll("\\p{Cs}", "")); // no lone surrogates: JSON can't carry them
  }

  @Property
  void hashesNumbersAsTheSdkDoes(@ForAll double number) {
    assertAgrees(number + 0.0);
  }

  @Property
  void hashesBooleansAsTheSdkDoes(@ForAll boolean value) {
    assertAgrees(value);
  }

  @Property
  void hashesEachLevelOfAHierarchicalKeyByItself(
      @ForAll @StringLength(max = 20) @AlphaChars String tenant, @ForAll int user) {
    KeyDefinition definition =
        KeyDefinition.parse(
                RunningSimulator.json("{'paths': ['/a', '/b', '/c'], 'kind': 'MultiHash'}"))
            .orElseThrow();
    PartitionKeyDefinition theirs =
        new PartitionKeyDefinition()
            .setKind(PartitionKind.MULTI_HASH)
            .setVersion(PartitionKeyDefinitionVersion.V2)
            .setPaths(List.of("/a", "/b", "/c"));
    for (List<Object> levels :
        List.<List<Object>>of(
            List.of(tenant), List.of(tenant, user), List.of(tenant, user, true))) {
      PartitionKey ours =
          PartitionKey.parse(
                  Json.array().addAll(levels.stream().map(EpkTest::json).toList()).toString())
              .orElseThrow();

      assertThat(definition.epk(ours))
          .isEqualTo(
              PartitionKeyInternalHelper.getEffectivePartitionKeyString(
                  PartitionKeyInternal.fromObjectArray(levels, true), theirs));
    }
  }

  private static JsonNode json(Object value) {
    return new ObjectMapper().valueToTree(value);
  }

  private static void assertAgrees(Object value) {
    PartitionKeyInternal theirs = PartitionKeyInternal.fromObjectArray(List.of(value), true);
    PartitionKey ours =
        new PartitionKey(
            List.of(
                switch (value) {
                  case String text -> new PartitionKey.Component.Text(text);
                  case Double number -> new PartitionKey.Component.Numeric(number);
                  case Boolean bool -> new PartitionKey.Component.Bool(bool);
                  default -> throw new IllegalArgumentException();
                }));

    assertThat(EffectivePartitionKey.hash(ours))
        .isEqualTo(
            PartitionKeyInternalHelper.getEffectivePartitionKeyForHashPartitioningV2(theirs));
  }
}
