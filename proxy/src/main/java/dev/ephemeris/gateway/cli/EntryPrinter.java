package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.journal.JournalEntry;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Prints journal entries as they come, one a line. */
final class EntryPrinter implements Consumer<JournalEntry> {

  /** They have a place of their own at the start of the line. */
  private static final Set<String> LEADING =
      Set.of("sequence", "type", "version", "at", "principal");

  private final Output output;

  EntryPrinter(Output output) {
    this.output = output;
  }

  @Override
  public void accept(JournalEntry entry) {
    output.printOneOfMany(entry.fields(), () -> output.line(people(entry)));
  }

  private static String people(JournalEntry entry) {
    String rest =
        entry.fields().properties().stream()
            .filter(field -> !LEADING.contains(field.getKey()))
            .map(EntryPrinter::field)
            .collect(Collectors.joining(" "));
    return Text.line(
        "%-24s  %-20s  %s  %s"
            .formatted(
                text(entry.fields().path("at")),
                entry.type(),
                text(entry.fields().path("principal")),
                rest));
  }

  /** As {@code name=value}. */
  static String field(Map.Entry<String, JsonNode> field) {
    String value = text(field.getValue());
    boolean bare = !value.isEmpty() && value.chars().noneMatch(c -> c == ' ' || c == '"');
    return field.getKey() + "=" + (bare ? value : Json.quoted(value));
  }

  private static String text(JsonNode value) {
    return value.isArray()
        ? StreamSupport.stream(value.spliterator(), false)
            .map(JsonNode::asText)
            .collect(Collectors.joining(","))
        : value.asText();
  }
}
