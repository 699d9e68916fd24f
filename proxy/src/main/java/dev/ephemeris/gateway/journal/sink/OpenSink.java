package dev.ephemeris.gateway.journal.sink;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.config.JournalSink;
import dev.ephemeris.config.SecretSource;
import dev.ephemeris.gateway.journal.sink.Sinks.Surroundings;
import java.util.Map;
import java.util.Optional;

/** Makes the sink that the configuration describes. */
final class OpenSink {

  private OpenSink() {}

  /** May block. Secrets are read anew each time, so that another one counts after a failure. */
  static Sink of(String log, JournalSink settings, ObjectNode memory, Surroundings surroundings)
      throws SinkException {
    return switch (settings.destination()) {
      case JournalSink.File file -> new LineFiles(settings.name(), file, surroundings.clock());
      case JournalSink.Stdout unused -> new StandardOutput(surroundings.stdout());
      case JournalSink.Otlp otlp ->
          new OtlpLogs(
              log, otlp, headers(otlp.headers(), surroundings.access()), surroundings.clock());
      case JournalSink.Kafka kafka -> new KafkaTopic(log, kafka, surroundings.access());
      case JournalSink.Blob blob ->
          new AppendedBlobs(
              log, blob, surroundings.access().blobs(blob), memory, surroundings.clock());
      case JournalSink.Webhook webhook ->
          new CheckpointWebhook(webhook, headers(webhook.headers(), surroundings.access()));
    };
  }

  private static Map<String, String> headers(Optional<SecretSource> source, SinkAccess access)
      throws SinkException {
    return source.isPresent() ? HeaderLines.parse(access.secret(source.get())) : Map.of();
  }
}
