package dev.ephemeris.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class CosmosErrorPropertyTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Property
  void hasAJsonBodyWhateverTheMessage(
      @ForAll("texts") String message, @ForAll("texts") String activityId) throws IOException {
    JsonNode body = JSON.readTree(CosmosError.badRequest(message).body(activityId));

    assertThat(body.size()).isEqualTo(2);
    assertThat(body.path("code").textValue()).isEqualTo("BadRequest");
    assertThat(body.path("message").textValue())
        .isEqualTo(message + "\r\nActivityId: " + activityId);
  }

  @Property
  void hasAJsonBodyEvenWithHalfACharacterInTheMessage(@ForAll("texts") String message)
      throws IOException {
    byte[] body = CosmosError.badRequest("\udf4b" + message + "\ud83c").body("");

    assertThat(JSON.readTree(body).path("message").textValue()).contains(message);
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.oneOf(
        Arbitraries.strings().ofMaxLength(20).filter(CosmosErrorPropertyTest::hasWholeCharacters),
        Arbitraries.strings().withChars("\"\\/\b\f\n\r\t\u0000\u001f\u007f\u2028é").ofMaxLength(8));
  }

  private static boolean hasWholeCharacters(String text) {
    return text.codePoints()
        .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }
}
