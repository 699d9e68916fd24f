package dev.ephemeris.gateway.journal.sink;

import static dev.ephemeris.gateway.journal.sink.SinkFixture.await;
import static dev.ephemeris.gateway.journal.sink.SinkFixture.awaitShipped;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.journal.sink.Receiver.Answer;
import dev.ephemeris.gateway.journal.sink.Receiver.Posted;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Before a receiver that reads OTLP by its official classes. */
class OtlpLogsTest {

  private final SinkFixture fixture;
  private final Receiver collector;
  private final Path folder;
  private final String sink;

  OtlpLogsTest(@TempDir Path folder) throws Exception {
    this.folder = folder;
    LoopbackCertificate certificate = LoopbackCertificate.create(folder.resolve("tls"));
    collector = new Receiver(certificate);
    fixture = new SinkFixture(folder);
    key("x-api-key: 5ecret\n");
    sink =
        "name: collector, otlp: { url: '"
            + collector.url("/v1/logs")
            + "', headers: { file: otlp.headers }, resource: { deployment.environment: prod },"
            + " caCertificate: tls/ca.pem }";
  }

  private void key(String headers) throws IOException {
    Path file = folder.resolve("otlp.headers");
    if (!Files.exists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    Files.writeString(file, headers);
  }

  @AfterEach
  void close() {
    fixture.close();
    collector.close();
  }

  @Test
  void sendsLogRecordsByWhichTheyAreFound() throws Exception {
    fixture.log.add(3);

    Sinks sinks = fixture.start(sink);
    awaitShipped(sinks, 3);
    sinks.close();

    Posted first = collector.posted.getFirst();
    assertThat(first.headers().getFirst("x-api-key")).isEqualTo("5ecret");
    assertThat(first.headers().getFirst("Content-Type")).isEqualTo("application/x-protobuf");
    ExportLogsServiceRequest request = ExportLogsServiceRequest.parseFrom(first.body());
    assertThat(text(request.getResourceLogs(0).getResource().getAttributesList()))
        .contains(
            "service.name=ephemeris",
            "service.instance.id=" + GrowingLog.NAME,
            "deployment.environment=prod");
    LogRecord record = request.getResourceLogs(0).getScopeLogs(0).getLogRecords(1);
    assertThat(record.getEventName()).isEqualTo("requestIntent");
    assertThat(record.getBody().getStringValue())
        .contains("\"sequence\":1", "\"requestId\":\"r1\"");
    assertThat(record.getTimeUnixNano()).isPositive();
    assertThat(text(record.getAttributesList()))
        .contains(
            "ephemeris.log=" + GrowingLog.NAME,
            "ephemeris.sequence=1",
            "ephemeris.leaseId=l1",
            "ephemeris.principal=corp:alice");
    LogRecord checkpoint = records(200).getLast();
    assertThat(checkpoint.getEventName()).isEqualTo("checkpoint");
    assertThat(text(checkpoint.getAttributesList())).contains("ephemeris.size=3");
  }

  private static Set<String> text(List<KeyValue> attributes) {
    return attributes.stream()
        .map(
            each ->
                each.getKey()
                    + "="
                    + (each.getValue().hasIntValue()
                        ? each.getValue().getIntValue()
                        : each.getValue().getStringValue()))
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @CsvSource({"0", "429", "500", "502", "503", "504", "401", "403", "404", "302"})
  void losesNothingToACollectorThatFails(int status) throws Exception {
    fixture.log.add(300);
    for (int i = 0; i < 3; i++) {
      collector.next.add(new Answer(status));
    }

    Sinks sinks = fixture.start(sink);
    awaitShipped(sinks, 300);

    assertThat(sinks.state().getFirst().failures()).isEqualTo(3);
    assertThat(taken()).isEqualTo(upTo(300));
    assertThat(sinks.state().getFirst().withheld()).isZero();
  }

  @Test
  void waitsAsLongAsTheCollectorSays() throws Exception {
    fixture.log.add(1);
    collector.next.add(new Answer(503, "1", new byte[0]));
    long begun = System.nanoTime();

    Sinks sinks = fixture.start(sink);
    await("a failure", () -> sinks.state().getFirst().failures() > 0);
    awaitShipped(sinks, 1);

    // As long as the slowest pace lets it: 50 ms in tests.
    assertThat(System.nanoTime() - begun).isGreaterThan(49_000_000L);
  }

  /** Success can be partial. */
  @Test
  void losesNothingThatACollectorRejects() throws Exception {
    fixture.log.add(20);
    collector.judgedBy(
        body -> {
          long wrong =
              all(body).stream()
                  .filter(record -> record.getBody().getStringValue().contains("\"r7\""))
                  .filter(record -> !record.getBody().getStringValue().contains("withheld"))
                  .count();
          return new Answer(
              200,
              "",
              ExportLogsServiceResponse.newBuilder()
                  .setPartialSuccess(
                      ExportLogsPartialSuccess.newBuilder()
                          .setRejectedLogRecords(wrong)
                          .setErrorMessage(wrong > 0 ? "no r7 here" : ""))
                  .build()
                  .toByteArray());
        });

    Sinks sinks = fixture.start(sink);
    awaitShipped(sinks, 20);

    assertThat(taken()).isEqualTo(upTo(20));
    assertThat(sinks.state().getFirst().withheld()).isEqualTo(1);
    assertThat(sinks.state().getFirst().notice().orElseThrow()).contains("doesn't take 1 entries");
    assertThat(records(200))
        .filteredOn(record -> record.getBody().getStringValue().contains("withheld"))
        .singleElement()
        .satisfies(
            record ->
                assertThat(record.getBody().getStringValue())
                    .contains("\"sequence\":7", "no r7 here", "leafHash", "\"leaseId\":\"l2\""));
  }

  @Test
  void sendsLessToACollectorThatTakesNoMore() throws Exception {
    fixture.log.add(250);
    collector.judgedBy(body -> new Answer(body.length > 10_000 ? 413 : 200));

    Sinks sinks = fixture.start(sink);
    awaitShipped(sinks, 250);

    assertThat(taken()).isEqualTo(upTo(250));
    assertThat(sinks.state().getFirst().withheld()).isZero();
  }

  /** As if each record were wrong: then it isn't the records. */
  @Test
  void stopsBeforeACollectorThatTakesNothingAtAll() throws Exception {
    fixture.log.add(5);
    collector.judgedBy(body -> new Answer(400));

    Sinks sinks = fixture.start(sink);
    await("failures", () -> sinks.state().getFirst().failures() > 2);

    assertThat(sinks.state().getFirst().next()).isZero();
    assertThat(sinks.state().getFirst().withheld()).isZero();
    assertThat(sinks.state().getFirst().failure().orElseThrow()).contains("answers 400");
  }

  @Test
  void takesAnotherKeyOnceItIsThere() throws Exception {
    fixture.log.add(1);
    for (int i = 0; i < 2; i++) {
      collector.next.add(new Answer(401));
    }
    collector.judgedBy(body -> new Answer(401));
    Sinks sinks = fixture.start(sink);
    await("failures", () -> sinks.state().getFirst().failures() > 2);
    assertThat(sinks.state().getFirst().notice().orElseThrow())
        .contains("401", "are its headers right")
        .doesNotContain("5ecret");

    key("x-api-key: another\n");
    collector.judgedBy(body -> new Answer(200));
    awaitShipped(sinks, 1);

    assertThat(collector.posted.getLast().headers().getFirst("x-api-key")).isEqualTo("another");
  }

  @Test
  void refusesHeadersThatAreNone() throws Exception {
    key("x-api-key 5ecret");
    fixture.log.add(1);

    Sinks sinks = fixture.start(sink);
    await("a failure", () -> sinks.state().getFirst().failures() > 0);

    assertThat(sinks.state().getFirst().failure().orElseThrow())
        .contains("line 1 of its headers")
        .doesNotContain("5ecret");
  }

  @Test
  void trustsNobodyElse() throws Exception {
    fixture.log.add(1);
    LoopbackCertificate unused = LoopbackCertificate.create(folder.resolve("tls"));

    Sinks sinks = fixture.start(sink);
    await("a failure", () -> sinks.state().getFirst().failures() > 1);

    assertThat(sinks.state().getFirst().failure().orElseThrow()).contains("SSLHandshakeException");
    assertThat(collector.posted).isEmpty();
  }

  @Test
  void postsCheckpointsToAWebhook() throws Exception {
    fixture.log.add(3);
    collector.next.add(new Answer(500));

    Sinks sinks =
        fixture.start(
            "name: witness, webhook: { url: '"
                + collector.url("/checkpoints")
                + "', headers: { file: otlp.headers }, caCertificate: tls/ca.pem }");
    await("the checkpoint", () -> collector.posted.size() == 2);
    sinks.close();

    assertThat(collector.posted)
        .hasSize(2)
        .allMatch(posted -> new String(posted.body(), UTF_8).equals(fixture.log.checkpoint()))
        .allMatch(posted -> "5ecret".equals(posted.headers().getFirst("x-api-key")));
    assertThat(sinks.state().getFirst().lagEntries()).isZero();
  }

  private static final java.nio.charset.Charset UTF_8 = java.nio.charset.StandardCharsets.UTF_8;

  /** Those of the requests that were answered so. */
  private List<LogRecord> records(int status) throws IOException {
    List<LogRecord> records = new ArrayList<>();
    for (Posted posted : collector.posted) {
      if (posted.answered() == status) {
        records.addAll(all(posted.body()));
      }
    }
    return records;
  }

  private static List<LogRecord> all(byte[] body) throws IOException {
    return ExportLogsServiceRequest.parseFrom(body).getResourceLogsList().stream()
        .flatMap(resource -> resource.getScopeLogsList().stream())
        .flatMap(scope -> scope.getLogRecordsList().stream())
        .toList();
  }

  /** The entries that the collector has, in their order, each once. */
  private List<Long> taken() throws IOException {
    return List.copyOf(
        records(200).stream()
            .flatMap(record -> record.getAttributesList().stream())
            .filter(attribute -> attribute.getKey().equals("ephemeris.sequence"))
            .map(attribute -> attribute.getValue().getIntValue())
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  private static List<Long> upTo(long end) {
    return LongStream.range(0, end).boxed().toList();
  }
}
