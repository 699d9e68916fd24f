package dev.ephemeris.gateway.journal.ocsf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.gateway.journal.JournalEntry;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * An event that is being made of an entry. Each field of the entry that is taken has its place in
 * the event; {@link #done} has the others as {@code unmapped}.
 *
 * <p>Confined to whoever makes it.
 */
final class Event {

  /** Activities that a class has no number for. */
  private static final int OTHER = 99;

  /** As OCSF numbers them. */
  enum Severity {
    INFORMATIONAL(1),
    LOW(2),
    MEDIUM(3),
    HIGH(4);

    private final int id;

    Severity(int id) {
      this.id = id;
    }
  }

  private final ObjectNode event = JsonNodeFactory.instance.objectNode();
  private final ObjectNode rest;

  private Event(JournalEntry entry, EventClass of, int activity) {
    this.rest = entry.fields().deepCopy();
    event.put("class_uid", of.uid());
    event.put("class_name", of.caption());
    event.put("category_uid", of.category());
    event.put("activity_id", activity);
    event.put("type_uid", of.uid() * 100L + activity);
    severity(Severity.INFORMATIONAL);
  }

  static Event of(JournalEntry entry, EventClass of, int activity) {
    return new Event(entry, of, activity);
  }

  static Event other(JournalEntry entry, EventClass of, String activity) {
    Event event = new Event(entry, of, OTHER);
    event.event.put("activity_name", activity);
    return event;
  }

  ObjectNode root() {
    return event;
  }

  /** The object of this name in the event, made if it isn't there. */
  ObjectNode object(String name) {
    return event.withObject("/" + name);
  }

  /** A field of the entry that has its place now; empty if the entry hasn't got it. */
  Optional<String> take(String field) {
    return Optional.ofNullable(rest.remove(field)).map(JsonNode::asText);
  }

  /** The same, without taking it. */
  Optional<String> see(String field) {
    return Optional.ofNullable(rest.get(field)).map(JsonNode::asText);
  }

  /** Takes a field to its place, as it is, if the entry has it. */
  Event move(String field, ObjectNode to, String name) {
    JsonNode value = rest.remove(field);
    if (value != null) {
      to.set(name, value);
    }
    return this;
  }

  /** The same with a time, in milliseconds since the epoch as OCSF has times. */
  Event moveTime(String field, ObjectNode to, String name) {
    see(field)
        .flatMap(Event::millis)
        .ifPresent(
            millis -> {
              to.put(name, millis);
              rest.remove(field);
            });
    return this;
  }

  private static Optional<Long> millis(String time) {
    try {
      return Optional.of(Instant.parse(time).toEpochMilli());
    } catch (DateTimeException | ArithmeticException notATime) {
      return Optional.empty();
    }
  }

  Event severity(Severity severity) {
    event.put("severity_id", severity.id);
    return this;
  }

  /** Whether what was tried was done. */
  Event status(boolean success) {
    event.put("status_id", success ? 1 : 2);
    return this;
  }

  ObjectNode done() {
    if (!rest.isEmpty()) {
      event.set("unmapped", rest);
    }
    return event;
  }
}
