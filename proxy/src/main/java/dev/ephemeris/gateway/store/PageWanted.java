package dev.ephemeris.gateway.store;

import java.util.Optional;

/**
 * Which part of a list is wanted.
 *
 * @param after where that goes on which was seen; from the beginning if empty
 * @param most how many at the most
 */
public record PageWanted(Optional<Position> after, int most) {

  public PageWanted {
    if (most < 1) {
      throw new IllegalArgumentException("a page has room for something");
    }
  }

  /** The next one, if this one has seen as much as that. */
  public PageWanted after(Position seen) {
    return new PageWanted(Optional.of(seen), most);
  }

  /** Whether that comes after what was seen. */
  public boolean isAhead(Position position) {
    return after.filter(seen -> position.compareTo(seen) <= 0).isEmpty();
  }
}
