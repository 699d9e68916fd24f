package dev.ephemeris.gateway.journal.evidence;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The entries of a journal in one file of JSON lines; each counts once its line has its end. */
public final class FileEntries implements SealedEntries {

  private static final JsonMapper JSON = new JsonMapper();
  private static final int AT_A_TIME = 1 << 20;

  private final Path file;

  /** Where each entry begins, and where the next one will. */
  @GuardedBy("this")
  private final List<Long> offsets = new ArrayList<>(List.of(0L));

  public FileEntries(Path file) {
    this.file = file;
  }

  @Override
  public synchronized long size() {
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "r")) {
      long at = offsets.getLast();
      content.seek(at);
      byte[] bytes = new byte[AT_A_TIME];
      for (int read = content.read(bytes); read > 0; read = content.read(bytes)) {
        for (int i = 0; i < read; i++) {
          if (bytes[i] == '\n') {
            offsets.add(at + i + 1);
          }
        }
        at += read;
      }
      return offsets.size() - 1L;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public long first() {
    return 0;
  }

  @Override
  public synchronized List<JournalEntry> read(long from, int atMost) throws JournalException {
    long to = Math.min(from + atMost, size());
    if (from >= to) {
      return List.of();
    }
    long start = offsets.get((int) from);
    byte[] lines = new byte[Math.toIntExact(offsets.get((int) to) - start)];
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "r")) {
      content.seek(start);
      content.readFully(lines);
    } catch (IOException e) {
      throw new JournalException("The journal " + file + " can't be read: " + e + ".", e);
    }
    List<JournalEntry> entries = new ArrayList<>();
    for (String line : new String(lines, StandardCharsets.UTF_8).lines().toList()) {
      entries.add(entry(from + entries.size(), line));
    }
    return entries;
  }

  private JournalEntry entry(long sequence, String line) throws JournalException {
    try {
      JsonNode fields = JSON.readTree(line);
      if (fields instanceof ObjectNode record && record.path("type").isTextual()) {
        return new JournalEntry(sequence, record.path("type").textValue(), record);
      }
    } catch (JsonProcessingException notJson) {
      throw new JournalException(file + ":" + (sequence + 1) + ": not a JSON record", notJson);
    }
    throw new JournalException(file + ":" + (sequence + 1) + ": not a record");
  }

  @Override
  public String log() {
    return String.valueOf(file.getFileName());
  }
}
