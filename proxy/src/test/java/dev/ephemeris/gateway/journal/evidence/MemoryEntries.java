package dev.ephemeris.gateway.journal.evidence;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.SealedEntries;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A log whose entries are made up. */
final class MemoryEntries implements SealedEntries {

  private final String log;
  private final List<JournalEntry> entries;
  private volatile long first;

  MemoryEntries(String log, List<ObjectNode> records) {
    this.log = log;
    this.entries = new CopyOnWriteArrayList<>();
    addAll(records);
  }

  void addAll(List<ObjectNode> records) {
    int size = entries.size();
    List<JournalEntry> more = new java.util.ArrayList<>();
    for (ObjectNode record : records) {
      more.add(new JournalEntry(size + more.size(), record.path("type").asText(), record));
    }
    entries.addAll(more);
  }

  /** As after the end of their time: what is before is no longer kept. */
  void forgetBefore(long sequence) {
    first = sequence;
  }

  List<JournalEntry> all() {
    return List.copyOf(entries);
  }

  /** A record; values that are null are left out, lists become arrays. */
  static ObjectNode record(String type, Map<String, ?> fields) {
    ObjectNode record = JsonNodeFactory.instance.objectNode().put("type", type);
    fields.forEach(
        (name, value) -> {
          switch (value) {
            case List<?> list -> list.forEach(one -> record.withArray(name).add(one.toString()));
            case Integer number -> record.put(name, number);
            default -> record.put(name, value.toString());
          }
        });
    return record;
  }

  @Override
  public long size() {
    return entries.size();
  }

  @Override
  public long first() {
    return first;
  }

  @Override
  public List<JournalEntry> records(long from, int atMost) throws JournalException {
    if (from < first) {
      throw new JournalException("entry " + from + " is no longer kept");
    }
    return entries.stream().skip(from).limit(Math.min(atMost, 23)).toList();
  }

  @Override
  public List<Entry> read(long from, int atMost) throws JournalException {
    return records(from, atMost).stream()
        .map(
            entry ->
                new Entry(
                    entry.sequence(), entry.fields().toString().getBytes(StandardCharsets.UTF_8)))
        .toList();
  }

  @Override
  public String checkpoint() {
    return "";
  }

  @Override
  public String log() {
    return log;
  }
}
