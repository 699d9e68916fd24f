package dev.ephemeris.gateway.journal.log;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A text and its signatures, in the form of C2SP's signed-note.
 *
 * @param text with the end of its last line
 */
record SignedNote(String text, List<Signature> signatures) {

  /** More than any of a log's own, so that nobody makes us read for long. */
  static final int MAX_LENGTH = 1_000_000;

  private static final int MAX_SIGNATURES = 100;
  private static final String DASH = "\u2014 ";

  /** One line: who says to have signed, and by which key. */
  static final class Signature {

    private final String name;
    private final int keyId;
    private final byte[] bytes;

    private Signature(String name, int keyId, byte[] bytes) {
      this.name = name;
      this.keyId = keyId;
      this.bytes = bytes;
    }

    private boolean isBy(VerifierKey key) {
      return key.id() == keyId && key.name().text().equals(name);
    }

    private String line() {
      byte[] identified =
          ByteBuffer.allocate(Integer.BYTES + bytes.length).putInt(keyId).put(bytes).array();
      return DASH + name + " " + Base64.getEncoder().encodeToString(identified) + "\n";
    }
  }

  SignedNote {
    signatures = List.copyOf(signatures);
  }

  /** The text as the key's log signs it. */
  static SignedNote sign(String text, LogKey key) {
    byte[] signature = key.sign(text.getBytes(StandardCharsets.UTF_8));
    return new SignedNote(
        text, List.of(new Signature(key.name().text(), key.verifierKey().id(), signature)));
  }

  /**
   * Reads the form alone; whether signatures are good is asked of {@link #verify}.
   *
   * @throws CheckpointException if it isn't a signed note
   */
  static SignedNote parse(byte[] bytes) throws CheckpointException {
    if (bytes.length > MAX_LENGTH) {
      throw new CheckpointException("it is longer than " + MAX_LENGTH + " bytes");
    }
    String note = utf8(bytes);
    if (note.chars().anyMatch(c -> c < ' ' && c != '\n')) {
      throw new CheckpointException("it has control characters");
    }
    // C2SP signed-note: the last empty line parts text and signatures.
    int end = note.lastIndexOf("\n\n");
    if (end < 0 || !note.endsWith("\n") || end + 2 == note.length()) {
      throw new CheckpointException("it is not a signed note: a text, an empty line, signatures");
    }
    List<Signature> signatures = new ArrayList<>();
    for (String line : note.substring(end + 2, note.length() - 1).split("\n", -1)) {
      if (signatures.size() == MAX_SIGNATURES) {
        throw new CheckpointException("it has more than " + MAX_SIGNATURES + " signatures");
      }
      signatures.add(
          signature(line)
              .orElseThrow(() -> new CheckpointException("a line of a signature is malformed")));
    }
    return new SignedNote(note.substring(0, end + 1), signatures);
  }

  private static String utf8(byte[] bytes) throws CheckpointException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException notUtf8) {
      throw new CheckpointException("it is not UTF-8");
    }
  }

  private static Optional<Signature> signature(String line) {
    String[] parts = line.split(" ", -1);
    if (parts.length != 3 || !(parts[0] + " ").equals(DASH) || !isName(parts[1])) {
      return Optional.empty();
    }
    return Base64Text.decode(parts[2])
        .filter(bytes -> bytes.length > Integer.BYTES)
        .map(
            bytes ->
                new Signature(
                    parts[1],
                    ByteBuffer.wrap(bytes).getInt(),
                    Arrays.copyOfRange(bytes, Integer.BYTES, bytes.length)));
  }

  private static boolean isName(String text) {
    return !text.isEmpty()
        && text.codePoints()
            .noneMatch(c -> c == '+' || Character.isSpaceChar(c) || Character.isWhitespace(c));
  }

  /**
   * Checks every signature of these keys. Those of other keys count for nothing: that is how keys
   * are replaced, and witnesses sign too.
   *
   * @return one of the keys that have signed
   * @throws CheckpointException if none of them has, or a signature of one is false
   */
  VerifierKey verify(Collection<VerifierKey> keys) throws CheckpointException {
    byte[] signed = text.getBytes(StandardCharsets.UTF_8);
    Optional<VerifierKey> by = Optional.empty();
    for (Signature signature : signatures) {
      for (VerifierKey key : keys) {
        if (signature.isBy(key)) {
          if (!key.verifies(signed, signature.bytes)) {
            throw new CheckpointException("the signature of " + key.name() + " is false");
          }
          by = Optional.of(key);
        }
      }
    }
    return by.orElseThrow(() -> new CheckpointException("none of the given keys has signed it"));
  }

  @Override
  public String toString() {
    StringBuilder note = new StringBuilder(text).append('\n');
    signatures.forEach(signature -> note.append(signature.line()));
    return note.toString();
  }
}
