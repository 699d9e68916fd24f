package dev.ephemeris.gateway.journal.sink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.config.JournalSink;
import dev.ephemeris.gateway.journal.RecordJson;
import dev.ephemeris.gateway.journal.RecordType;
import dev.ephemeris.gateway.journal.SealedEntries.Entry;
import dev.ephemeris.gateway.journal.ocsf.Ocsf;
import dev.ephemeris.policy.yaml.YamlFile;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is redacted leaves records that OCSF can say all the same. */
class OcsfRenderingTest {

  private static final Set<String> NEVER = Set.of("sequence", "type", "version", "at");

  @Test
  void saysEachRecordWithoutAnyOfItsFields() throws Exception {
    Set<String> types = new HashSet<>();
    for (JsonNode line : records()) {
      ObjectNode record = (ObjectNode) line.deepCopy();
      record.remove("sequence");
      types.add(record.path("type").asText());
      for (String field : record.propertyStream().map(Map.Entry::getKey).toList()) {
        if (!NEVER.contains(field)) {
          assertSaid(record, field);
        }
      }
    }
    assertThat(types).hasSizeGreaterThan(RecordType.values().length / 2);
  }

  private static void assertSaid(ObjectNode record, String field) throws Exception {
    JournalSink sink =
        YamlFile.read(
            "ephemeris.yaml",
            "{ name: s, stdout: {}, format: ocsf, redact: [" + field + "] }",
            JournalSink.class);
    byte[] json = record.toString().getBytes(StandardCharsets.UTF_8);
    assertThat(RecordJson.entry(7, json).type()).isEqualTo(record.path("type").asText());

    Delivery delivery =
        new Rendering(GrowingLog.NAME, sink, new Ocsf(GrowingLog.NAME)::event)
            .of(new Entry(7, json))
            .orElseThrow();

    JsonNode event = SinkFixture.JSON.readTree(delivery.json());
    assertThat(event.at("/metadata/log_name").asText()).isEqualTo(GrowingLog.NAME);
    assertThat(event.at("/metadata/sequence").asLong()).isEqualTo(7);
    assertThat(event.path("class_uid").isInt()).isTrue();
    JsonNode secret = record.path(field);
    // Long enough to be nothing else by chance.
    if (secret.isTextual() && secret.asText().length() > 12) {
      List<String> elsewhere =
          record
              .propertyStream()
              .filter(other -> !other.getKey().equals(field))
              .map(other -> other.getValue().toString())
              .toList();
      if (elsewhere.stream().noneMatch(text -> text.contains(secret.asText()))) {
        assertThat(event.toString()).as(field).doesNotContain(secret.asText());
      }
    }
  }

  private static List<JsonNode> records() throws Exception {
    try (InputStream in = RecordJson.class.getResourceAsStream("records.jsonl")) {
      return SinkFixture.lines(Objects.requireNonNull(in).readAllBytes());
    }
  }
}
