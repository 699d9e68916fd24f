package dev.ephemeris.gateway.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * JSON with one reading: of a name that stands there twice, one reader takes the first value and
 * another the last (RFC 8725 §2.4, RFC 8259 §4).
 */
public final class StrictJson {

  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final ObjectReader OBJECTS =
      STRICT.readerFor(new TypeReference<Map<String, Object>>() {});

  private static final ObjectReader ARRAYS = STRICT.readerFor(new TypeReference<List<Object>>() {});

  private StrictJson() {}

  /** The object that this text is, and nothing besides. */
  static Optional<JsonObject> object(String text) {
    try {
      Map<String, Object> read = OBJECTS.readValue(text);
      return Optional.ofNullable(read).map(JsonObject::new);
    } catch (JsonProcessingException notOne) {
      return Optional.empty();
    }
  }

  /** The array that this text is, and nothing besides. */
  public static Optional<JsonArray> array(String text) {
    try {
      List<Object> read = ARRAYS.readValue(text);
      return Optional.ofNullable(read).map(JsonArray::new);
    } catch (JsonProcessingException notOne) {
      return Optional.empty();
    }
  }

  /** The object in a part of a token (RFC 7515 §2). */
  static Optional<JsonObject> part(String base64url) {
    try {
      return object(new String(Base64.getUrlDecoder().decode(base64url), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }
}
