package dev.ephemeris.gateway.journal;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads a journal from its file alone, also while a gateway writes on it. */
public final class JournalReader {

  private final Path file;

  public JournalReader(Path file) {
    this.file = file;
  }

  /**
   * Gives every whole entry to {@code consumer}, in order. What stands after the last end of a line
   * is being written right now, or was when its writer was killed.
   *
   * @return how many there are
   * @throws JournalException if the file can't be read, or a line isn't the entry that belongs
   *     there
   */
  public long forEach(Consumer<JournalEntry> consumer) throws JournalException {
    long line = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 64 * 1024)) {
      for (Optional<byte[]> json = line(in); json.isPresent(); json = line(in)) {
        consumer.accept(entry(line, json.get()));
        line++;
      }
      return line;
    } catch (IOException e) {
      throw new JournalException("The journal " + file + " can't be read: " + e, e);
    }
  }

  private JournalEntry entry(long line, byte[] json) throws JournalException {
    JournalEntry entry;
    try {
      entry = RecordJson.entry(json);
    } catch (JournalException e) {
      throw new JournalException(file + ":" + (line + 1) + ": " + e.getMessage(), e);
    }
    if (entry.sequence() != line) {
      throw new JournalException(
          file + ":" + (line + 1) + ": entry " + line + " is missing or out of order");
    }
    return entry;
  }

  /** The bytes of the next line; empty if there is no further whole one. */
  private static Optional<byte[]> line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    for (int next = in.read(); next >= 0; next = in.read()) {
      if (next == '\n') {
        return Optional.of(line.toByteArray());
      }
      line.write(next);
    }
    return Optional.empty();
  }
}
