package dev.ephemeris.gateway.journal.log;

import dev.ephemeris.gateway.journal.JournalException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * That an entry is in a log, to be checked without the log: in the form of C2SP's tlog-proof, with
 * the entry as its extra data. Immutable.
 *
 * @param index of the entry
 * @param entry empty in a proof that somebody made who doesn't show it
 * @param path from the leaf's sibling up
 * @param checkpoint of the log that it is in, with a good signature
 */
public record InclusionProof(
    long index, Optional<byte[]> entry, List<Hash> path, Checkpoint checkpoint) {

  private static final String HEADER = "c2sp.org/tlog-proof@v1";
  private static final Pattern INDEX = Pattern.compile("index (0|[1-9][0-9]{0,17})");
  private static final String EXTRA = "extra ";

  /** As high as the tree of a log can be. */
  private static final int MAX_PATH = Long.SIZE - 1;

  private static final int MAX_LENGTH = SignedNote.MAX_LENGTH + 200_000;

  /** Checks nothing. */
  public InclusionProof {
    path = List.copyOf(path);
  }

  /**
   * Proves that an entry is in the log in that folder.
   *
   * @throws IndexOutOfBoundsException if the log has no such entry
   * @throws JournalException if the log can't be read, or what is there doesn't prove it: then the
   *     log was changed
   */
  public static InclusionProof of(Path folder, Collection<VerifierKey> keys, long index)
      throws JournalException {
    LogFiles files = new LogFiles(folder);
    Checkpoint checkpoint = files.checkpoint(keys);
    Objects.checkIndex(index, checkpoint.size());
    List<byte[]> entry = new ArrayList<>();
    new LogReader(folder).forEach(index, index + 1, (unused, bytes) -> entry.add(bytes));
    List<Hash> path = new Tree(files, checkpoint.size()).path(index);
    InclusionProof proof =
        new InclusionProof(index, Optional.of(entry.getFirst()), path, checkpoint);
    if (!proof.proves(entry.getFirst())) {
      throw new JournalException(
          "Entry "
              + index
              + " isn't the one that the checkpoint of "
              + folder
              + " is of. See what 'ephemeris audit verify' says.");
    }
    return proof;
  }

  /** Whether this entry is the one of that index. Whoever has a proof asks this. */
  public boolean proves(byte[] content) {
    // RFC 9162 §2.1.3.2, which says how to go up what RFC 6962 §2.1.1 defines.
    long node = index;
    long last = checkpoint.size() - 1;
    if (node > last) {
      return false;
    }
    Hash hash = Hash.leaf(content);
    for (Hash sibling : path) {
      if (last == 0) {
        return false;
      }
      if ((node & 1) == 1 || node == last) {
        hash = Hash.node(sibling, hash);
        while ((node & 1) == 0 && node != 0) {
          node >>>= 1;
          last >>>= 1;
        }
      } else {
        hash = Hash.node(hash, sibling);
      }
      node >>>= 1;
      last >>>= 1;
    }
    return last == 0 && hash.equals(checkpoint.root());
  }

  /**
   * Reads a proof with a checkpoint that one of these keys has signed. What it proves isn't asked
   * here, but of {@link #proves}.
   *
   * @throws CheckpointException if it isn't one; the message says why, as the end of "…: it …"
   */
  public static InclusionProof parse(byte[] bytes, Collection<VerifierKey> keys)
      throws CheckpointException {
    if (bytes.length > MAX_LENGTH) {
      throw new CheckpointException("it is longer than " + MAX_LENGTH + " bytes");
    }
    String text = utf8(bytes);
    int end = text.indexOf("\n\n");
    if (end < 0) {
      throw malformed("it has no empty line before its checkpoint");
    }
    List<String> lines = new ArrayList<>(List.of(text.substring(0, end).split("\n", -1)));
    if (!lines.removeFirst().equals(HEADER)) {
      throw malformed("it doesn't begin with " + HEADER);
    }
    Optional<byte[]> entry = Optional.empty();
    if (!lines.isEmpty() && lines.getFirst().startsWith(EXTRA)) {
      entry = Base64Text.decode(lines.removeFirst().substring(EXTRA.length()));
      if (entry.isEmpty()) {
        throw malformed("its extra data isn't Base64");
      }
    }
    if (lines.isEmpty() || !INDEX.matcher(lines.getFirst()).matches()) {
      throw malformed("it has no index");
    }
    long index = Long.parseLong(lines.removeFirst().substring("index ".length()));
    if (lines.size() > MAX_PATH) {
      throw malformed("it has more hashes than a tree is high");
    }
    List<Hash> path = new ArrayList<>();
    for (String line : lines) {
      path.add(Hash.parse(line).orElseThrow(() -> malformed("a line isn't a SHA-256 hash")));
    }
    byte[] note = text.substring(end + 2).getBytes(StandardCharsets.UTF_8);
    return new InclusionProof(index, entry, path, Checkpoint.open(note, keys));
  }

  private static String utf8(byte[] bytes) throws CheckpointException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException notUtf8) {
      throw new CheckpointException("it is not UTF-8");
    }
  }

  private static CheckpointException malformed(String why) {
    return new CheckpointException(why);
  }

  /** The proof, as files have it. */
  @Override
  public String toString() {
    StringBuilder proof = new StringBuilder(HEADER).append('\n');
    entry.ifPresent(
        bytes ->
            proof.append(EXTRA).append(Base64.getEncoder().encodeToString(bytes)).append('\n'));
    proof.append("index ").append(index).append('\n');
    path.forEach(hash -> proof.append(hash).append('\n'));
    return proof.append('\n').append(checkpoint).toString();
  }
}
