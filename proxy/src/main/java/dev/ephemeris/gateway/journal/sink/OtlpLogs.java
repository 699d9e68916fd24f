package dev.ephemeris.gateway.journal.sink;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ephemeris.config.JournalSink;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import io.opentelemetry.proto.resource.v1.Resource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/**
 * Log records to a collector, by OTLP over HTTP in protobuf.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#otlphttp">OTLP/HTTP</a>
 */
final class OtlpLogs implements Sink {

  private static final int MOST_BYTES = 1024 * 1024;
  private static final long NANOS = 1_000_000_000L;
  private static final Map<String, String> ABOUT =
      Map.of("Content-Type", "application/x-protobuf", "Content-Encoding", "gzip");

  private final Resource resource;
  private final InstantSource clock;
  private final Post post;

  OtlpLogs(String log, JournalSink.Otlp settings, Map<String, String> headers, InstantSource clock)
      throws SinkException {
    this.resource = resource(log, settings);
    this.clock = clock;
    this.post = new Post(settings.url(), headers, settings.caCertificate());
  }

  private static Resource resource(String log, JournalSink.Otlp settings) {
    Map<String, String> attributes = new TreeMap<>();
    attributes.put("service.name", "ephemeris");
    attributes.put("service.instance.id", log);
    attributes.putAll(settings.resource());
    Resource.Builder resource = Resource.newBuilder();
    attributes.forEach((name, value) -> resource.addAttributes(attribute(name, value)));
    return resource.build();
  }

  @Override
  public int mostBytes() {
    return MOST_BYTES;
  }

  @Override
  public void deliver(List<Delivery> deliveries) throws SinkException, InterruptedException {
    send(deliveries.stream().map(this::record).toList());
  }

  @Override
  public void publish(PublishedCheckpoint checkpoint) throws SinkException, InterruptedException {
    send(
        List.of(
            record(PublishedCheckpoint.TYPE, checkpoint.json(), clock.instant())
                .addAttributes(attribute("ephemeris.log", checkpoint.log()))
                .addAttributes(attribute("ephemeris.size", checkpoint.size()))
                .build()));
  }

  private LogRecord record(Delivery delivery) {
    LogRecord.Builder record =
        record(delivery.type(), delivery.json(), delivery.at())
            .addAttributes(attribute("ephemeris.log", delivery.log()))
            .addAttributes(attribute("ephemeris.sequence", delivery.sequence()));
    new TreeMap<>(delivery.ids())
        .forEach((name, id) -> record.addAttributes(attribute("ephemeris." + name, id)));
    return record.build();
  }

  private LogRecord.Builder record(String type, byte[] json, Instant at) {
    return LogRecord.newBuilder()
        .setTimeUnixNano(nanos(at))
        .setObservedTimeUnixNano(nanos(clock.instant()))
        .setSeverityNumber(SeverityNumber.SEVERITY_NUMBER_INFO)
        .setSeverityText("INFO")
        .setEventName(type)
        .setBody(AnyValue.newBuilder().setStringValue(new String(json, StandardCharsets.UTF_8)));
  }

  private static long nanos(Instant at) {
    return at.getEpochSecond() * NANOS + at.getNano();
  }

  private static KeyValue attribute(String name, String value) {
    return KeyValue.newBuilder()
        .setKey(name)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  private static KeyValue attribute(String name, long value) {
    return KeyValue.newBuilder()
        .setKey(name)
        .setValue(AnyValue.newBuilder().setIntValue(value))
        .build();
  }

  private void send(List<LogRecord> records) throws SinkException, InterruptedException {
    ExportLogsServiceRequest request =
        ExportLogsServiceRequest.newBuilder()
            .addResourceLogs(
                ResourceLogs.newBuilder()
                    .setResource(resource)
                    .addScopeLogs(
                        ScopeLogs.newBuilder()
                            .setScope(
                                InstrumentationScope.newBuilder().setName("dev.ephemeris.journal"))
                            .addAllLogRecords(records)))
            .build();
    HttpResponse<byte[]> answer = post.send(gzipped(request), ABOUT);
    switch (answer.statusCode()) {
      case 200 -> requireAll(answer.body());
      // OTLP: 400 for what it can't make anything of; 413 is any server's.
      case 400, 413 ->
          throw SinkException.indigestible("the collector answers " + answer.statusCode());
      default -> throw post.refused(answer);
    }
  }

  /** Success can be partial, and what it lacks would be lost. */
  private static void requireAll(byte[] body) throws SinkException {
    ExportLogsPartialSuccess partial;
    try {
      partial = ExportLogsServiceResponse.parseFrom(body).getPartialSuccess();
    } catch (InvalidProtocolBufferException e) {
      throw SinkException.refused("what answers isn't a collector: is its URL right?");
    }
    if (partial.getRejectedLogRecords() > 0) {
      throw SinkException.indigestible(
          "the collector has rejected "
              + partial.getRejectedLogRecords()
              + " log records: "
              + partial.getErrorMessage().lines().findFirst().orElse("it doesn't say why"));
    }
  }

  private static byte[] gzipped(ExportLogsServiceRequest request) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      request.writeTo(gzip);
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes all", e);
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    post.close();
  }
}
