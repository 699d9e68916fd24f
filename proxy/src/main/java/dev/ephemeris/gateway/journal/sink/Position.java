package dev.ephemeris.gateway.journal.sink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * How far a sink has come.
 *
 * @param log of which
 * @param next the index of the first entry that it hasn't
 * @param checkpoint the size of the newest checkpoint that it has; 0 if it has none
 * @param memory what the sink itself wants to know again; nobody changes it
 */
record Position(String log, long next, long checkpoint, ObjectNode memory) {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  /** Of a sink that has nothing yet. */
  static Position before(String log, long first) {
    return new Position(log, first, 0, JSON.createObjectNode());
  }

  Position delivered(long upTo, ObjectNode remembered) {
    return new Position(log, upTo, checkpoint, remembered);
  }

  Position published(long size, ObjectNode remembered) {
    return new Position(log, next, size, remembered);
  }

  /**
   * The one in a file; empty if there is no such file.
   *
   * @throws IOException if it can't be read, or has something else
   */
  static Optional<Position> read(Path file) throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
    return Optional.of(parse(bytes).orElseThrow(() -> new IOException("it is no position")));
  }

  static Optional<Position> parse(byte[] bytes) {
    JsonNode json;
    try {
      json = JSON.readTree(bytes);
    } catch (IOException notJson) {
      return Optional.empty();
    }
    return json != null
            && json.path("log").isTextual()
            && isCount(json.path("next"))
            && isCount(json.path("checkpoint"))
            && json.path("memory") instanceof ObjectNode memory
        ? Optional.of(
            new Position(
                json.path("log").textValue(),
                json.path("next").longValue(),
                json.path("checkpoint").longValue(),
                memory))
        : Optional.empty();
  }

  private static boolean isCount(JsonNode number) {
    return number.isIntegralNumber() && number.canConvertToLong() && number.longValue() >= 0;
  }

  byte[] bytes() {
    try {
      return JSON.writeValueAsBytes(
          JSON.createObjectNode()
              .put("log", log)
              .put("next", next)
              .put("checkpoint", checkpoint)
              .set("memory", memory));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of text and numbers is always JSON", e);
    }
  }

  /** Puts it in the place of what the file has: after a crash there is the one or the other. */
  void write(Path file) throws IOException {
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(beside);
    try (FileChannel channel =
        FileChannel.open(
            beside,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer left = ByteBuffer.wrap(bytes());
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
    }
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
