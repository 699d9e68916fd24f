package dev.ephemeris.gateway.journal.sink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.journal.sink.Receiver.Posted;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} in the midst of shipping, again and again: all is there in the end. */
class KilledSinksTest {

  private static final int ENTRIES = 10_000;
  private static final int KILLS = 3;

  private final Path folder;

  KilledSinksTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void losesNothingAndDoublesOnlyWhatIsEqual() throws Exception {
    LoopbackCertificate certificate = LoopbackCertificate.create(folder.resolve("tls"));
    Random random = new Random(20261129);
    try (Receiver collector = new Receiver(certificate)) {
      String otlp =
          "name: collector, otlp: { url: '"
              + collector.url("/v1/logs")
              + "', caCertificate: tls/ca.pem }";
      int midway = 0;
      for (int round = 0; round < KILLS; round++) {
        Process process = ship(otlp);
        assertThat(process.inputReader().readLine()).isEqualTo(ShippingProcess.HERE);
        Thread.sleep(random.nextInt(150));
        process.destroyForcibly();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        midway += next("archive") < ENTRIES || next("collector") < ENTRIES ? 1 : 0;
      }
      Process last = ship(otlp);
      assertThat(last.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(last.exitValue()).isZero();

      assertThat(midway).as("killed before it had shipped all").isPositive();
      assertWhole(archive());
      assertWhole(collected(collector.posted));
    }
  }

  private Process ship(String otlp) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            ShippingProcess.class.getName(),
            folder.toString(),
            Integer.toString(ENTRIES),
            "name: archive, file: { folder: archive, maxBytes: 1000000 }",
            otlp)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private long next(String sink) throws IOException {
    return Position.read(folder.resolve("sinks").resolve(sink + ".json"))
        .map(Position::next)
        .orElse(0L);
  }

  /** Each entry at least once, and each time the same. */
  private static void assertWhole(List<JsonNode> lines) {
    Map<Long, JsonNode> entries = new TreeMap<>();
    for (JsonNode line : lines) {
      if (line.has("sequence")) {
        JsonNode before = entries.putIfAbsent(line.path("sequence").longValue(), line);
        assertThat(before == null || before.equals(line)).isTrue();
      }
    }
    assertThat(entries).hasSize(ENTRIES);
    assertThat(entries).containsKeys(0L, ENTRIES - 1L);
    assertThat(lines)
        .filteredOn(line -> line.path("type").asText().equals("checkpoint"))
        .extracting(line -> line.path("size").asInt())
        .contains(ENTRIES);
  }

  private List<JsonNode> archive() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve("archive"))) {
      for (Path file : files.sorted().toList()) {
        lines.addAll(SinkFixture.lines(Files.readAllBytes(file)));
      }
    }
    return lines;
  }

  private static List<JsonNode> collected(List<Posted> posted) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (Posted each : posted) {
      for (LogRecord record :
          ExportLogsServiceRequest.parseFrom(each.body())
              .getResourceLogs(0)
              .getScopeLogs(0)
              .getLogRecordsList()) {
        lines.add(SinkFixture.JSON.readTree(record.getBody().getStringValue()));
      }
    }
    return lines;
  }
}
