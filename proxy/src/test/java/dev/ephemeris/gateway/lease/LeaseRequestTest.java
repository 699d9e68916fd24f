package dev.ephemeris.gateway.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ephemeris.cosmos.PartitionKey;
import io.vertx.core.json.JsonArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody asks for, as they say it. */
class LeaseRequestTest {

  @Test
  void aPartitionKeyIsSaidByItsLevelsOrNotAtAll() {
    assertThat(LeaseRequest.readPartitionKey(new JsonArray("[\"a\", 1, null]"), "the key"))
        .isEqualTo(PartitionKey.parse("[\"a\",1,null]"))
        .isPresent();
    assertThat(LeaseRequest.readPartitionKey(null, "the key")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1, 2, 3, 4]", "[[1]]", "[{\"a\": 1}]"})
  void onesThatThereCanNotBeAreToldByTheNameThatTheyWereAskedBy(String levels) {
    assertThatThrownBy(() -> LeaseRequest.readPartitionKey(new JsonArray(levels), "“partitionKey”"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("“partitionKey” isn't an array of one to three values");
  }
}
