package dev.ephemeris.gateway.journal.ocsf;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.journal.RecordArbitraries;
import dev.ephemeris.gateway.journal.RecordJson;
import dev.ephemeris.gateway.journal.RecordSamples;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Events are as OCSF defines their classes, and lose nothing of the record. */
class OcsfTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Ocsf ocsf = new Ocsf("gateway-0");
  private final OcsfDefinitions definitions = OcsfDefinitions.read();

  static Stream<JournalRecord> samples() {
    return RecordSamples.all().stream();
  }

  private static JournalEntry entry(JournalRecord record) {
    try {
      return RecordJson.entry(41, RecordJson.bytes(record));
    } catch (JournalException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JournalEntry entry(String type) {
    return samples()
        .map(OcsfTest::entry)
        .filter(entry -> entry.type().equals(type))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void everyEventIsAsItsClassIsDefined(JournalRecord record) {
    ObjectNode event = ocsf.event(entry(record));

    assertThat(definitions.flaws(event)).isEmpty();
    assertThat(event.path("time").longValue()).isEqualTo(record.at().toEpochMilli());
    assertThat(event.at("/metadata/uid").textValue()).isEqualTo("gateway-0/41");
    assertThat(event.at("/metadata/version").textValue()).isEqualTo("1.8.0");
  }

  @Test
  void whatIsNotAsDefinedIsFound() {
    ObjectNode event = ocsf.event(entry("requestIntent"));

    ObjectNode bare = event.deepCopy();
    bare.remove("metadata");
    assertThat(definitions.flaws(bare)).containsExactly("event lacks metadata");
    assertThat(definitions.flaws(event.deepCopy().put("leaseId", "a")))
        .containsExactly("event.leaseId isn't defined");
    assertThat(definitions.flaws(event.deepCopy().put("severity_id", 7)))
        .containsExactly("event.severity_id has no 7");
    assertThat(definitions.flaws(event.deepCopy().put("actor", "alice")))
        .contains("event.actor is no actor: \"alice\"");
    ObjectNode placeless = event.deepCopy();
    placeless.remove("table");
    placeless.remove("database");
    assertThat(definitions.flaws(placeless)).singleElement().asString().contains("has 0 of");
  }

  @ParameterizedTest
  @MethodSource("samples")
  void everyValueOfTheRecordIsSomewhere(JournalRecord record) {
    JournalEntry entry = entry(record);
    List<String> there = texts(ocsf.event(entry)).toList();

    for (JsonNode value : entry.fields()) {
      if (value.isTextual() && !value.textValue().matches("\\d{4}-.*Z")) {
        assertThat(there).contains(value.textValue());
      }
    }
  }

  private static Stream<String> texts(JsonNode node) {
    return node.isValueNode()
        ? Stream.of(node.asText())
        : StreamSupport.stream(node.spliterator(), false).flatMap(OcsfTest::texts);
  }

  @Provide
  Arbitrary<JournalRecord> nasty() {
    return RecordArbitraries.nasty();
  }

  @Property(tries = 500)
  void whateverARecordHoldsHasAnEvent(@ForAll("nasty") JournalRecord record) {
    ObjectNode event = ocsf.event(entry(record));

    assertThat(event.path("type_uid").longValue())
        .isEqualTo(
            event.path("class_uid").longValue() * 100 + event.path("activity_id").longValue());
    assertThat(event.at("/metadata/event_code").asText()).isEqualTo(entry(record).type());
  }

  /** As who is shown less of it sees it. */
  @ParameterizedTest
  @MethodSource("samples")
  void whateverARecordLacksItHasAnEvent(JournalRecord record) {
    JournalEntry whole = entry(record);
    for (String field : names(whole)) {
      ObjectNode less = whole.fields().deepCopy();
      less.remove(field);

      ObjectNode event = ocsf.event(new JournalEntry(41, whole.type(), less));

      assertThat(event.path("time").isIntegralNumber()).isTrue();
      assertThat(texts(event)).as(field).doesNotContain("null", "");
    }
  }

  private static List<String> names(JournalEntry entry) {
    return entry.fields().properties().stream().map(Map.Entry::getKey).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "sessionStarted, 300201, 1",
    "sessionEnded, 300202, 1",
    "authenticationFailed, 300201, 2",
    "accessEnded, 300105, 3",
    "blockLifted, 300112, 1",
    "leaseIssued, 300301, 1",
    "tokenMinted, 300301, 1",
    "accessRequested, 300401, 1",
    "accessAnswered, 300403, 1",
    "accessPickedUp, 300410, 1",
    "accessWithdrawn, 300411, 1",
    "notificationSent, 99, 1",
    "notificationFailed, 99, 3",
    "leaseRenewed, 300403, 1",
    "leaseHandedOver, 300403, 1",
    "leaseExpired, 300411, 1",
    "leaseRevoked, 300411, 1",
    "decision, 600501, 2",
    "operationDecided, 600399, 2",
    "requestIntent, 600501, 1",
    "requestOutcome, 99, 1",
    "outcomeUnknown, 99, 3",
    "roleAssigned, 300501, 1",
    "roleUnassigned, 300502, 1",
    "roleDefined, 300401, 1",
    "roleUndefined, 300404, 1",
    "accountChanged, 300406, 1",
    "rotationProgress, 300403, 3",
    "accountPanicked, 300403, 4",
    "canaryAsked, 300402, 3",
    "rootKeyAdded, 300401, 1",
    "rootKeyRevoked, 300409, 1",
    "clientRegistered, 300401, 1",
    "policyChanged, 300403, 1",
    "configurationChanged, 300403, 1",
    "catalogFlawed, 300410, 3",
  })
  void hasItsClassAndSeverity(String type, long typeUid, int severity) {
    ObjectNode event = ocsf.event(entry(type));

    assertThat(event.path("type_uid").longValue()).isEqualTo(typeUid);
    assertThat(event.path("severity_id").intValue()).isEqualTo(severity);
  }

  @Test
  void aRequestSaysWhoAskedWhatOfWhichContainer() {
    ObjectNode event = ocsf.event(entry("requestIntent"));

    assertThat(event.at("/actor/user/uid").textValue()).isEqualTo("corp:alice");
    assertThat(event.at("/database/name").textValue()).isEqualTo("shop");
    assertThat(event.at("/table/name").textValue()).isEqualTo("orders");
    assertThat(event.at("/query_info/query_string").textValue()).contains("= ?");
    assertThat(event.at("/metadata/correlation_uid"))
        .isEqualTo(ocsf.event(entry("requestOutcome")).at("/metadata/correlation_uid"));
    assertThat(event.at("/unmapped/itemId").textValue()).isEqualTo("hmac-sha256:0b");
  }

  @Test
  void whatIsRefusedFailedAndWhatIsReportedDidNot() throws Exception {
    ObjectNode refused = entry("decision").fields();
    ObjectNode reported = refused.deepCopy().put("decision", "report");

    assertThat(ocsf.event(new JournalEntry(1, "decision", refused)).path("status_id").intValue())
        .isEqualTo(2);
    assertThat(ocsf.event(new JournalEntry(1, "decision", reported)).path("status_id").intValue())
        .isEqualTo(1);
  }

  @Test
  void aTypeThatIsNotKnownIsABaseEvent() throws Exception {
    ObjectNode fields =
        (ObjectNode)
            JSON.readTree(
                "{\"sequence\":1,\"type\":\"new\",\"version\":1,\"at\":\"soon\",\"x\":7}");

    ObjectNode event = ocsf.event(new JournalEntry(1, "new", fields));

    assertThat(definitions.flaws(event)).isEmpty();
    assertThat(event.path("class_uid").intValue()).isZero();
    assertThat(event.path("activity_name").textValue()).isEqualTo("new");
    assertThat(event.path("unmapped").toString()).isEqualTo("{\"at\":\"soon\",\"x\":7}");
  }
}
