package dev.ephemeris.gateway.journal;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Reads a journal from its file alone, also while a gateway writes on it. */
public final class JournalReader {

  private final Path file;

  public JournalReader(Path file) {
    this.file = file;
  }

  /**
   * Gives every whole entry to {@code consumer}, in order.
   *
   * @return how many there are
   * @throws JournalException if the file can't be read, or a line isn't the entry that belongs
   *     there
   */
  public long forEach(Consumer<JournalEntry> consumer) throws JournalException {
    long line = 0;
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      for (String text = reader.readLine(); text != null; text = reader.readLine()) {
        JournalEntry entry;
        try {
          entry = RecordJson.entry(text);
        } catch (JournalException e) {
          if (!reader.ready()) {
            return line; // being written right now
          }
          throw new JournalException(file + ":" + (line + 1) + ": " + e.getMessage(), e);
        }
        if (entry.sequence() != line) {
          throw new JournalException(
              file + ":" + (line + 1) + ": entry " + line + " is missing or out of order");
        }
        consumer.accept(entry);
        line++;
      }
      return line;
    } catch (IOException e) {
      throw new JournalException("The journal " + file + " can't be read: " + e, e);
    }
  }
}
