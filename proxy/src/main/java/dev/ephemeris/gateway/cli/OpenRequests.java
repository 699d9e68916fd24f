package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.journal.log.LogReader;
import java.util.HashSet;
import java.util.Set;

/** Counts the requests of a journal that have an intent and no outcome. Not thread-safe. */
final class OpenRequests implements LogReader.Consumer {

  private final Set<String> open = new HashSet<>();

  @Override
  public void accept(long index, byte[] entry) {
    JsonNode record = Json.parse(entry);
    String request = record.path("requestId").asText();
    switch (record.path("type").asText()) {
      case "requestIntent" -> open.add(request);
      case "requestOutcome", "outcomeUnknown" -> open.remove(request);
      default -> {}
    }
  }

  int count() {
    return open.size();
  }
}
