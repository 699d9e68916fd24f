package dev.ephemeris.gateway.journal.sink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.config.JournalSink;
import dev.ephemeris.gateway.SettableClock;
import dev.ephemeris.gateway.custody.GatewaySinkAccess;
import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.sink.Sinks.Surroundings;
import dev.ephemeris.policy.yaml.YamlFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** A log and what ships it, as its configuration says. */
final class SinkFixture implements AutoCloseable {

  static final JsonMapper JSON = JsonMapper.builder().build();

  /** Long enough for a machine that has much else to do. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  final GrowingLog log = new GrowingLog();
  final SettableClock clock = new SettableClock();
  final ByteArrayOutputStream stdout = new ByteArrayOutputStream();

  private final Path folder;
  private final List<Sinks> opened = new ArrayList<>();
  private SinkAccess access = new GatewaySinkAccess(Optional.empty());

  SinkFixture(Path folder) {
    this.folder = folder;
  }

  void access(SinkAccess other) {
    access = other;
  }

  /** Where positions are. */
  Path positions() {
    return folder.resolve("sinks");
  }

  /** A sink as a file has it, in flow style and without the braces. */
  JournalSink sink(String yaml) {
    return YamlFile.read(
        folder.resolve("ephemeris.yaml").toString(), "{" + yaml + "}", JournalSink.class);
  }

  /** Ships from here on. */
  Sinks start(String... sinks) throws JournalException {
    Sinks started = open(sinks);
    started.start();
    return started;
  }

  Sinks open(String... sinks) throws JournalException {
    Sinks made =
        Sinks.open(
            GrowingLog.NAME,
            Arrays.stream(sinks).map(this::sink).toList(),
            log,
            positions(),
            new Surroundings(
                access,
                SinkFixture::event,
                new PrintStream(stdout, true, StandardCharsets.UTF_8),
                clock),
            new Pace(Duration.ofMillis(5), Duration.ofMillis(50), Duration.ofMillis(50)),
            Duration.ofSeconds(5));
    opened.add(made);
    return made;
  }

  private static ObjectNode event(JournalEntry entry) {
    if (entry.type().equals("unsayable")) {
      throw new IllegalArgumentException("no class for it");
    }
    return JSON.createObjectNode()
        .put("class_uid", 6003)
        .put("actor", entry.fields().path("principal").asText());
  }

  /** Waits until so much of the log is shipped, checkpoints included. */
  static void awaitShipped(Sinks sinks, long upTo) throws Exception {
    await(
        "shipped up to " + upTo + ": " + sinks.state(),
        () -> sinks.state().stream().allMatch(state -> state.next() >= upTo));
  }

  static void await(String what, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      Thread.sleep(5);
    }
  }

  static List<JsonNode> lines(byte[] text) {
    return lines(new String(text, StandardCharsets.UTF_8).lines());
  }

  static List<JsonNode> lines(Stream<String> lines) {
    List<JsonNode> read = new ArrayList<>();
    for (String line : lines.toList()) {
      try {
        read.add(JSON.readTree(line));
      } catch (IOException e) {
        throw new IllegalStateException("no JSON: " + line, e);
      }
    }
    return read;
  }

  /** Which entries are there, in their order; checkpoints aren't. */
  static List<Long> sequences(List<JsonNode> lines) {
    return lines.stream()
        .filter(line -> line.has("sequence"))
        .map(line -> line.path("sequence").longValue())
        .toList();
  }

  @Override
  public void close() {
    opened.forEach(Sinks::close);
  }
}
