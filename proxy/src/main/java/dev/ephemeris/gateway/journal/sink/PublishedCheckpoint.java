package dev.ephemeris.gateway.journal.sink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A checkpoint for sinks. Who signed it is for whoever reads it to check.
 *
 * @param log whose it is
 * @param size how many entries it vouches for
 * @param note the signed text (C2SP signed-note)
 */
record PublishedCheckpoint(String log, long size, String note) {

  static final String TYPE = "checkpoint";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** C2SP tlog-checkpoint: origin, size and root, a line each, then an empty one and signatures. */
  private static final Pattern FORM =
      Pattern.compile("(?<log>[^\n]+)\n(?<size>0|[1-9][0-9]{0,17})\n[^\n]+\n(.+\n)*\n(.+\n)+");

  /** Reads one; empty if it isn't that. */
  static Optional<PublishedCheckpoint> parse(String note) {
    Matcher matcher = FORM.matcher(note);
    return matcher.matches()
        ? Optional.of(
            new PublishedCheckpoint(
                matcher.group("log"), Long.parseLong(matcher.group("size")), note))
        : Optional.empty();
  }

  /** What is signed: equal for those that vouch for the same, whoever else has signed one. */
  String statement() {
    return note.substring(0, note.indexOf("\n\n") + 1);
  }

  /** As an object among those of entries. */
  byte[] json() {
    try {
      return JSON.writeValueAsBytes(
          JSON.createObjectNode()
              .put("log", log)
              .put("type", TYPE)
              .put("size", size)
              .put("checkpoint", note));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of text and numbers is always JSON", e);
    }
  }

  byte[] bytes() {
    return note.getBytes(StandardCharsets.UTF_8);
  }
}
