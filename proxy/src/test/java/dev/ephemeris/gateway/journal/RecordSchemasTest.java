package dev.ephemeris.gateway.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The published schemas say what records are, and no form changes under its version. */
class RecordSchemasTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static JsonNode document(RecordType type) throws IOException {
    return JSON.readTree(type.schema());
  }

  private static Schema schema(JournalRecord record) {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(RecordType.of(record).schema());
  }

  private static List<Error> flaws(Schema schema, JsonNode record) {
    return schema.validate(record.toString(), InputFormat.JSON);
  }

  private static ObjectNode kept(JournalRecord record) throws IOException {
    return (ObjectNode) JSON.readTree(RecordJson.bytes(record));
  }

  static Stream<JournalRecord> samples() {
    return RecordSamples.all().stream();
  }

  @ParameterizedTest
  @EnumSource
  void everyTypeHasASchemaWithItsComponents(RecordType type) throws Exception {
    JsonNode schema = document(type);

    assertThat(schema.path("$id").asText())
        .isEqualTo(
            "https://ephemeris.dev/schemas/records/"
                + type.code()
                + ".v"
                + type.version()
                + ".schema.json");
    assertThat(schema.at("/properties/type/const").asText()).isEqualTo(type.code());
    assertThat(schema.at("/properties/version/const").asInt()).isEqualTo(type.version());
    List<String> components =
        Arrays.stream(type.form().getRecordComponents()).map(RecordComponent::getName).toList();
    assertThat(names(schema.path("properties")))
        .containsExactlyElementsOf(
            Stream.of(Stream.of("type", "version"), components.stream(), Stream.of("truncated"))
                .flatMap(names -> names)
                .toList());
    assertThat(schema.path("required"))
        .extracting(JsonNode::asText)
        .containsExactlyElementsOf(
            Stream.concat(
                    Stream.of("type", "version"),
                    Arrays.stream(type.form().getRecordComponents())
                        .filter(component -> component.getType() != Optional.class)
                        .map(RecordComponent::getName))
                .toList());
  }

  @ParameterizedTest
  @EnumSource
  void everySchemaExplainsItself(RecordType type) throws Exception {
    JsonNode schema = document(type);

    assertThat(schema.path("title").asText()).isNotBlank();
    assertThat(schema.path("description").asText()).endsWith(".");
    for (JsonNode property : schema.path("properties")) {
      assertThat(property.path("description").asText()).endsWith(".");
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void everyRecordIsAsItsSchemaHasIt(JournalRecord record) throws Exception {
    assertThat(flaws(schema(record), kept(record))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void whatLacksSomethingOrHasMoreOrIsOtherwiseIsNot(JournalRecord record) throws Exception {
    Schema schema = schema(record);
    ObjectNode kept = kept(record);

    assertThat(flaws(schema, kept.deepCopy().put("more", "x"))).isNotEmpty();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      String name = component.getName();
      ObjectNode without = kept.deepCopy();
      boolean there = without.remove(name) != null;
      assertThat(flaws(schema, without).isEmpty())
          .as(name)
          .isEqualTo(component.getType() == Optional.class);
      if (there) {
        assertThat(flaws(schema, kept.deepCopy().set(name, JSON.createObjectNode())))
            .as(name)
            .isNotEmpty();
      }
    }
  }

  @Test
  void aRecordThatIsCutIsAsItsSchemaHasItToo() throws Exception {
    JournalRecord record =
        new JournalRecord.CatalogFlawed(
            Instant.EPOCH, "sha256:04", Collections.nCopies(100_000, "a notice"));

    ObjectNode kept = kept(record);

    assertThat(kept.path("truncated").booleanValue()).isTrue();
    assertThat(flaws(schema(record), kept)).isEmpty();
  }

  /**
   * Journals of before are read by these forms. Whoever changes a record gives it the next version,
   * adds a line here and a schema beside the one of before.
   */
  @Test
  void noFormChangesUnderItsVersion() throws Exception {
    List<String> forms = new ArrayList<>();
    try (InputStream in = getClass().getResourceAsStream("forms.txt")) {
      new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .forEach(forms::add);
    }

    assertThat(forms).containsAll(Arrays.stream(RecordType.values()).map(this::form).toList());
    assertThat(forms.stream().map(line -> line.substring(0, line.indexOf(':'))))
        .as("one form for each version")
        .doesNotHaveDuplicates();
  }

  private String form(RecordType type) {
    return Arrays.stream(type.form().getRecordComponents())
        .map(
            component ->
                component.getName()
                    + " "
                    + component.getGenericType().getTypeName().replaceAll("[a-z]+\\.", ""))
        .collect(Collectors.joining(", ", type.code() + " " + type.version() + ": ", ""));
  }

  private static List<String> names(JsonNode object) {
    return object.properties().stream().map(Map.Entry::getKey).toList();
  }
}
