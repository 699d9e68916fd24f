package dev.ephemeris.gateway.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Whatever is recorded is what is read. */
class RecordJsonPropertiesTest {

  @Provide
  Arbitrary<JournalRecord> nasty() {
    return RecordArbitraries.nasty();
  }

  @Provide
  Arbitrary<JournalRecord> huge() {
    return RecordArbitraries.huge();
  }

  @Property
  void everyRecordIsReadAsItWasWritten(@ForAll("nasty") JournalRecord record) throws Exception {
    JournalEntry entry = RecordJson.entry(7, RecordJson.bytes(record));

    assertThat(entry.sequence()).isEqualTo(7);
    assertThat(entry.type()).isEqualTo(RecordType.of(record).code());
    assertThat(entry.fields().path("version").intValue())
        .isEqualTo(RecordType.of(record).version());
    List<String> names = new ArrayList<>(List.of("sequence", "type", "version"));
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value = component.getAccessor().invoke(record);
      if (!value.equals(Optional.empty())) {
        names.add(component.getName());
        assertThat(read(entry.fields().path(component.getName()))).isEqualTo(plain(value));
      }
    }
    assertThat(names(entry.fields())).isEqualTo(names);
  }

  @Property(tries = 200)
  void noRecordIsTooLongToBeKept(@ForAll("huge") JournalRecord record) throws Exception {
    byte[] json = RecordJson.bytes(record);

    assertThat(json).hasSizeLessThanOrEqualTo(RecordJson.MAX_LENGTH);
    assertThat(RecordJson.bytes(record)).isEqualTo(json);
    ObjectNode fields = RecordJson.entry(0, json).fields();
    assertThat(fields.path("at").asText()).isEqualTo(record.at().toString());
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      if (component.getAccessor().invoke(record) instanceof String text) {
        String kept = fields.path(component.getName()).textValue();
        if (!kept.equals(text)) {
          assertThat(kept).endsWith("…");
          assertThat(text).startsWith(kept.substring(0, kept.length() - 1));
          assertThat(fields.path("truncated").booleanValue()).isTrue();
          assertThat(text).hasSizeGreaterThan(1_000);
        }
      }
    }
  }

  @Property(tries = 100)
  void aListLosesItsEnd(@ForAll @IntRange(min = 1, max = 20_000) int size) throws Exception {
    List<String> leaseIds = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      leaseIds.add("lease" + i);
    }
    JournalRecord record =
        new JournalRecord.RoleAssigned(
            Instant.EPOCH, leaseIds, "p", "o", "a", "s", "r", List.of("items/read"), "i");

    byte[] json = RecordJson.bytes(record);

    assertThat(json).hasSizeLessThanOrEqualTo(RecordJson.MAX_LENGTH);
    ObjectNode fields = RecordJson.entry(0, json).fields();
    List<String> kept = texts(fields.path("leaseIds"));
    if (fields.path("truncated").booleanValue()) {
      assertThat(kept).hasSizeGreaterThan(1_000).last().isEqualTo("…");
      assertThat(leaseIds).startsWith(kept.subList(0, kept.size() - 1).toArray(String[]::new));
    } else {
      assertThat(kept).isEqualTo(leaseIds);
    }
    assertThat(texts(fields.path("actions"))).containsExactly("items/read");
  }

  /** As the tests compare it: times as text, whole numbers as long. */
  private static Object plain(Object value) {
    return switch (value) {
      case Optional<?> one -> plain(one.orElseThrow());
      case Instant at -> at.toString();
      case Integer number -> number.longValue();
      default -> value;
    };
  }

  private static Object read(JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING -> node.textValue();
      case BOOLEAN -> node.booleanValue();
      case NUMBER -> node.isIntegralNumber() ? (Object) node.longValue() : node.doubleValue();
      case ARRAY -> texts(node);
      default -> node;
    };
  }

  private static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::textValue).toList();
  }

  private static List<String> names(ObjectNode fields) {
    return fields.properties().stream().map(java.util.Map.Entry::getKey).toList();
  }
}
