package dev.ephemeris.gateway.journal;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
   * Gives every whole entry to {@code consumer}, in order. A last line without its end is being
   * written right now, or was when its writer was killed: it is no entry.
   *
   * @return how many there are
   * @throws JournalException if the file can't be read, or a line isn't the entry that belongs
   *     there
   */
  public long forEach(Consumer<JournalEntry> consumer) throws JournalException {
    long line = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      for (Optional<byte[]> bytes = line(in); bytes.isPresent(); bytes = line(in)) {
        consumer.accept(entry(bytes.get(), line));
        line++;
      }
      return line;
    } catch (NoSuchFileException e) {
      throw new JournalException(unreadable("there is no such file"), e);
    } catch (AccessDeniedException e) {
      throw new JournalException(unreadable("permission denied"), e);
    } catch (IOException e) {
      throw new JournalException(unreadable(e.toString()), e);
    }
  }

  private JournalEntry entry(byte[] bytes, long line) throws JournalException {
    JournalEntry entry;
    try {
      entry = RecordJson.entry(bytes);
    } catch (JournalException e) {
      throw new JournalException(file + ":" + (line + 1) + ": " + e.getMessage(), e);
    }
    if (entry.sequence() != line) {
      throw new JournalException(
          file + ":" + (line + 1) + ": entry " + line + " is missing or out of order");
    }
    return entry;
  }

  /** The next line without its end, or empty if no whole line is left. */
  private static Optional<byte[]> line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        return Optional.of(line.toByteArray());
      }
      line.write(b);
    }
    return Optional.empty();
  }

  private String unreadable(String reason) {
    return "The journal " + file + " can't be read: " + reason + ".";
  }
}
