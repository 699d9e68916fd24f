package dev.ephemeris.gateway.scan;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One text, of any length, piece by piece: of each piece so much is kept for the next that a rule
 * can look around an anchor. Not thread-safe.
 */
final class TextScan {

  /** What a line says that may stay as it is. */
  static final String MARKER = "ephemeris:allow";

  /** How far rules look back, and forward. */
  private static final int BEFORE = 2048;

  private static final int AFTER = 2048;

  /** So much of a text says whether it is one. */
  private static final int HEAD = 8192;

  /** Whoever has so many in one file doesn't read on. */
  static final int MOST = 1000;

  private final boolean all;
  private final List<Finding> findings = new ArrayList<>();

  private InputStream in;
  private Piece piece;

  /** Where {@link #markedAt} in the piece is in the text; never after a finding to come. */
  private Place mark = Place.START;

  private int markedAt;
  private int allowed;
  private boolean sawEmulatorKey;
  private long lastCall;

  private TextScan(InputStream in, byte[] buffer, boolean all) {
    this.in = in;
    this.piece = new Piece(buffer, 0);
    this.all = all;
  }

  /**
   * What is in a text.
   *
   * @param allowed how many findings a marker on their line allows
   * @param isCut whether there were {@link #MOST}, and the rest wasn't looked at
   */
  record Seen(List<Finding> findings, int allowed, boolean isCut) {}

  /**
   * Reads the text to its end, or finds that it is none.
   *
   * @param buffer for its pieces; some times as large as what is kept of one for the next
   * @param all whether to find also what may be another's key
   */
  static Optional<Seen> of(InputStream in, byte[] buffer, boolean all) throws IOException {
    TextScan scan = new TextScan(in, buffer, all);
    scan.fill();
    return scan.isText() ? Optional.of(scan.seen()) : Optional.empty();
  }

  private boolean isText() throws IOException {
    if (begins(0xFE, 0xFF)) {
      readAs(ByteOrder.BIG_ENDIAN);
    } else if (begins(0xFF, 0xFE)) {
      // Windows PowerShell writes this.
      readAs(ByteOrder.LITTLE_ENDIAN);
    } else if (begins(0xEF, 0xBB, 0xBF)) {
      mark = new Place(1, 0);
    }
    for (int i = 0; i < Math.min(HEAD, piece.length()); i++) {
      if (piece.bytes()[i] == 0) {
        return false;
      }
    }
    return true;
  }

  private boolean begins(int... bytes) {
    return piece.length() >= bytes.length
        && IntStream.range(0, bytes.length).allMatch(i -> (piece.bytes()[i] & 0xFF) == bytes[i]);
  }

  private void readAs(ByteOrder order) throws IOException {
    byte[] begun = Arrays.copyOfRange(piece.bytes(), 2, piece.length());
    in = new Utf16(new SequenceInputStream(new ByteArrayInputStream(begun), in), order);
    piece = new Piece(piece.bytes(), 0);
    fill();
  }

  private Seen seen() throws IOException {
    int from = 0;
    while (piece.isFull() && findings.size() < MOST) {
      int limit = piece.length() - AFTER;
      look(from, limit);
      forget(limit - BEFORE);
      from = BEFORE;
      fill();
    }
    look(from, piece.length() - 1);
    return new Seen(List.copyOf(findings), allowed, findings.size() >= MOST);
  }

  private void fill() throws IOException {
    byte[] bytes = piece.bytes();
    int read = in.readNBytes(bytes, piece.length(), bytes.length - piece.length());
    piece = new Piece(bytes, piece.length() + read);
  }

  private void look(int from, int limit) {
    byte[] bytes = piece.bytes();
    int place = Anchors.next(bytes, from, limit);
    while (place < limit && findings.size() < MOST) {
      for (Anchors.Anchor anchor : Anchors.at(bytes, place)) {
        int start = anchor.start(place);
        if (piece.has(anchor.word(), start)) {
          int now = place;
          anchor
              .rule()
              .look(piece, start, start + anchor.word().length())
              .ifPresent(sighting -> take(sighting, now));
        }
      }
      place = Anchors.next(bytes, place + 1, limit);
    }
  }

  private void take(Sighting sighting, int place) {
    if (sighting.kind() == Kind.PERHAPS_KEY && !all) {
      return;
    }
    // Not as far as the place itself, since what comes next may begin before it.
    mark(Math.max(markedAt, place - BEFORE / 2));
    Place found = mark.after(piece.bytes(), markedAt, sighting.at());
    boolean isKnown =
        switch (sighting.kind()) {
          case EMULATOR_KEY -> sawEmulatorKey;
          case KEY_CALL -> lastCall == found.line();
          default -> false;
        };
    if (isKnown) {
      return;
    }
    if (isAllowed(sighting.at())) {
      allowed++;
    } else {
      findings.add(
          new Finding(
              sighting.kind(),
              found.line(),
              found.column(),
              sighting.of(),
              sighting.fingerprint()));
      sawEmulatorKey |= sighting.kind() == Kind.EMULATOR_KEY;
    }
    if (sighting.kind() == Kind.KEY_CALL) {
      lastCall = found.line();
    }
  }

  private boolean isAllowed(int at) {
    int end = piece.lineEnd(at, AFTER);
    for (int i = piece.lineStart(at, BEFORE); i < end; i++) {
      if (piece.has(MARKER, i)) {
        return true;
      }
    }
    return false;
  }

  private void mark(int at) {
    mark = mark.after(piece.bytes(), markedAt, at);
    markedAt = at;
  }

  /** Takes the first of the piece away. */
  private void forget(int bytes) {
    mark(Math.max(markedAt, bytes));
    markedAt -= bytes;
    System.arraycopy(piece.bytes(), bytes, piece.bytes(), 0, piece.length() - bytes);
    piece = new Piece(piece.bytes(), piece.length() - bytes);
  }
}
