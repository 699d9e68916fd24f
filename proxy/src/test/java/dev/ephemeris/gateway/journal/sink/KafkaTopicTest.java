package dev.ephemeris.gateway.journal.sink;

import static dev.ephemeris.gateway.journal.sink.SinkFixture.await;
import static dev.ephemeris.gateway.journal.sink.SinkFixture.awaitShipped;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import dev.ephemeris.config.EntraIdentity;
import dev.ephemeris.config.JournalSink;
import dev.ephemeris.config.SecretSource;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Before a broker of Apache Kafka, which lets in as Event Hubs does. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KafkaTopicTest {

  private static final AtomicInteger TOPICS = new AtomicInteger();

  private final LoopbackCertificate certificate;
  private final RunningBroker broker;
  private SinkFixture fixture;
  private Path folder;
  private String topic = "";

  KafkaTopicTest(@TempDir Path shared) throws Exception {
    certificate = LoopbackCertificate.create(shared.resolve("tls"));
    broker = new RunningBroker(shared.resolve("broker"), certificate);
    fixture = new SinkFixture(shared);
    folder = shared;
  }

  @BeforeEach
  void begin(@TempDir Path each) throws Exception {
    folder = each;
    fixture = new SinkFixture(each);
    topic = "journal-" + TOPICS.incrementAndGet();
    secret("hub.connection", RunningBroker.CONNECTION_STRING);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  private void secret(String name, String text) throws Exception {
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    Files.writeString(file, text);
  }

  private String sink(String signIn) {
    return "name: hub, kafka: { brokers: ['%s'], topic: %s, caCertificate: '%s', %s }"
        .formatted(broker.broker(), topic, certificate.authority(), signIn);
  }

  private String sink() {
    return sink("connectionString: { file: hub.connection }");
  }

  @Test
  void sendsWhatBelongsToALeaseInItsOrder() throws Exception {
    fixture.log.add(300);

    Sinks sinks = fixture.start(sink());
    awaitShipped(sinks, 300);
    sinks.close();

    List<ConsumerRecord<String, byte[]>> records = broker.records(topic);
    assertThat(sequences(records)).hasSize(300);
    Map<String, List<Long>> byLease = new HashMap<>();
    for (ConsumerRecord<String, byte[]> record : records) {
      if (header(record, "ephemeris-type").equals("requestIntent")) {
        byLease
            .computeIfAbsent(record.key(), none -> new java.util.ArrayList<>())
            .add(Long.parseLong(header(record, "ephemeris-sequence")));
        assertThat(header(record, "ephemeris-log")).isEqualTo(GrowingLog.NAME);
        assertThat(new String(record.value(), StandardCharsets.UTF_8))
            .contains("\"sequence\":" + header(record, "ephemeris-sequence") + ",");
      }
    }
    assertThat(byLease).containsOnlyKeys("l0", "l1", "l2", "l3", "l4");
    assertThat(byLease.values()).allSatisfy(sequences -> assertThat(sequences).isSorted());
    assertThat(records)
        .filteredOn(record -> header(record, "ephemeris-type").equals("checkpoint"))
        .allMatch(record -> record.key().equals(GrowingLog.NAME))
        .extracting(record -> header(record, "ephemeris-size"))
        .contains("300");
  }

  @Test
  void signsInByANameAndAPassword() throws Exception {
    secret("sasl.password", "pass word");
    fixture.log.add(3);

    Sinks sinks =
        fixture.start(sink("sasl: { username: gateway, password: { file: sasl.password } }"));
    awaitShipped(sinks, 3);

    assertThat(sequences(broker.records(topic))).hasSize(3);
  }

  /** The broker of the test takes tokens that nobody has signed; Event Hubs doesn't. */
  @Test
  void signsInByATokenOfEntraId() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    fixture.access(
        new SinkAccess() {
          @Override
          public String secret(SecretSource source) {
            throw new IllegalStateException("it has none");
          }

          @Override
          public Token token(EntraIdentity identity, String scope) {
            assertThat(scope).isEqualTo("https://127.0.0.1/.default");
            asked.incrementAndGet();
            Instant end = Instant.now().plusSeconds(600);
            return new Token(
                new PlainJWT(
                        new JWTClaimsSet.Builder()
                            .subject("gateway")
                            .issueTime(Date.from(Instant.now()))
                            .expirationTime(Date.from(end))
                            .build())
                    .serialize(),
                end);
          }

          @Override
          public Blobs blobs(JournalSink.Blob settings) {
            throw new IllegalStateException("it has none");
          }
        });
    fixture.log.add(3);

    Sinks sinks = fixture.start(sink("identity: { kind: managed }"));
    awaitShipped(sinks, 3);

    assertThat(asked).hasPositiveValue();
    assertThat(sequences(broker.records(topic))).hasSize(3);
  }

  @Test
  void tellsOfAPasswordThatIsNotTaken() throws Exception {
    secret("hub.connection", RunningBroker.CONNECTION_STRING + "wrong");
    fixture.log.add(3);

    Sinks sinks = fixture.start(sink());
    await("a failure", () -> sinks.state().getFirst().failures() > 0);

    assertThat(sinks.state().getFirst().notice().orElseThrow())
        .contains("SaslAuthenticationException")
        .doesNotContain("SharedAccessKey");
    secret("hub.connection", RunningBroker.CONNECTION_STRING);
    awaitShipped(sinks, 3);
  }

  /** More than the sink may send, and more than the broker takes. */
  @Test
  void sendsAStandInForAnEntryThatIsTooLong() throws Exception {
    fixture.log.add(2);
    fixture.log.add(
        "{\"type\":\"decision\",\"version\":1,\"leaseId\":\"l9\",\"reasons\":\""
            + "x".repeat(30_000)
            + "\"}");
    fixture.log.add(2);

    Sinks sinks = fixture.start(sink().replace("topic:", "maxBytes: 20000, topic:"));
    awaitShipped(sinks, 5);

    List<ConsumerRecord<String, byte[]>> records = broker.records(topic);
    assertThat(sequences(records)).isEqualTo(List.of(0L, 1L, 2L, 3L, 4L));
    assertThat(records)
        .filteredOn(record -> "l9".equals(record.key()))
        .singleElement()
        .satisfies(
            record ->
                assertThat(new String(record.value(), StandardCharsets.UTF_8))
                    .contains("withheld", "RecordTooLargeException", "\"bytes\":300"));
    assertThat(sinks.state().getFirst().withheld()).isEqualTo(1);
  }

  @Test
  @Tag("full") // the broker takes its time
  void losesNothingToABrokerThatIsKilled() throws Exception {
    fixture.log.add(10);
    Sinks sinks = fixture.start(sink());
    awaitShipped(sinks, 10);

    broker.kill();
    fixture.log.add(200);
    sinks.sealed();
    Thread.sleep(500);
    broker.startAgain();
    awaitShipped(sinks, 210);

    assertThat(sequences(broker.records(topic)))
        .isEqualTo(LongStream.range(0, 210).boxed().toList());
  }

  /** Those that are there, each once. */
  private static List<Long> sequences(List<ConsumerRecord<String, byte[]>> records) {
    return List.copyOf(
        records.stream()
            .map(record -> header(record, "ephemeris-sequence"))
            .filter(text -> !text.isEmpty())
            .map(Long::parseLong)
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  private static String header(ConsumerRecord<?, ?> record, String name) {
    var header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }
}
