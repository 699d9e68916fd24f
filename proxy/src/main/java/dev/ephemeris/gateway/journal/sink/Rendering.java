package dev.ephemeris.gateway.journal.sink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.ephemeris.config.JournalSink;
import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.RecordJson;
import dev.ephemeris.gateway.journal.SealedEntries.Entry;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What one sink is given of entries: of which it is given something, without what is redacted, in
 * its format. Pure.
 */
final class Rendering {

  /** In the place of a text that isn't for the sink. */
  static final String REDACTED = "redacted";

  /** By what others know what a record is about. */
  private static final List<String> IDS =
      List.of("leaseId", "sessionId", "requestId", "activityId", "principal", "account", "blockId");

  /** More is no id. */
  private static final int LONGEST_ID = 500;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final String log;
  private final JournalSink settings;
  private final Function<JournalEntry, ObjectNode> ocsf;

  /**
   * @param ocsf what OCSF makes of an entry
   */
  Rendering(String log, JournalSink settings, Function<JournalEntry, ObjectNode> ocsf) {
    this.log = log;
    this.settings = settings;
    this.ocsf = ocsf;
  }

  /**
   * What the sink is given of an entry; empty if it isn't given such records.
   *
   * @throws SinkException if the entry isn't a record, or OCSF can't say it
   */
  Optional<Delivery> of(Entry entry) throws SinkException {
    ObjectNode record = record(entry);
    String type = record.path("type").asText();
    if (!isFor(type)) {
      return Optional.empty();
    }
    ObjectNode kept = redacted(record);
    ObjectNode shown =
        switch (settings.format()) {
          case RECORD -> named(entry.index(), kept);
          case OCSF -> event(entry.index(), type, kept);
        };
    return Optional.of(delivery(entry.index(), type, kept, shown, Optional.empty()));
  }

  /**
   * What a sink is given in the place of an entry that it doesn't take: where the entry is, and
   * what it is about, as far as that is short.
   *
   * @param why what the sink said
   */
  Delivery standIn(Entry entry, String why) throws SinkException {
    ObjectNode record = record(entry);
    String type = record.path("type").asText();
    ObjectNode kept = JSON.createObjectNode();
    ObjectNode whole = redacted(record);
    for (String field : List.of("type", "version", "at")) {
      JsonNode value = whole.path(field);
      if (value.isValueNode() && value.asText().length() <= LONGEST_ID) {
        kept.set(field, value);
      }
    }
    ids(whole).forEach(kept::put);
    kept.put("withheld", why.length() <= LONGEST_ID ? why : why.substring(0, LONGEST_ID));
    kept.put("bytes", entry.json().length);
    // RFC 6962 §2.1: by it the log proves what the entry is.
    kept.put("leafHash", leafHash(entry.json()));
    return delivery(entry.index(), type, kept, named(entry.index(), kept), Optional.of(why));
  }

  private Delivery delivery(
      long index, String type, ObjectNode kept, ObjectNode shown, Optional<String> withheld) {
    try {
      byte[] json = JSON.writeValueAsBytes(shown);
      return new Delivery(log, index, type, at(kept), ids(kept), json, withheld);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of text and numbers is always JSON", e);
    }
  }

  private boolean isFor(String type) {
    return settings.only().isEmpty()
        ? !settings.except().contains(type)
        : settings.only().contains(type);
  }

  private ObjectNode named(long index, ObjectNode record) {
    ObjectNode named = JSON.createObjectNode().put("log", log).put("sequence", index);
    named.setAll(record);
    // Whatever a record says: by these entries are told apart.
    return named.put("log", log).put("sequence", index);
  }

  /** Which of a log's events it is OCSF says in {@code metadata}. */
  private ObjectNode event(long index, String type, ObjectNode record) throws SinkException {
    ObjectNode event;
    try {
      event = ocsf.apply(new JournalEntry(index, type, record.deepCopy()));
    } catch (RuntimeException e) {
      throw SinkException.indigestible(
          "entry " + index + " can't be said in OCSF: " + e.getClass().getSimpleName());
    }
    event.withObject("/metadata").put("log_name", log).put("sequence", index);
    return event;
  }

  private static ObjectNode record(Entry entry) throws SinkException {
    try {
      return RecordJson.entry(entry.index(), entry.json()).fields();
    } catch (JournalException e) {
      throw SinkException.refused(
          "entry "
              + entry.index()
              + " of the journal is "
              + e.getMessage()
              + "; “ephemeris audit verify” says whether it was changed");
    }
  }

  /** Texts become a word that says so; whatever else is left out. */
  private ObjectNode redacted(ObjectNode record) {
    return settings.redact().isEmpty() ? record : (ObjectNode) redacted(record, settings.redact());
  }

  private static JsonNode redacted(JsonNode node, Set<String> names) {
    return switch (node) {
      case ObjectNode object -> {
        ObjectNode kept = JSON.createObjectNode();
        object
            .properties()
            .forEach(
                field -> {
                  if (!names.contains(field.getKey())) {
                    kept.set(field.getKey(), redacted(field.getValue(), names));
                  } else if (field.getValue().isTextual()) {
                    kept.set(field.getKey(), TextNode.valueOf(REDACTED));
                  }
                });
        yield kept;
      }
      case ArrayNode array -> {
        ArrayNode kept = JSON.createArrayNode();
        array.forEach(item -> kept.add(redacted(item, names)));
        yield kept;
      }
      case JsonNode value -> value;
    };
  }

  private Map<String, String> ids(ObjectNode record) {
    Map<String, String> ids = new LinkedHashMap<>();
    for (String name : IDS) {
      JsonNode value = record.path(name);
      if (value.isTextual()
          && !settings.redact().contains(name)
          && value.textValue().length() <= LONGEST_ID) {
        ids.put(name, value.textValue());
      }
    }
    return ids;
  }

  /** When it happened; long ago, of a record that doesn't say so. */
  private static Instant at(ObjectNode record) {
    try {
      return Instant.parse(record.path("at").asText());
    } catch (DateTimeException none) {
      return Instant.EPOCH;
    }
  }

  private static String leafHash(byte[] json) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update((byte) 0);
      return HexFormat.of().formatHex(sha256.digest(json));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
