package dev.ephemeris.gateway.scan;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

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

  private static final int SMALLEST = 4 * (BEFORE + AFTER);
  private static final int LARGEST = 1 << 20;

  /** Whoever has so many in one file doesn't read on. */
  static final int MOST = 1000;

  private final InputStream in;
  private final boolean all;
  private final List<Finding> findings = new ArrayList<>();

  private Piece piece;

  /** Where {@link #markedAt} in the piece is in the text; never after a finding to come. */
  private Place mark = Place.START;

  private int markedAt;
  private int allowed;
  private boolean sawEmulatorKey;
  private long lastCall;

  private TextScan(InputStream in, long size, boolean all) {
    this.in = in;
    this.all = all;
    this.piece = new Piece(new byte[(int) Math.clamp(size + 1, SMALLEST, LARGEST)], 0);
  }

  /**
   * What is in a text.
   *
   * @param allowed how many findings a marker on their line allows
   * @param isCut whether there were {@link #MOST}, and the rest wasn't looked at
   */
  record Seen(List<Finding> findings, int allowed, boolean isCut) {}

  /**
   * Reads the text to its end.
   *
   * @param size about how long it is
   * @param all whether to find also what may be another's key
   */
  static Seen of(InputStream in, long size, boolean all) throws IOException {
    return new TextScan(in, size, all).seen();
  }

  private Seen seen() throws IOException {
    int from = 0;
    while (true) {
      byte[] bytes = piece.bytes();
      int read = in.readNBytes(bytes, piece.length(), bytes.length - piece.length());
      piece = new Piece(bytes, piece.length() + read);
      boolean isLast = piece.length() < bytes.length;
      int limit = isLast ? piece.length() - 1 : piece.length() - AFTER;
      look(from, limit);
      if (isLast || findings.size() >= MOST) {
        return new Seen(List.copyOf(findings), allowed, findings.size() >= MOST);
      }
      forget(limit - BEFORE);
      from = BEFORE;
    }
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
