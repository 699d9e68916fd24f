package dev.ephemeris.gateway.journal.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.config.JournalSink;
import dev.ephemeris.gateway.journal.SealedEntries.Entry;
import dev.ephemeris.policy.yaml.YamlFile;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;

/** What is read here is read as it was written, or refused; and nothing else happens. */
class FormsPropertyTest {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  @Property(tries = 300)
  void aPositionIsReadAsItWasWritten(
      @ForAll String log,
      @ForAll @LongRange(max = Long.MAX_VALUE) long next,
      @ForAll @LongRange(max = Long.MAX_VALUE) long checkpoint,
      @ForAll("objects") ObjectNode memory) {
    Position position = new Position(wellFormed(log), next, checkpoint, memory);

    Position read = Position.parse(position.bytes()).orElseThrow();
    assertThat(read.next()).isEqualTo(next);
    assertThat(read.checkpoint()).isEqualTo(checkpoint);
    // As text: what kind of number a node is isn't written.
    assertThat(read.bytes()).isEqualTo(position.bytes());
  }

  @Property(tries = 500)
  void aPositionWithASlipIsReadOrRefused(@ForAll byte[] anything, @ForAll @LongRange long place) {
    byte[] bytes = Position.before("gateway.example.com/journal", 12).bytes();
    int at = Math.floorMod(place, bytes.length);
    bytes[at] = (byte) (bytes[at] ^ (1 << Math.floorMod(place, 7)));

    assertThatCode(() -> Position.parse(bytes)).doesNotThrowAnyException();
    assertThatCode(() -> Position.parse(anything)).doesNotThrowAnyException();
  }

  @Property(tries = 500)
  void aCheckpointIsReadOrRefused(
      @ForAll String anything, @ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 100) long size) {
    assertThatCode(() -> PublishedCheckpoint.parse(anything)).doesNotThrowAnyException();
    String note = GrowingLog.note(size, "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=");
    Optional<PublishedCheckpoint> checkpoint = PublishedCheckpoint.parse(note);
    assertThat(checkpoint).contains(new PublishedCheckpoint(GrowingLog.NAME, size, note));
    assertThat(checkpoint.orElseThrow().statement()).endsWith("=\n").startsWith(GrowingLog.NAME);
  }

  @Property(tries = 500)
  void headersAreReadOrRefusedWithoutSayingWhatTheyAre(
      @ForAll @StringLength(max = 60) String text) {
    try {
      Map<String, String> headers = HeaderLines.parse(text + "\nAuthorization: hunter2\n");
      assertThat(headers).containsEntry("Authorization", "hunter2");
      assertThat(headers.values()).noneMatch(value -> value.contains("\n") || value.contains("\r"));
    } catch (SinkException e) {
      assertThat(e.getMessage()).startsWith("line ").doesNotContain("hunter2");
    }
  }

  /** Whatever a record has in it, at whatever depth: what is redacted isn't shipped. */
  @Property(tries = 300)
  void whatIsRedactedIsNowhere(@ForAll("objects") ObjectNode record) throws Exception {
    ObjectNode whole = planted(record, "name");
    whole.put("type", "decision");
    whole.put("version", 1);
    JournalSink sink =
        YamlFile.read(
            "ephemeris.yaml", "{ name: s, stdout: {}, redact: [name] }", JournalSink.class);
    Rendering rendering = new Rendering("log", sink, entry -> entry.fields());
    Entry entry = new Entry(7, whole.toString().getBytes(StandardCharsets.UTF_8));

    for (Delivery delivery :
        new Delivery[] {rendering.of(entry).orElseThrow(), rendering.standIn(entry, "too long")}) {
      String json = new String(delivery.json(), StandardCharsets.UTF_8);
      assertThat(json).doesNotContain("hunter2");
      JsonNode read = SinkFixture.JSON.readTree(json);
      assertThat(read.path("log").asText()).isEqualTo("log");
      assertThat(read.path("sequence").asLong()).isEqualTo(7);
    }
  }

  @Property(tries = 300)
  void whatIsNoRecordIsRefused(@ForAll byte[] anything) {
    JournalSink sink =
        YamlFile.read("ephemeris.yaml", "{ name: s, stdout: {} }", JournalSink.class);
    try {
      Optional<Delivery> delivery =
          new Rendering("log", sink, entry -> entry.fields()).of(new Entry(0, anything));
      assertThat(delivery).isPresent();
    } catch (SinkException e) {
      assertThat(e.kind()).isEqualTo(SinkException.Kind.REFUSED);
    }
  }

  /** With a secret under this name in every object, as a text, a list and an object. */
  private static ObjectNode planted(ObjectNode object, String name) {
    ObjectNode planted = NODES.objectNode();
    object
        .properties()
        .forEach(
            field ->
                planted.set(
                    field.getKey(),
                    field.getValue() instanceof ObjectNode inner
                        ? planted(inner, name)
                        : field.getValue()));
    planted.set("list", NODES.arrayNode().add(NODES.objectNode().put(name, "hunter2")));
    switch (planted.size() % 3) {
      case 0 -> planted.put(name, "hunter2");
      case 1 -> planted.set(name, NODES.arrayNode().add("hunter2"));
      default -> planted.set(name, NODES.objectNode().put("deeper", "hunter2"));
    }
    return planted;
  }

  @Provide
  Arbitrary<ObjectNode> objects() {
    return Arbitraries.lazyOf(
        () -> Arbitraries.just(NODES.objectNode()),
        () ->
            Arbitraries.maps(Arbitraries.strings().alpha().ofMaxLength(5), values())
                .ofMaxSize(4)
                .map(
                    fields -> {
                      ObjectNode object = NODES.objectNode();
                      fields.forEach(object::set);
                      return object;
                    }));
  }

  private Arbitrary<JsonNode> values() {
    return Arbitraries.oneOf(
        Arbitraries.strings().alpha().ofMaxLength(10).map(NODES::textNode),
        Arbitraries.longs().map(NODES::numberNode),
        Arbitraries.strings()
            .alpha()
            .list()
            .ofMaxSize(3)
            .map(
                texts -> {
                  ArrayNode array = NODES.arrayNode();
                  texts.forEach(array::add);
                  return array;
                }),
        objects().map(object -> object));
  }

  /** UTF-8 has no halves of surrogate pairs. */
  private static String wellFormed(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
