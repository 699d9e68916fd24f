package dev.ephemeris.gateway.journal.log;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a log has signed for: how many entries there are, and the root of the tree that they make.
 * In the form of C2SP's tlog-checkpoint. Whoever has one has checked its signature. Immutable.
 */
public final class Checkpoint {

  private static final Pattern SIZE = Pattern.compile("0|[1-9][0-9]{0,18}");

  private final LogName origin;
  private final long size;
  private final Hash root;
  private final SignedNote note;

  private Checkpoint(LogName origin, long size, Hash root, SignedNote note) {
    this.origin = origin;
    this.size = size;
    this.root = root;
    this.note = note;
  }

  static Checkpoint sign(long size, Hash root, LogKey key) {
    String text = key.name() + "\n" + size + "\n" + root + "\n";
    return new Checkpoint(key.name(), size, root, SignedNote.sign(text, key));
  }

  /**
   * Reads a checkpoint that one of these keys has signed, each for the log that it is named after.
   *
   * @throws CheckpointException if it isn't one; the message says why, as the end of "…: it …"
   */
  public static Checkpoint open(byte[] bytes, Collection<VerifierKey> keys)
      throws CheckpointException {
    SignedNote note = SignedNote.parse(bytes);
    VerifierKey by = note.verify(keys);
    List<String> lines = lines(note);
    if (!lines.getFirst().equals(by.name().text())) {
      throw new CheckpointException("it is of the log " + lines.getFirst() + ", not " + by.name());
    }
    Hash root =
        Hash.parse(lines.get(2))
            .orElseThrow(() -> new CheckpointException("its root is not a SHA-256 hash"));
    return new Checkpoint(by.name(), size(lines.get(1)), root, note);
  }

  /**
   * The size that a checkpoint claims, whoever has signed it.
   *
   * @throws CheckpointException if it isn't one
   */
  static long sizeOf(byte[] bytes) throws CheckpointException {
    return size(lines(SignedNote.parse(bytes)).get(1));
  }

  /** Three lines, and those of extensions, which no log of ours writes, and which may be. */
  private static List<String> lines(SignedNote note) throws CheckpointException {
    List<String> lines = note.text().lines().toList();
    if (lines.size() < 3 || lines.stream().anyMatch(String::isEmpty)) {
      throw new CheckpointException("it is not a checkpoint: a log's name, a size and a root");
    }
    return lines;
  }

  private static long size(String text) throws CheckpointException {
    try {
      if (SIZE.matcher(text).matches()) {
        return Long.parseLong(text);
      }
    } catch (NumberFormatException tooLarge) {
      // Said below: it isn't any log's either.
    }
    throw new CheckpointException("its size is not that of a log");
  }

  /** The log's name. */
  public LogName origin() {
    return origin;
  }

  /** How many entries there are, of the indexes from 0 to one less. */
  public long size() {
    return size;
  }

  /** The root of the tree of them all. */
  public Hash root() {
    return root;
  }

  /** The signed note, as files and readers have it. */
  public byte[] bytes() {
    return note.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Checkpoint that && note.toString().equals(that.note.toString());
  }

  @Override
  public int hashCode() {
    return note.toString().hashCode();
  }

  @Override
  public String toString() {
    return note.toString();
  }
}
