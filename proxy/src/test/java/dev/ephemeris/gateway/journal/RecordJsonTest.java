package dev.ephemeris.gateway.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The records as they are kept: whoever reads a journal relies on their form. */
class RecordJsonTest {

  @Test
  void keepsTheFormOfEveryRecord() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (JournalRecord record : RecordSamples.all()) {
      lines.append(new String(RecordJson.bytes(record), StandardCharsets.UTF_8)).append('\n');
    }

    try (InputStream expected = getClass().getResourceAsStream("records.jsonl")) {
      assertThat(lines.toString())
          .isEqualTo(
              new String(Objects.requireNonNull(expected).readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void leavesNoRecordOut() {
    assertThat(RecordSamples.WHOLE.stream().map(Object::getClass).toList())
        .hasSameElementsAs(Arrays.asList(JournalRecord.class.getPermittedSubclasses()));
    assertThat(Arrays.stream(RecordType.values()).<Object>map(RecordType::form).toList())
        .hasSameElementsAs(Arrays.asList(JournalRecord.class.getPermittedSubclasses()));
  }

  @Test
  void readersSeeTheSequenceFirst() throws Exception {
    JournalEntry entry = RecordJson.entry(41, RecordJson.bytes(RecordSamples.WHOLE.getFirst()));

    assertThat(entry.sequence()).isEqualTo(41);
    assertThat(entry.type()).isEqualTo("sessionStarted");
    assertThat(entry.fields().toString())
        .startsWith("{\"sequence\":41,\"type\":\"sessionStarted\",\"version\":1,\"at\":\"2026-");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[1] | it is no object",
        "{\"type\":\"decision\"} | no type and version",
        "{\"type\":\"decision\",\"version\":\"1\"} | no type and version",
        "{\"type\":7,\"version\":1} | no type and version",
        "{\"type\":\"decision\",\"version\":1,\"version\":1} | not a JSON record",
        "{\"type\":\"decision\",\"version\":1} {} | not a JSON record",
        "{\"type\":\"decision\",\"version\":1,\"sequence\":3} | it claims a place in the journal",
        "{\"type\":\"decision\",\"version\":1 | not a JSON record",
      })
  void whatIsNoRecordIsNotRead(String json, String why) {
    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(() -> RecordJson.entry(0, json.getBytes(StandardCharsets.UTF_8)))
        .withMessageContaining(why);
  }

  @Test
  void whatIsNotUtf8IsNotRead() {
    byte[] json = RecordJson.bytes(RecordSamples.WHOLE.getFirst());
    json[json.length - 3] = (byte) 0xff;

    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(() -> RecordJson.entry(0, json))
        .withMessage("not UTF-8");
  }
}
