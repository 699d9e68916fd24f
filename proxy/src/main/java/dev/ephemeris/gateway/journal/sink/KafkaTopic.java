package dev.ephemeris.gateway.journal.sink;

import dev.ephemeris.config.JournalSink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Records to a topic. What belongs to one lease goes to one partition, in its order. It is shipped
 * once as many replicas have it as the topic asks for.
 */
final class KafkaTopic implements Sink {

  private static final int MOST_BYTES = 4 * 1024 * 1024;

  // Some seconds less than a gateway is given for its end would be too few for a broker's failover.
  private static final int REQUEST_MILLIS = 15_000;
  private static final int DELIVERY_MILLIS = 45_000;
  private static final int METADATA_MILLIS = 15_000;

  /** Azure closes what is idle for longer than four minutes. */
  private static final int IDLE_MILLIS = 180_000;

  private final String topic;
  private final KafkaProducer<String, byte[]> producer;

  KafkaTopic(String log, JournalSink.Kafka settings, SinkAccess access) throws SinkException {
    this.topic = settings.topic();
    try {
      this.producer = new KafkaProducer<>(properties(log, settings, access));
    } catch (KafkaException e) {
      throw SinkException.refused("no producer can be made for its brokers: " + cause(e));
    }
  }

  private static Map<String, Object> properties(
      String log, JournalSink.Kafka settings, SinkAccess access) throws SinkException {
    Map<String, Object> properties = new HashMap<>();
    properties.put(
        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
        settings.brokers().stream().map(Object::toString).collect(Collectors.joining(",")));
    properties.put(ProducerConfig.CLIENT_ID_CONFIG, "ephemeris-" + log);
    properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
    properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, settings.maxBytes());
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, METADATA_MILLIS);
    properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS);
    properties.put(ProducerConfig.CONNECTIONS_MAX_IDLE_MS_CONFIG, IDLE_MILLIS);
    properties.put(ProducerConfig.METADATA_MAX_AGE_CONFIG, IDLE_MILLIS);
    // What the gateway tells of itself, it tells by its metrics.
    properties.put(ProducerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
    properties.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
    properties.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "SASL_SSL");
    if (settings.caCertificate().isPresent()) {
      properties.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
      properties.put(
          SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG, text(settings.caCertificate().get()));
    }
    properties.putAll(signIn(settings, access));
    return properties;
  }

  private static Map<String, Object> signIn(JournalSink.Kafka settings, SinkAccess access)
      throws SinkException {
    if (settings.connectionString().isPresent()) {
      // Event Hubs' own convention: the name says that the password is a connection string.
      return byPassword(
          "PLAIN", "$ConnectionString", access.secret(settings.connectionString().get()));
    }
    if (settings.sasl().isPresent()) {
      JournalSink.Sasl sasl = settings.sasl().get();
      return byPassword(
          sasl.mechanism().registered(), sasl.username(), access.secret(sasl.password()));
    }
    return EntraLogin.properties(
        () ->
            access.token(
                settings.identity().orElseThrow(),
                "https://" + settings.brokers().getFirst().host() + "/.default"));
  }

  private static Map<String, Object> byPassword(String mechanism, String username, String password)
      throws SinkException {
    if (password.chars().anyMatch(Character::isISOControl)) {
      // JAAS would end it there, and might quote the rest in an error.
      throw SinkException.refused("the password has a line break or another control character");
    }
    String module =
        mechanism.equals("PLAIN")
            ? "org.apache.kafka.common.security.plain.PlainLoginModule"
            : "org.apache.kafka.common.security.scram.ScramLoginModule";
    return Map.of(
        SaslConfigs.SASL_MECHANISM,
        mechanism,
        SaslConfigs.SASL_JAAS_CONFIG,
        module + " required username=" + quoted(username) + " password=" + quoted(password) + ";");
  }

  /** As JAAS has it; of other characters than these it makes nothing. */
  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static String text(Path pem) throws SinkException {
    try {
      return Files.readString(pem);
    } catch (IOException e) {
      throw SinkException.refused(
          "the CA file " + pem + " can't be read: " + e.getClass().getSimpleName());
    }
  }

  @Override
  public int mostBytes() {
    return MOST_BYTES;
  }

  @Override
  public void deliver(List<Delivery> deliveries) throws SinkException, InterruptedException {
    send(
        deliveries.stream()
            .map(
                each ->
                    record(
                        each.orderedBy(),
                        each.json(),
                        Map.of(
                            "ephemeris-log", each.log(),
                            "ephemeris-sequence", Long.toString(each.sequence()),
                            "ephemeris-type", each.type())))
            .toList());
  }

  @Override
  public void publish(PublishedCheckpoint checkpoint) throws SinkException, InterruptedException {
    send(
        List.of(
            record(
                checkpoint.log(),
                checkpoint.json(),
                Map.of(
                    "ephemeris-log", checkpoint.log(),
                    "ephemeris-size", Long.toString(checkpoint.size()),
                    "ephemeris-type", PublishedCheckpoint.TYPE))));
  }

  private ProducerRecord<String, byte[]> record(
      String key, byte[] json, Map<String, String> headers) {
    ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, key, json);
    headers.forEach(
        (name, value) ->
            record.headers().add(new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8))));
    return record;
  }

  private void send(List<ProducerRecord<String, byte[]>> records)
      throws SinkException, InterruptedException {
    try {
      List<Future<RecordMetadata>> acknowledged = new ArrayList<>();
      for (ProducerRecord<String, byte[]> record : records) {
        acknowledged.add(producer.send(record));
      }
      producer.flush();
      for (Future<RecordMetadata> each : acknowledged) {
        RecordMetadata unused = each.get();
      }
    } catch (InterruptException e) {
      throw (InterruptedException) new InterruptedException().initCause(e);
    } catch (ExecutionException e) {
      throw failure(e.getCause() == null ? e : e.getCause());
    } catch (KafkaException e) {
      throw failure(e);
    }
  }

  private SinkException failure(Throwable e) {
    String what = "topic " + topic + ": " + SinkException.why(e);
    return switch (e) {
      case RecordTooLargeException unused -> SinkException.indigestible(what);
      case AuthenticationException unused -> SinkException.refused(what);
      case AuthorizationException unused -> SinkException.refused(what);
      case InvalidTopicException unused -> SinkException.refused(what);
      default -> SinkException.unavailable(what);
    };
  }

  private static String cause(Throwable e) {
    return SinkException.why(e.getCause() == null ? e : e.getCause());
  }

  @Override
  public void close() {
    // What was delivered is acknowledged, and for the rest nobody waits.
    producer.close(Duration.ZERO);
  }
}
