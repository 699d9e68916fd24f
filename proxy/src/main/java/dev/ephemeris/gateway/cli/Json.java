package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.util.Optional;

/** JSON documents as records and back, and as YAML. What a record doesn't name is ignored. */
final class Json {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .addModule(new Jdk8Module())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  /** Texts in quotes, so that no reader takes one for a number, a date or a yes. */
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .addModule(new JavaTimeModule())
          .addModule(new Jdk8Module())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .disable(YAMLGenerator.Feature.SPLIT_LINES)
          .build();

  private static final ObjectReader STRICT =
      MAPPER
          .readerFor(Object.class)
          .with(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private Json() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** The document, or a missing node if the bytes aren't one. */
  static JsonNode parse(byte[] bytes) {
    try {
      return MAPPER.readTree(bytes);
    } catch (IOException notJson) {
      return MissingNode.getInstance();
    }
  }

  /**
   * The document as maps, lists, texts, numbers, booleans and null; empty if the bytes aren't one,
   * or a key stands twice in an object.
   */
  static Optional<Object> plain(byte[] bytes) {
    try {
      return Optional.ofNullable(STRICT.readValue(bytes));
    } catch (IOException notJson) {
      return Optional.empty();
    }
  }

  /** The document as a record, or empty if a component is missing or of another type. */
  static <T> Optional<T> read(JsonNode document, Class<T> type) {
    if (!document.isObject()) {
      return Optional.empty();
    }
    try {
      return Optional.of(MAPPER.treeToValue(document, type));
    } catch (JsonProcessingException | IllegalArgumentException other) {
      return Optional.empty();
    }
  }

  static String pretty(Object document) {
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records and trees are always JSON", e);
    }
  }

  /** The same document as YAML. */
  static String yaml(Object document) {
    try {
      return YAML.writeValueAsString(document).stripTrailing();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("whatever is JSON is YAML", e);
    }
  }

  /** Quoted and escaped; a string literal of Java and JavaScript too. */
  static String quoted(String text) {
    return MAPPER.getNodeFactory().textNode(text).toString();
  }
}
