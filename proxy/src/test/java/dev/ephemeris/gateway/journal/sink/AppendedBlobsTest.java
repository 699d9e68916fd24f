package dev.ephemeris.gateway.journal.sink;

import static dev.ephemeris.gateway.journal.sink.SinkFixture.await;
import static dev.ephemeris.gateway.journal.sink.SinkFixture.awaitShipped;
import static dev.ephemeris.gateway.journal.sink.SinkFixture.lines;
import static dev.ephemeris.gateway.journal.sink.SinkFixture.sequences;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobContainerClientBuilder;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.sas.BlobContainerSasPermission;
import com.azure.storage.blob.sas.BlobServiceSasSignatureValues;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.config.EntraIdentity;
import dev.ephemeris.config.JournalSink;
import dev.ephemeris.config.SecretSource;
import dev.ephemeris.gateway.custody.GatewaySinkAccess;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Before Microsoft's own emulator of Blob Storage. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AppendedBlobsTest {

  private static final AtomicInteger CONTAINERS = new AtomicInteger();

  private final LoopbackCertificate certificate;
  private final RunningAzurite azurite;
  private SinkFixture fixture;
  private BlobContainerClient container;
  private Path folder;

  AppendedBlobsTest(@TempDir Path shared) throws Exception {
    certificate = LoopbackCertificate.create(shared.resolve("tls"));
    azurite = new RunningAzurite(shared.resolve("azurite"), certificate);
    folder = shared;
    fixture = new SinkFixture(shared);
    container = client("unused");
  }

  @BeforeAll
  void keepTheCompilerQuiet() {
    assertThat(azurite.container("a")).startsWith("https://127.0.0.1:");
  }

  @BeforeEach
  void makeContainer(@TempDir Path each) throws Exception {
    folder = each;
    fixture = new SinkFixture(each);
    container = client("journal-" + CONTAINERS.incrementAndGet());
    container.create();
    secret("account.key", RunningAzurite.KEY);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @AfterAll
  void stop() {
    azurite.close();
  }

  private BlobContainerClient client(String name) throws Exception {
    return new BlobContainerClientBuilder()
        .endpoint(azurite.container(name))
        .credential(new StorageSharedKeyCredential(RunningAzurite.ACCOUNT, RunningAzurite.KEY))
        .httpClient(
            new JdkHttpClientBuilder(HttpClient.newBuilder().sslContext(certificate.clientTls()))
                .build())
        .buildClient();
  }

  private void secret(String name, String text) throws Exception {
    Path file = folder.resolve(name);
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text);
  }

  private String sink(String signIn) {
    return "name: evidence, blob: { container: '%s', prefix: acme/, caCertificate: '%s', %s }"
        .formatted(container.getBlobContainerUrl(), certificate.authority(), signIn);
  }

  private String sink() {
    return sink("accountKey: { file: account.key }");
  }

  @Test
  void appendsEntriesAndKeepsCheckpoints() throws Exception {
    fixture.log.add(300);

    Sinks sinks = fixture.start(sink());
    awaitShipped(sinks, 300);
    fixture.log.add(5);
    sinks.sealed();
    awaitShipped(sinks, 305);
    sinks.close();

    assertThat(names())
        .contains(
            "acme/" + GrowingLog.NAME + "/entries/00000000000000000000.jsonl",
            "acme/" + GrowingLog.NAME + "/checkpoints/00000000000000000305");
    assertThat(sequences(entries())).isEqualTo(upTo(305));
    assertThat(text("acme/" + GrowingLog.NAME + "/checkpoints/00000000000000000305"))
        .isEqualTo(fixture.log.checkpoint());
  }

  @Test
  void signsInByASharedAccessSignature() throws Exception {
    String sas =
        container.generateSas(
            new BlobServiceSasSignatureValues(
                OffsetDateTime.now(ZoneOffset.UTC).plusHours(1),
                new BlobContainerSasPermission()
                    .setReadPermission(true)
                    .setAddPermission(true)
                    .setCreatePermission(true)
                    .setWritePermission(true)));
    secret("container.sas", sas);
    fixture.log.add(3);

    Sinks sinks = fixture.start(sink("sas: { file: container.sas }"));
    awaitShipped(sinks, 3);

    assertThat(sequences(entries())).isEqualTo(upTo(3));
  }

  @Test
  void tellsOfASecretThatIsNotTaken() throws Exception {
    secret("account.key", RunningAzurite.KEY.replace("Eby8", "Abcd"));
    fixture.log.add(3);

    Sinks sinks = fixture.start(sink());
    await("a failure", () -> sinks.state().getFirst().failure().isPresent());

    assertThat(sinks.state().getFirst().notice().orElseThrow())
        .contains("the service answers 400 InvalidAuthenticationInfo")
        .doesNotContain("Abcd8vdM02xN");
    secret("account.key", RunningAzurite.KEY);
    awaitShipped(sinks, 3);
    assertThat(sequences(entries())).isEqualTo(upTo(3));
  }

  @Test
  void tellsOfAKeyThatIsNone() throws Exception {
    secret("account.key", "not/Base64 at all");
    fixture.log.add(3);

    Sinks sinks = fixture.start(sink());
    await("a failure", () -> sinks.state().getFirst().failures() > 1);

    assertThat(sinks.state().getFirst().notice().orElseThrow())
        .contains("It fails: ")
        .doesNotContain("not/Base64");
  }

  /** The append was done, and the gateway was killed before it could remember that. */
  @Test
  void doublesNothingOfWhichItDoesNotKnow() throws Exception {
    fixture.log.add(10);
    Sinks before = fixture.start(sink());
    awaitShipped(before, 10);
    before.close();
    Path file = fixture.positions().resolve("evidence.json");
    byte[] remembered = Files.readAllBytes(file);
    fixture.log.add(10);
    Sinks killed = fixture.start(sink());
    awaitShipped(killed, 20);
    killed.close();
    Files.write(file, remembered);
    fixture.log.add(10);

    Sinks after = fixture.start(sink());
    awaitShipped(after, 30);
    after.close();

    assertThat(sequences(entries())).isEqualTo(upTo(30));
  }

  /** The same of the first append to a blob, and of all that it ever did. */
  @Test
  void doublesNothingWithoutAPosition() throws Exception {
    fixture.log.add(600);
    Sinks killed = fixture.start(sink());
    awaitShipped(killed, 600);
    killed.close();
    Files.delete(fixture.positions().resolve("evidence.json"));
    fixture.log.add(3);

    Sinks after = fixture.start(sink());
    awaitShipped(after, 603);
    after.close();

    assertThat(sequences(entries())).isEqualTo(upTo(603));
  }

  /** Each append is done, and its answer is lost. */
  @Test
  void doublesNothingWhoseAnswerIsLost() throws Exception {
    fixture.access(new LosingAnswers(new GatewaySinkAccess(Optional.empty()), 5));
    Sinks sinks = fixture.start(sink());
    for (int size = 20; size <= 200; size += 20) {
      fixture.log.add(20);
      sinks.sealed();
      awaitShipped(sinks, size);
    }
    sinks.close();

    assertThat(sinks.state().getFirst().failures()).isEqualTo(5);
    assertThat(sequences(entries())).isEqualTo(upTo(200));
  }

  @Test
  void waitsForAServiceThatIsAway() throws Exception {
    fixture.log.add(10);
    Sinks sinks = fixture.start(sink());
    awaitShipped(sinks, 10);
    azurite.stop();
    fixture.log.add(10);
    sinks.sealed();
    await("a failure", () -> sinks.state().getFirst().failures() > 1);

    azurite.startAgain();
    awaitShipped(sinks, 20);

    assertThat(sequences(entries())).isEqualTo(upTo(20));
  }

  @Test
  void beginsAnotherBlobWhenOneIsOldOrLong() throws Exception {
    Sinks sinks = fixture.start(sink().replace("prefix:", "maxBytes: 2000, prefix:"));
    for (int size = 10; size <= 40; size += 10) {
      fixture.log.add(10);
      sinks.sealed();
      awaitShipped(sinks, size);
      fixture.clock.advance(Duration.ofMinutes(61));
    }
    sinks.close();

    assertThat(names().stream().filter(name -> name.contains("/entries/")))
        .hasSizeGreaterThanOrEqualTo(4);
    assertThat(sequences(entries())).isEqualTo(upTo(40));
  }

  @Test
  void saysSoIfAnotherCheckpointOfThatSizeIsThere() throws Exception {
    fixture.log.add(3);
    byte[] other =
        GrowingLog.note(3, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
            .getBytes(StandardCharsets.UTF_8);
    container
        .getBlobClient("acme/" + GrowingLog.NAME + "/checkpoints/00000000000000000003")
        .upload(new ByteArrayInputStream(other), other.length);

    Sinks sinks = fixture.start(sink());
    await("a failure", () -> sinks.state().getFirst().failure().isPresent());

    assertThat(sinks.state().getFirst().failure().orElseThrow())
        .contains("another checkpoint of this size", "Keep both");
    assertThat(sinks.state().getFirst().overdue()).isFalse();
    fixture.clock.advance(Duration.ofMinutes(6));
    assertThat(sinks.state().getFirst().overdue()).isTrue();
  }

  @Test
  void isContentWithItsOwnCheckpoint() throws Exception {
    fixture.log.add(3);
    byte[] same = fixture.log.checkpoint().getBytes(StandardCharsets.UTF_8);
    container
        .getBlobClient("acme/" + GrowingLog.NAME + "/checkpoints/00000000000000000003")
        .upload(new ByteArrayInputStream(same), same.length);

    Sinks sinks = fixture.start(sink());
    awaitShipped(sinks, 3);
    sinks.close();

    assertThat(sinks.state().getFirst().failures()).isZero();
  }

  @Test
  void refusesABlobOfSomebodyElse() throws Exception {
    fixture.log.add(3);
    Sinks before = fixture.start(sink());
    awaitShipped(before, 3);
    before.close();
    byte[] strange = "not ours".getBytes(StandardCharsets.UTF_8);
    container
        .getBlobClient(
            names().stream().filter(name -> name.contains("/entries/")).findFirst().orElseThrow())
        .getAppendBlobClient()
        .appendBlock(new ByteArrayInputStream(strange), strange.length);
    fixture.log.add(3);

    Sinks after = fixture.start(sink());
    await("a failure", () -> after.state().getFirst().failure().isPresent());

    assertThat(after.state().getFirst().failure().orElseThrow()).contains("somebody else writes");
  }

  /** Loses the answers of the first appends. */
  private record LosingAnswers(SinkAccess access, AtomicInteger left) implements SinkAccess {

    LosingAnswers(SinkAccess access, int times) {
      this(access, new AtomicInteger(times));
    }

    @Override
    public String secret(SecretSource source) throws SinkException {
      return access.secret(source);
    }

    @Override
    public Token token(EntraIdentity identity, String scope) throws SinkException {
      return access.token(identity, scope);
    }

    @Override
    public Blobs blobs(JournalSink.Blob settings) throws SinkException {
      Blobs blobs = access.blobs(settings);
      return new Blobs() {
        @Override
        public void create(String name) throws SinkException {
          blobs.create(name);
        }

        @Override
        public Optional<Extent> extent(String name) throws SinkException {
          return blobs.extent(name);
        }

        @Override
        public void append(String name, long position, byte[] block)
            throws SinkException, MovedException {
          blobs.append(name, position, block);
          if (left.getAndDecrement() > 0) {
            throw SinkException.unavailable("the answer is lost");
          }
        }

        @Override
        public byte[] read(String name, long from) throws SinkException {
          return blobs.read(name, from);
        }

        @Override
        public boolean putNew(String name, byte[] content) throws SinkException {
          return blobs.putNew(name, content);
        }
      };
    }
  }

  private List<String> names() {
    return container.listBlobs().stream().map(BlobItem::getName).sorted().toList();
  }

  private List<JsonNode> entries() {
    List<JsonNode> entries = new ArrayList<>();
    for (String name : names()) {
      if (name.contains("/entries/")) {
        entries.addAll(lines(text(name).lines()));
      }
    }
    return entries;
  }

  private String text(String name) {
    return container.getBlobClient(name).downloadContent().toString();
  }

  private static List<Long> upTo(long end) {
    return LongStream.range(0, end).boxed().toList();
  }
}
