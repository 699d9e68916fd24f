package dev.ephemeris.gateway.journal.log;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
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
    String[] lines = note.text().split("\n", -1);
    // What follows the third line are extensions, which no log of ours writes, and which may be.
    if (lines.length < 4 || !SIZE.matcher(lines[1]).matches()) {
      throw new CheckpointException("it is not a checkpoint: a log's name, a size and a root");
    }
    for (int line = 3; line < lines.length - 1; line++) {
      if (lines[line].isEmpty()) {
        throw new CheckpointException("it has an empty line among its extensions");
      }
    }
    if (!lines[0].equals(by.name().text())) {
      throw new CheckpointException("it is of the log " + lines[0] + ", not of " + by.name());
    }
    Hash root =
        Hash.parse(lines[2])
            .orElseThrow(() -> new CheckpointException("its root is not a SHA-256 hash"));
    return new Checkpoint(by.name(), size(lines[1]), root, note);
  }

  private static long size(String text) throws CheckpointException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException tooLarge) {
      throw new CheckpointException("its size is beyond any log's");
    }
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
