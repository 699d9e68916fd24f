package dev.ephemeris.gateway.journal;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.annotation.JsonAppend;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;

/**
 * Records as the JSON that is kept of them, and back.
 *
 * <p>A record is one object: its type and the version of the type's form, then its components, of
 * which those that are empty are left out. It has no place in a journal: that is where it lies.
 */
public final class RecordJson {

  /** How long a record is at most, in bytes, as C2SP tlog-tiles has it of a log's entry. */
  public static final int MAX_LENGTH = 65_535;

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .addModule(new SimpleModule().addSerializer(new InstantJson()))
          .addMixIn(JournalRecord.class, Form.class)
          .serializationInclusion(JsonInclude.Include.NON_ABSENT)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final Map<RecordType, ObjectWriter> WRITERS = new EnumMap<>(RecordType.class);

  static {
    for (RecordType type : RecordType.values()) {
      JSON.registerSubtypes(new NamedType(type.form(), type.code()));
      WRITERS.put(type, JSON.writer().withAttribute("version", type.version()));
    }
  }

  /** What a record's JSON has before its components. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonAppend(prepend = true, attrs = @JsonAppend.Attr("version"))
  private interface Form {}

  private RecordJson() {}

  /**
   * What is kept of a record, no longer than {@link #MAX_LENGTH}. Of one that would be longer, the
   * longest texts and lists are cut, and {@code truncated} says so. It never fails.
   */
  public static byte[] bytes(JournalRecord record) {
    ObjectWriter writer = writer(record);
    byte[] whole = written(writer, record);
    return whole.length <= MAX_LENGTH ? whole : cut(whole);
  }

  private static ObjectWriter writer(JournalRecord record) {
    ObjectWriter writer = WRITERS.get(RecordType.of(record));
    if (writer == null) {
      throw new IllegalStateException("every type has one");
    }
    return writer;
  }

  private static byte[] written(ObjectWriter writer, Object value) {
    try {
      return writer.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("text and numbers are always JSON", e);
    }
  }

  private static byte[] cut(byte[] whole) {
    try {
      ObjectNode fields = object(whole);
      return written(
          JSON.writer(),
          CutRecord.of(fields, cut -> written(JSON.writer(), cut).length <= MAX_LENGTH));
    } catch (JournalException e) {
      throw new IllegalStateException("what was just written can be read", e);
    }
  }

  /**
   * A record that was kept.
   *
   * @param sequence its place in the journal
   * @throws JournalException if these bytes are none
   */
  public static JournalEntry entry(long sequence, byte[] json) throws JournalException {
    ObjectNode record = object(json);
    if (record.has("sequence")) {
      throw new JournalException("not a record: it claims a place in the journal");
    }
    ObjectNode fields = JSON.createObjectNode().put("sequence", sequence);
    fields.setAll(record);
    if (!fields.path("type").isTextual() || !fields.path("version").isInt()) {
      throw new JournalException("not a record: it has no type and version");
    }
    return new JournalEntry(sequence, fields.path("type").textValue(), fields);
  }

  private static ObjectNode object(byte[] json) throws JournalException {
    try {
      // Strictly: what isn't UTF-8 was never written by a gateway, and JSON of bytes may be UTF-16.
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
      if (JSON.readTree(text) instanceof ObjectNode fields) {
        return fields;
      }
    } catch (CharacterCodingException notUtf8) {
      throw new JournalException("not UTF-8", notUtf8);
    } catch (JsonProcessingException notJson) {
      throw new JournalException("not a JSON record", notJson);
    }
    throw new JournalException("not a record: it is no object");
  }
}
