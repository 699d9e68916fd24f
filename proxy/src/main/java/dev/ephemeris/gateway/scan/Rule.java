package dev.ephemeris.gateway.scan;

import java.util.Optional;

/** Looks around an anchor, no further than {@link TextScan} keeps of the text on either side. */
interface Rule {

  /** What there is, if anything, around the anchor from {@code start} to {@code end}. */
  Optional<Sighting> look(Piece piece, int start, int end);
}
