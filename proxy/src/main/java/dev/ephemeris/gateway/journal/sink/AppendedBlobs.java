package dev.ephemeris.gateway.journal.sink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.config.JournalSink;
import dev.ephemeris.gateway.journal.sink.Blobs.Extent;
import dev.ephemeris.gateway.journal.sink.Blobs.MovedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * JSON lines in append blobs, each named after its first entry, and each checkpoint in a blob of
 * its own.
 *
 * <p>Nothing is doubled. A block is appended only where the blob is as long as it was when the last
 * position was remembered; if it is longer, the append was done whose answer nobody saw, and what
 * it brought is looked up there.
 */
final class AppendedBlobs implements Sink {

  /** An append's, in all versions of the service. */
  private static final int MOST_BYTES = 4 * 1024 * 1024;

  /** Of a blob. */
  private static final int MOST_BLOCKS = 50_000;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** More than are ever sent at once. */
  private static final int MOST_UNDER_WAY = 1_000;

  private final String log;
  private final String folder;
  private final JournalSink.Blob settings;
  private final Blobs blobs;
  private final InstantSource clock;

  private Optional<Current> current;

  /** Whether {@link #current} is as the service has it. */
  private boolean isLookedAt;

  /** The newest entry that was found there beyond what the position knows of. */
  private long lastThere = -1;

  /**
   * The blob that is appended to.
   *
   * @param length as the last position knows it
   * @param begun when it was
   */
  private record Current(String name, long length, int blocks, Instant begun) {

    Current appended(int bytes) {
      return new Current(name, length + bytes, blocks + 1, begun);
    }
  }

  AppendedBlobs(
      String log, JournalSink.Blob settings, Blobs blobs, ObjectNode memory, InstantSource clock) {
    this.log = log;
    this.folder = settings.prefix() + log;
    this.settings = settings;
    this.blobs = blobs;
    this.clock = clock;
    this.current = remembered(memory);
  }

  private static Optional<Current> remembered(ObjectNode memory) {
    try {
      return memory.path("blob").isTextual()
          ? Optional.of(
              new Current(
                  memory.path("blob").textValue(),
                  memory.path("length").longValue(),
                  memory.path("blocks").intValue(),
                  Instant.parse(memory.path("begun").asText())))
          : Optional.empty();
    } catch (DateTimeException notOurs) {
      return Optional.empty();
    }
  }

  @Override
  public ObjectNode memory() {
    ObjectNode memory = JSON.createObjectNode();
    current.ifPresent(
        blob ->
            memory
                .put("blob", blob.name())
                .put("length", blob.length())
                .put("blocks", blob.blocks())
                .put("begun", blob.begun().toString()));
    return memory;
  }

  @Override
  public int mostBytes() {
    // With an end of line for each, of which none is shorter than this.
    return MOST_BYTES - MOST_BYTES / 32;
  }

  @Override
  public void deliver(List<Delivery> deliveries) throws SinkException {
    long first = deliveries.getFirst().sequence();
    if (!isLookedAt) {
      lookAt(first);
      isLookedAt = true;
    }
    if (left(deliveries).isEmpty()) {
      return;
    }
    if (current.isEmpty() || isFull(current.get())) {
      begin(left(deliveries).getFirst().sequence());
      // It was begun before, if the gateway was killed before it could remember that.
      lookAt(first);
    }
    List<Delivery> left = left(deliveries);
    if (left.isEmpty()) {
      return;
    }
    Current blob = current.orElseThrow();
    byte[] block = block(left);
    try {
      blobs.append(blob.name(), blob.length(), block);
    } catch (MovedException e) {
      throw SinkException.unavailable(
          "blob "
              + blob.name()
              + " isn't as it was left: does another gateway append to it, or was it deleted?");
    }
    current = Optional.of(blob.appended(block.length));
  }

  private List<Delivery> left(List<Delivery> deliveries) {
    return deliveries.stream().filter(delivery -> delivery.sequence() > lastThere).toList();
  }

  /**
   * Finds what an append has brought of which nobody knows, as the gateway was killed or the answer
   * was lost.
   *
   * @param first of what is known not to have been sent
   */
  private void lookAt(long first) throws SinkException {
    if (current.isEmpty()) {
      return;
    }
    Current blob = current.get();
    Optional<Extent> extent = blobs.extent(blob.name());
    if (extent.isEmpty()) {
      current = Optional.empty();
      return;
    }
    long length = extent.get().length();
    if (length < blob.length()) {
      throw SinkException.refused(
          "blob "
              + blob.name()
              + " has "
              + length
              + " bytes, and was left with "
              + blob.length()
              + ": somebody has put another in its place");
    }
    if (length > blob.length()) {
      lastThere = lastSequence(blob.name(), length, blob.length());
      if (lastThere >= first + MOST_UNDER_WAY) {
        throw notOurs(blob.name());
      }
    }
    current = Optional.of(new Current(blob.name(), length, extent.get().blocks(), blob.begun()));
  }

  /** The newest entry in it. Of a blob that is much longer, its end is enough. */
  private long lastSequence(String name, long length, long from) throws SinkException {
    byte[] tail = blobs.read(name, Math.max(from, length - 2L * MOST_BYTES));
    int end = tail.length - 1;
    if (end < 0 || tail[end] != '\n') {
      throw notOurs(name);
    }
    int begin = end;
    while (begin > 0 && tail[begin - 1] != '\n') {
      begin--;
    }
    try {
      JsonNode line = JSON.readTree(Arrays.copyOfRange(tail, begin, end));
      JsonNode sequence =
          line.path("sequence").isMissingNode()
              ? line.path("metadata").path("sequence")
              : line.path("sequence");
      JsonNode of =
          line.path("log").isMissingNode()
              ? line.path("metadata").path("log_name")
              : line.path("log");
      if (sequence.isIntegralNumber() && of.asText().equals(log)) {
        return sequence.longValue();
      }
    } catch (IOException notJson) {
      // as if it were of another
    }
    throw notOurs(name);
  }

  private static SinkException notOurs(String name) {
    return SinkException.refused(
        "blob " + name + " doesn't end with an entry of the journal: somebody else writes there");
  }

  private boolean isFull(Current blob) {
    return blob.blocks() >= MOST_BLOCKS
        || blob.length() >= settings.maxBytes()
        || !clock.instant().isBefore(blob.begun().plus(settings.newBlobEvery()));
  }

  private void begin(long sequence) throws SinkException {
    String name = "%s/entries/%020d.jsonl".formatted(folder, sequence);
    blobs.create(name);
    current = Optional.of(new Current(name, 0, 0, clock.instant()));
  }

  private static byte[] block(List<Delivery> deliveries) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (Delivery delivery : deliveries) {
      block.writeBytes(delivery.json());
      block.write('\n');
    }
    return block.toByteArray();
  }

  @Override
  public void publish(PublishedCheckpoint checkpoint) throws SinkException {
    String name = "%s/checkpoints/%020d".formatted(folder, checkpoint.size());
    if (blobs.putNew(name, checkpoint.bytes())) {
      return;
    }
    String there = new String(blobs.read(name, 0), StandardCharsets.UTF_8);
    if (!PublishedCheckpoint.parse(there)
        .map(PublishedCheckpoint::statement)
        .equals(Optional.of(checkpoint.statement()))) {
      throw SinkException.refused(
          "blob "
              + name
              + " has another checkpoint of this size: the journal isn't the one that was"
              + " published. Keep both, and find out why");
    }
  }

  @Override
  public void close() {
    // The client holds nothing.
  }
}
